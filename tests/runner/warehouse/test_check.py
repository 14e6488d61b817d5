"""``attach --check``: what could go wrong later is said before anything is attached, and nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import commands
from tests.runner.warehouse.mappings import written
from tests.seeds import rows, value

TABLES = """
create schema shop; create schema stores;
create table shop.goods (id integer primary key, code text, label text, hidden boolean not null default false);
create table stores.places (id integer primary key, name text);
create table stores."Stock Rows" (good integer, place integer, on_hand numeric(12, 3), allocated numeric, free_on date);
create table stores.holds (good integer, amount integer);
create view shop.visible as select * from shop.goods where not hidden;
create function stores.held(p_good integer) returns bigint language sql stable
as 'select coalesce(sum(amount), 0) from stores.holds where good = p_good';
insert into shop.goods select n, 'C-' || n, 'Good ' || n from generate_series(1, 9) as n;
insert into stores.places values (1, 'Hall'), (2, 'Yard');
insert into stores."Stock Rows" select n, 1 + n % 2, n + 0.5, 1, '2020-01-01' from generate_series(1, 9) as n;
"""
FILL = 'insert into stores."Stock Rows" select 1 + n % 9, 1, 1, 0 from generate_series(1, 20000) as n; analyze'
GROUPED = "insert into shop.goods select n, 'D-' || n, 'x' from generate_series(10, 20009) as n; analyze"
PICTURED = (
    "create table shop.pictures as select 1 + n % 9 as product, 'http://x/' || n as url "
    "from generate_series(1, 20000) as n; analyze"
)
IMAGES = ("[watch]", '[images]\nsql = "select product, url from pictures"\n[watch]')
MAPPING = '''
schema = ["shop", "stores"]
[products]
sql = "select id as product, code as sku, label as title from visible"
[locations]
sql = "select id as location, name from places"
[stock]
sql = """select good as product, place as location, on_hand - allocated as available, on_hand, allocated
         from "Stock Rows" """
[watch]
goods = "id"
"Stock Rows" = "good"
'''
CATALOG = """
select oid::text, relname::text, relkind::text, relhastriggers::text from pg_class where relkind <> 'i' union all
select oid::text, proname, prosrc, proargnames::text from pg_proc union all
select oid::text, tgname, tgrelid::text, tgenabled::text from pg_trigger union all
select 'note', watch::text, relation, is_watched::text from sync.watches union all
select 'note', fingerprint, '', '' from sync.mapping order by 1, 2
"""

Check = Callable[..., dict[str, Any]]


@pytest.fixture
def stores(database: str) -> Iterator[psycopg.Connection[Any]]:
    """A warehouse in two schemas."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLES.encode())
        yield connection


@pytest.fixture
def check(stores: psycopg.Connection[Any], database: str, tmp_path: Path) -> Check:
    """A function that changes the database and the mapping, and asks for the report; it must change nothing."""

    def look(statement: str = "select 1", *changes: tuple[str, str]) -> dict[str, Any]:
        stores.execute(statement.encode())
        text = MAPPING
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        before = rows(stores, CATALOG)
        environment = {"SHELFWIRE_DATABASE_URL": database, "SHELFWIRE_WAREHOUSE_MAP": str(written(tmp_path, text))}
        done = commands.run(environment, "attach", "--check", "--json")
        assert rows(stores, CATALOG) == before
        if not done.stdout:
            return {"refusals": [done.stderr], "advice": [], "sample": []}
        report = json.loads(done.stdout)
        assert done.returncode == (1 if report["refusals"] else 0)
        return dict(report)

    return look


def test_a_mapping_without_fault_is_shown_by_five_products(check: Check) -> None:
    report = check()
    assert (report["refusals"], report["advice"]) == ([], [])
    assert [(p["sku"], p["location"], p["available"]) for p in report["sample"]] == [
        ("C-1", "Yard", 0.5), ("C-2", "Hall", 1.5), ("C-3", "Yard", 2.5), ("C-4", "Hall", 3.5), ("C-5", "Yard", 4.5),
    ]  # fmt: skip
    assert report["sample"][1]["detail"] == {"on_hand": 2.5, "allocated": 1}


def test_a_person_reads_the_same(check: Check, database: str, tmp_path: Path) -> None:
    check("update shop.goods set code = null where id = 9")
    environment = {"SHELFWIRE_DATABASE_URL": database, "SHELFWIRE_WAREHOUSE_MAP": str(tmp_path / "warehouse.toml")}
    done = commands.run(environment, "attach", "--check")
    assert done.returncode == 0
    assert done.stdout.startswith("1 of 9 products have no SKU and cannot be linked.\n")
    assert "Good 5" in done.stdout and "Compare these numbers" in done.stdout


