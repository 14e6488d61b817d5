"""Freeze every revision that is not released yet, and note that it is: ``make release``."""

from pathlib import Path

from migrations import sqlfile

VERSIONS = Path(__file__).parent / "versions"
RELEASED = Path(__file__).parent / "released"


def release(versions: Path = VERSIONS, released: Path = RELEASED) -> list[str]:
    """Put the text of ``sql/`` in the place of every include; returns the revisions that are now history."""
    known = released.read_text().split()
    new = [path for path in sorted(versions.glob("[0-9]*_*.py")) if path.stem not in known]
    for path in new:
        for script in versions.glob(f"{path.stem}.*.sql"):
            script.write_text(sqlfile.frozen(script.read_text()))
    released.write_text("".join(f"{name}\n" for name in sorted([*known, *(path.stem for path in new)])))
    return [path.stem for path in new]


if __name__ == "__main__":
    print("\n".join(release()) or "Every revision was released before.")
