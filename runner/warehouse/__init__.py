"""The warehouse's side: the mapping file, and the adapter that is rendered from it."""
