"""How events is called."""
