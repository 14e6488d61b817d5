"""Know the shops, what they sell and how it links to the warehouse.

Locks: only new objects.
"""

from migrations import sqlfile

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
