"""${message}

Locks: which tables that are in use, against what, and for how long.
"""

from migrations import sqlfile

revision = "${up_revision}"
down_revision = "${down_revision}"


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
