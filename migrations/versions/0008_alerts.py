"""Raise alerts and tell people of them; keep a log of what happened."""

from migrations import sqlfile

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
