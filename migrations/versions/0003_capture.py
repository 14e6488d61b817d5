"""Capture the warehouse's changes and keep a log of them.

Locks: only new objects.
"""

from migrations import sqlfile

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
