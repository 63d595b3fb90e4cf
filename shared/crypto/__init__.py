"""Values under lock: each opens only where it was sealed, and only while its key exists."""
