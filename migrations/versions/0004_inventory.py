"""Push stock: what is pending, the requests sent for it, what was refused, the shared budget.

Locks: sync.shops against writing, for a moment: foreign keys to it are made, of tables that are still empty.
"""

from migrations import sqlfile

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
