"""Sales channels and collections: what products are shown in."""
