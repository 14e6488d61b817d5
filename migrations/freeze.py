"""Freeze the living text of ``sql/`` into a revision: ``python -m migrations.freeze NNNN_slug ...``.

A revision names what it takes with ``--! include functions/name.sql``; the text up to ``--! end`` is
replaced. Only for revisions that have not been released: a released one is history.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
INCLUDE = re.compile(r"^--! include (?P<file>\S+)\n.*?^--! end$", re.DOTALL | re.MULTILINE)


def freeze(script: Path) -> None:
    """Rewrite the include blocks of one ``.up.sql`` or ``.down.sql``."""

    def block(match: re.Match[str]) -> str:
        text = (ROOT / "sql" / match["file"]).read_text().strip()
        return f"--! include {match['file']}\n{text}\n--! end"

    script.write_text(INCLUDE.sub(block, script.read_text()))


if __name__ == "__main__":
    for slug in sys.argv[1:]:
        freeze(ROOT / "migrations" / "versions" / f"{slug}.up.sql")
