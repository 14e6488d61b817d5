"""Show reports how long pushes took, what changed and what was sent.

Locks: only new objects.
"""

from migrations import sqlfile

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
