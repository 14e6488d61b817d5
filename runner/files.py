"""Where the files lie that are not the runner's own: ``sql/``, ``migrations/``, ``warehouses/``, ``demo/``."""

from __future__ import annotations

from pathlib import Path

# A wheel brings them in a folder of this package; in a checkout they stand beside it.
_INSTALLED = Path(__file__).parent / "data"
ROOT = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parent.parent
