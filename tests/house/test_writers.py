"""One shop, one writer: copies, twins and restores as whole processes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from house import postgres
from runner.db import Database
from runner.db import writers as db
from runner.errors import LostAnswer
from runner.shopify.shops import Shops
from runner.shopify.writers import renew
from tests.house.house import House
from tests.house.load import Load
from tests.house.test_restores import Desk

PRODUCTS = 20
WRITTEN = "select coalesce(max(id), 0) from sync.calls where document = 'InventorySetQuantities'"


@pytest.fixture
def elsewhere() -> Iterator[postgres.Server]:
    """Another cluster, which has none of our roles."""
    with postgres.serve({"fsync": "off"}) as server:
        yield server


def due(house: House) -> None:
    """The mark is renewed now, as it would be within twenty seconds."""
    house.do("update sync.writers set beat_at = now()")


def mode(house: House) -> str:
    return str(house.value("select mode from sync.shops"))


def test_a_copy_that_was_dumped_under_load_writes_nothing_until_it_adopts_the_shop(
    house: House, elsewhere: postgres.Server, tmp_path: Path
) -> None:
    for number in range(1, PRODUCTS + 1):
        house.receive(f"SKU-{number:06}", 5)
    with house.runner():
        house.wait_quiet()
        with Load(house.dsn, PRODUCTS).running() as load:
            load.wait(0.5)
            desk = Desk(tmp_path, house.dsn)
            desk.does('pg_dump -Fc "$SOURCE" > everything.dump')
        copy_dsn = make_conninfo(elsewhere.dsn, dbname="staging")
        desk.does('createdb --maintenance-db "$TARGET" staging', elsewhere.dsn)
        desk.does('pg_restore --no-privileges -d "$TARGET" everything.dump', copy_dsn)
        with closing(House(copy_dsn, house.sandbox)) as copy:
            copy.key = house.key
            assert copy.shelfwire("db", "upgrade").returncode == 0
            copy.do("update warehouse.shipment_items set status = 'sold'")
            before = copy.value(WRITTEN)
            with copy.runner():
                copy.wait_until(lambda: mode(copy) == "monitor", "the copy to know that it is one")
                copy.wait_until(lambda: bool(copy.rows("select from sync.level_shadows")), "work in monitor")
                house.wait_until(lambda: house.offered() == house.shelf(), "the first at work as before")
                assert copy.value(WRITTEN) == before
                (told,) = copy.rows("select message from sync.open_alerts where rule = 'other_writer'")
                assert "is a copy of the one that writes to" in told["message"]
                assert "is a copy of the one that writes to" in copy.shelfwire("doctor").stdout

                adopted = copy.shelfwire("shop", "adopt", house.sandbox.shop)
                assert adopted.returncode == 0, adopted.stderr
                assert "is written to from here instead of" in adopted.stdout and "in mode live" in adopted.stdout
                due(house)
                house.wait_until(lambda: mode(house) == "monitor", "the first to stop")
                assert "Another installation of Shelfwire writes to" in house.shelfwire("doctor").stdout
                copy.wait_until(lambda: set(copy.offered().values()) == {0}, "the copy at work")
                copy.wait_quiet()
                assert copy.rows("select from sync.open_alerts where rule in ('other_writer', 'levels_unread')") == []
        last = house.value(WRITTEN)
        house.receive("SKU-000001", 1)
        house.wait_until(lambda: bool(house.rows("select from sync.level_shadows")), "work in monitor")
        assert house.value(WRITTEN) == last


def test_a_restored_older_backup_reads_everything_before_it_writes(house: House) -> None:
    house.receive("SKU-000001", 5)
    with house.runner():
        house.wait_quiet()
    house.do("create table public.saved as table sync.writers")
    with house.runner():
        due(house)
        renewed = "select w.mark <> s.mark from sync.writers as w, public.saved as s"
        house.wait_until(lambda: bool(house.value(renewed)), "a mark")
        house.sell("SKU-000001", 1)
        house.wait_quiet()
    house.do("update sync.writers as w set mark = s.mark, sent = null, digest = s.digest from public.saved as s")
    house.do("drop table public.saved")
    due(house)
    house.sell("SKU-000001", 1)
    with house.runner():
        house.wait_until(lambda: bool(house.value("select doubted is not null from sync.writers")), "doubt")
        assert house.offered()["SKU-000001"] == 4 and mode(house) == "live"
        house.do("update sync.writers set doubted_at = doubted_at - interval '1 minute', beat_at = now()")
        house.wait_until(lambda: house.offered()["SKU-000001"] == 3, "the right number")
        house.wait_quiet()
        done = "select from sync.runs where kind = 'reconcile_inventory' and state = 'succeeded'"
        house.wait_until(lambda: bool(house.rows(done)), "the end of the reading")
    assert house.value("select count(*) from sync.alert_history where rule = 'levels_unread'") == 1
    assert house.rows("select from sync.open_alerts") == []


def test_a_mark_whose_answer_was_lost_is_known_as_ours(house: House) -> None:
    async def work() -> None:
        async with Database.open(house.dsn) as database, Shops.open(database, house.settings) as shops:
            due(house)
            house.sandbox.fault("drop_after", operation="metafieldsSet", times=1)
            (beat,) = await db.lease_beats(database, 10)
            client = await shops.client(beat.shop_id)
            with pytest.raises(LostAnswer):
                await renew(database, client, beat)
            due(house)
            (again,) = await db.lease_beats(database, 10)
            assert again.sent == beat.sent
            assert await renew(database, client, again)

    asyncio.run(work())
    assert house.value("select mark is not null and sent is null from sync.writers")
