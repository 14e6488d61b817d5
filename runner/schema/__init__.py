"""The schema of the database: revisions, upgrade, drift."""