@pytest.mark.parametrize(
    ("statement", "changes", "refusal"),
    [
        (
            "create table shop.more as table shop.goods; insert into shop.more select * from shop.goods where id < 3",
            [("from visible", "from more")],
            ":4: 2 products have several rows in [products], which must have one for each: 1 (2 rows), 2 (2 rows).",
        ),
        ("", [("id as product", "id")], ":4: [products] selects no column product; it has: id, sku, title."),
        ("", [("place as location, on_hand - allocated as available", "place as location")],
         ":8: [stock] selects no column available; it has: product, location, on_hand, allocated."),
        ("", [("on_hand - allocated as available", "'many' as available")],
         ":8: available of [stock] is of type text, no number."),
        ("", [("good as product", "now() as product")], "product of [stock] is of type timestamp with time zone"),
        ("", [("good as product", "gen_random_uuid() as product")],
         ":7: product of [stock] is of type uuid, never a key of type integer."),
        ("", [("on_hand - allocated as", "on_hand / 0 as")], ":7: [stock] cannot be read: division by zero."),
        ("", [("from visible", "from invisible")], ':4: [products] is no select that can be read: relation "'),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_its_line(
    check: Check, statement: str, changes: list[tuple[str, str]], refusal: str
) -> None:
    (found,) = check(statement or "select 1", *changes)["refusals"]
    assert refusal in found


@pytest.mark.parametrize(
    ("statement", "changes", "advice"),
    [
        ("update shop.goods set code = ' ' where id = 1; update shop.goods set code = null where id = 2", [],
         "2 of 9 products have no SKU and cannot be linked."),
        ("update shop.goods set code = 'C-1 ' where id = 2", [],
         "1 SKUs are those of several products, which are not linked: C-1."),
        ("delete from shop.goods", [], "[products] has no row: nothing can be linked, and nothing is known of any"),
        ("update shop.goods set hidden = true where id in (8, 9)", [],
         "16 units in [stock] are of 2 products that [products] does not have, and are not offered: 8, 9."),
        ('insert into stores."Stock Rows" values (1, 7, 3, 0)', [],
         "Stock lies at locations that [locations] does not have, and is offered nowhere: 7."),
        ("", [('goods = "id"\n', "")],
         "shop.goods is read by [products] and not watched: what changes there is found by shelfwire link, at night"),
        ("", [('from "Stock Rows"', 'from "Stock Rows" as s left join holds as h using (good)')],
         "stores.holds is read by [stock] and not watched: what changes there is found by the next reconcile run"),
        ("", [("allocated as available", "held(good) as available")],
         "[stock] call functions or take whole rows: which columns count cannot be told, so every update of a watched"),
        ("create materialized view stores.snap as select * from stores.holds",
         [('from "Stock Rows"', 'from "Stock Rows" as s left join snap as h using (good)')],
         "stores.snap is read by [stock] and not watched, a materialized view, which cannot be watched"),
        ("", [('from "Stock Rows"', 'from "Stock Rows" where free_on <= current_date')],
         'Time decides in [stock], and nothing is written when it passes: add  recheck = "5 min"  to [stock].'),
        ("create or replace view shop.visible as select * from shop.goods where now() > '2020-01-01'", [],
         'Time decides in [products], and nothing is written when it passes: add  recheck = "5 min"  to [stock].'),
        (FILL, [],
         'Reading 250 products reads all 20,009 rows of stores."Stock Rows". '
         'Consider: create index concurrently on stores."Stock Rows" ("good");'),
        (GROUPED, [("label as title from visible", "label as title, code as product_group from goods")],
         "Reading 250 groups of products reads all 20,009 rows of shop.goods. Consider an index that begins with the "
         "column that becomes product_group."),
        (PICTURED, [IMAGES],
         "Reading the images of 250 products reads all 20,000 rows of shop.pictures. Consider an index that begins "
         "with the column that becomes product."),
        (PICTURED, [IMAGES], "shop.pictures is read by [images] and not watched: what changes there is found by"),
    ],
)  # fmt: skip
def test_what_is_worth_knowing_is_said_with_its_remedy(
    check: Check, statement: str, changes: list[tuple[str, str]], advice: str
) -> None:
    report = check(statement or "select 1", *changes)
    assert report["refusals"] == []
    assert any(line.startswith(advice) for line in report["advice"]), report["advice"]


def test_what_the_advice_asks_for_silences_it(check: Check, stores: psycopg.Connection[Any]) -> None:
    (advice,) = check(FILL)["advice"]
    stores.execute(advice.split("Consider: ")[1].encode())
    assert check()["advice"] == []
    timely = ('from "Stock Rows"', 'from "Stock Rows" where free_on <= current_date')
    assert check("select 1", timely, ("[stock]", '[stock]\nrecheck = "5 min"'))["advice"] == []


def test_a_partitioned_table_is_advised_an_index_as_a_whole(check: Check, stores: psycopg.Connection[Any]) -> None:
    ledger = ('from "Stock Rows"', "from ledger"), ('"Stock Rows" =', "ledger =")
    (advice,) = check(
        """
        create table stores.ledger (good integer, place integer, on_hand integer, allocated integer)
        partition by hash (good);
        create table stores.ledger_0 partition of stores.ledger for values with (modulus 2, remainder 0);
        create table stores.ledger_1 partition of stores.ledger for values with (modulus 2, remainder 1);
        insert into stores.ledger select 1 + n % 9, 1, 1, 0 from generate_series(1, 40000) as n;
        """,
        *ledger,
    )["advice"]
    assert advice.endswith('rows of stores.ledger. Consider: create index on stores.ledger ("good");')
    stores.execute(advice.split("Consider: ")[1].encode())
    assert check("select 1", *ledger)["advice"] == []


def test_what_time_decides_is_looked_at_again_although_nothing_is_written(
    stores: psycopg.Connection[Any], database: str, tmp_path: Path
) -> None:
    text = MAPPING.replace("[stock]", '[stock]\nrecheck = "5 min"').replace(
        'from "Stock Rows"', 'from "Stock Rows" where free_on <= current_date'
    )
    environment = {"SHELFWIRE_DATABASE_URL": database, "SHELFWIRE_WAREHOUSE_MAP": str(written(tmp_path, text))}
    done = commands.run(environment, "attach")
    assert done.returncode == 0, done.stderr
    relay = "select relayed from sync.relay_changes()"
    value(stores, relay)
    assert value(stores, relay) == 0
    stores.execute("update sync.mapping set rechecked_at = now() - interval '301 s'")
    assert value(stores, relay) == 1
    assert value(stores, relay) == 0
