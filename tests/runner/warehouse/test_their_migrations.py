"""The application's own migrations, one by one, under writers: each passes, no writer fails, nothing is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest

from house.warehouse import MAPPING
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.runner.warehouse.application import Application
from tests.runner.warehouse.mappings import written
from tests.runner.warehouse.migrations import MIGRATIONS
from tests.runner.warehouse.sight import alerts, captured, gaps, levels, missing, relay
from tests.seeds import Shelf, rows, value

WRITERS = 3


@pytest.mark.parametrize("name", MIGRATIONS)
def test_a_migration_passes_under_writers_and_nothing_is_lost(
    shelf: Shelf, warehouse: str, tmp_path: Path, name: str
) -> None:
    migration = MIGRATIONS[name]
    keys = shelf.stocked(*[50] * WRITERS)
    for key in keys:
        shelf.see(key, 12, 0)
    application = Application(warehouse, keys)
    with application.working(), psycopg.connect(warehouse, autocommit=True) as migrator:
        application.write()
        shelf.relay()
        if not migration.alone:
            with migrator.transaction(force_rollback=True):
                migrator.execute(migration.ddl.encode())
        application.write(1)
        with application.deploying(migration.names):
            migrator.execute(migration.ddl.encode())
        shelf.relay()
        since = value(shelf.connection, "select clock_timestamp()")
        application.write()
    relay(shelf)

    c = shelf.connection
    truth = application.counted(c)
    found = gaps(shelf)
    assert {gap for gap in found if migration.gap not in gap or not migration.gap} == set()
    assert bool(found) == bool(migration.gap)
    assert {remedy[:26] for _, remedy in alerts(shelf, "capture_gap")} <= {"Run: shelfwire attach: it "}
    if not migration.gap:
        assert captured(shelf, since) >= set(keys)
    broken = {r["entry"] for r in rows(c, "select entry from sync.mapping_faults")}
    held = value(c, "select sync.held_back(%s, 'inventory')", shelf.shop)
    if migration.breaks:
        assert migration.breaks in broken and held == "mapping"
        assert any("attach --check" in remedy for _, remedy in alerts(shelf, "mapping_broken"))
    else:
        assert (broken, held) == (set(), None)
        assert levels(shelf) == truth
        if not migration.gap:
            assert missing(shelf, truth) == set()

    text = MAPPING.read_text()
    for old, new in (migration.mapping or migration.names).items():
        text = text.replace(old, new)
    asyncio.run(adapter.attach(warehouse, MappingFile(written(tmp_path, text))))
    relay(shelf)
    assert rows(c, "select * from sync.mapping_faults") == gaps(shelf) == []
    assert alerts(shelf, "capture_gap") == alerts(shelf, "mapping_broken") == []
    assert levels(shelf) == truth
    assert missing(shelf, truth) == set()
    since = value(c, "select clock_timestamp()")
    with application.working():
        application.write(1)
    relay(shelf)
    assert captured(shelf, since) >= set(keys)
    assert levels(shelf) == application.counted(c)
