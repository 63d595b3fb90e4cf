"""How tokens are called."""
