"""Install PgQueuer's own tables in a schema of their own, as its 1.6.0 release prints them.

Locks: only new objects.
"""

from migrations import sqlfile

revision = "0001"
down_revision = None


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
