"""How auth is called."""
