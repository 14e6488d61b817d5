"""Where the files lie that are no Python: ``sql/``, ``migrations/``, ``alembic.ini``."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
