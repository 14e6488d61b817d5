"""Products: as queries see them, and the mutations that make, change and delete them whole."""
