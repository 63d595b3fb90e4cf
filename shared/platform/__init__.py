"""The only doors outside: each wraps one vendor and loads it on first use."""
