"""How billing is called."""
