"""Who signs what is sent, and who carries it."""
