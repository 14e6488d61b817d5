"""Mapping files that a test writes, and what attaching them complains of."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest

from runner.errors import MappingError
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.seeds import rows


def written(tmp_path: Path, text: str) -> Path:
    """A mapping file of this text."""
    path = tmp_path / "warehouse.toml"
    path.write_text(text)
    return path


def problem(dsn: str, path: Path) -> str:
    """What attaching this mapping complains of; it must change nothing."""
    with psycopg.connect(dsn) as connection:
        before = rows(connection, "select count(*) from pg_trigger")
        with pytest.raises(MappingError) as found:
            asyncio.run(adapter.attach(dsn, MappingFile(path)))
        assert rows(connection, "select count(*) from pg_trigger") == before
    return str(found.value)
