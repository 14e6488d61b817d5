"""Reconcile: compare every linked level with Shopify, a run that can be taken over where it stopped."""

from migrations import sqlfile

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    sqlfile.run(__file__, "up")


def downgrade() -> None:
    sqlfile.run(__file__, "down")
