"""The inside: what each area does, and the doors it uses."""
