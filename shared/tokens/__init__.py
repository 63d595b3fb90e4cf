"""Token accounts: what is included, what was bought, and every token that was spent."""
