"""Stand-ins of outside services, for local runs and tests."""
