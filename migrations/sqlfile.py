"""Run the plain SQL that stands beside a revision: ``NNNN_slug.up.sql`` and ``NNNN_slug.down.sql``."""

from pathlib import Path
from typing import Literal

from alembic import op


def run(revision_file: str, direction: Literal["up", "down"]) -> None:
    """Execute the file, or print it under ``alembic upgrade --sql``.

    The text goes straight to the driver: ``op.execute`` would read ``:word`` as a bind parameter.
    """
    script = Path(revision_file).with_suffix(f".{direction}.sql").read_text()
    context = op.get_context()
    if context.as_sql:
        context.impl.static_output(script)
    else:
        connection = op.get_bind().connection.driver_connection
        assert connection is not None
        connection.execute(script)
