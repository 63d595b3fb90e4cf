"""What calls for telling people."""
