"""Run the plain SQL that stands beside a revision: ``NNNN_slug.up.sql`` and ``NNNN_slug.down.sql``.

A line ``--! include rooms/name.sql`` stands for that file of ``sql/`` as it is now. A released revision is history:
`migrations.release` has put the text in its place, between that line and ``--! end``.
"""

import re
from pathlib import Path
from typing import Literal

from alembic import op

SQL = Path(__file__).parent.parent / "sql"
INCLUDE = re.compile(r"^--! include (\S+)$", re.MULTILINE)
END = "--! end"


def frozen(script: str) -> str:
    """The script with the text of every file that it includes; one that is frozen already stays as it is."""
    if END in script:
        return script
    return INCLUDE.sub(lambda line: f"{line[0]}\n{(SQL / line[1]).read_text().strip()}\n{END}", script)


def text(revision_file: str | Path, direction: Literal["up", "down"]) -> str:
    """What a revision runs."""
    return frozen(Path(revision_file).with_suffix(f".{direction}.sql").read_text())


def run(revision_file: str, direction: Literal["up", "down"]) -> None:
    """Execute the file, or print it under ``alembic upgrade --sql``.

    The text goes straight to the driver: ``op.execute`` would read ``:word`` as a bind parameter.
    """
    script = text(revision_file, direction)
    context = op.get_context()
    if context.as_sql:
        context.impl.static_output(script)
    else:
        connection = op.get_bind().connection.driver_connection
        assert connection is not None
        connection.execute(script)
