"""First contact with a live shop: plans, modes, the guard's release, undo.

Locks: sync.shops against writing, for a moment: foreign keys to it are made, of tables that are still empty.
"""

from migrations import sqlfile

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
