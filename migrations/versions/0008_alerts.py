"""Raise alerts and tell people of them; keep a log of what happened.

Locks: sync.circuits, sync.runs, sync.schedules and sync.shops against writing, for a moment: triggers are made.
"""

from migrations import sqlfile

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
