"""The ecosystem's events: recorded once, listed in order, done by each consumer."""
