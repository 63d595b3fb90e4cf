"""What we are measured against: plain code, as its users would write it."""
