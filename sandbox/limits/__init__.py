"""What a client may do, and how much of it: its tokens with their scopes, and its bucket of points."""
