"""The revision that this code needs."""

from __future__ import annotations

from runner.files import ROOT

VERSIONS = ROOT / "migrations" / "versions"


def head() -> str:
    """The newest revision: they are numbered, one after the other.

    Alembic says the same; importing it takes a runner longer to start, and 25 MB, than all the rest of it.
    """
    return max(path.stem for path in VERSIONS.glob("[0-9]*_*.py")).split("_")[0]
