"""Between emulators and functions: brings events as badly as the platform may, from a seed."""
