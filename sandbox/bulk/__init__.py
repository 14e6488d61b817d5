"""Bulk operations at work: what is taken, what is written to a file, and everything between start and end."""
