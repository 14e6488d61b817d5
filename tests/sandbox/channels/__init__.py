"""Sales channels and collections."""
