"""How gateway is called."""
