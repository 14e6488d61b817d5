"""Programs of Postgres that a test types, such as pg_dump."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from house.postgres import PROGRAMS


def programs(dsn: str) -> Path:
    """The folder of pg_dump, pg_restore and psql of a server's own version: dumps of another's complain."""
    with psycopg.connect(dsn) as connection:
        wanted = connection.info.server_version // 10_000
    found = shutil.which("pg_dump")
    for folder in (PROGRAMS, *([Path(found).parent] if found else [])):
        if all((folder / name).exists() for name in ("pg_dump", "pg_restore", "psql")):
            told = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, check=True).stdout
            if f" {wanted}." in told:
                return folder
    pytest.skip(f"there is no pg_dump of Postgres {wanted}")
