"""Reconcile: compare every linked level with Shopify, a run that can be taken over where it stopped.

Locks: sync.runs altogether, for a moment: columns are added without rewriting it.
"""

from migrations import sqlfile

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
