"""Make the schema sync as the files in sql/ say.

Locks: only new objects.
"""

from migrations import sqlfile

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
