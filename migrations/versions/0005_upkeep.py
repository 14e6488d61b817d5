"""Run schedules and keep logs from growing for ever.

Locks: sync.shops against writing, for a moment: foreign keys to it are made, of tables that are still empty.
"""

from migrations import sqlfile

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
