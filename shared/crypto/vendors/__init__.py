"""Who keeps the key-encryption key."""
