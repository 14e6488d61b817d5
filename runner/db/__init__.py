"""The database, and the only place with SQL text: one typed function per SQL function or view."""

from runner.db.core import Database, connect

__all__ = ["Database", "connect"]
