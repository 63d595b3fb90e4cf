"""How sync is called."""
