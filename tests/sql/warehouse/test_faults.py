"""The mapping cannot be read any more, in the middle of the night: nothing is sent from numbers that cannot be read,
everything else goes on, people are told what to do, and it ends by itself."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.errors import MappingError
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests import commands
from tests.runner.warehouse.mappings import written
from tests.seeds import FRONT, Shelf, entries, rows, value

MAPPING = """
schema = "warehouse"
[products]
sql = "select id as product, sku, name as title from products"
[stock]
sql = "select product_id as product, bin as location, amount / pack as available from bins"
[watch]
products = "id"
bins = "product_id"
"""
BINS = """
create table warehouse.bins (product_id bigint, bin integer default 1, amount numeric, pack numeric not null default 1);
insert into warehouse.bins (product_id, amount) values (1, 3), (2, 4), (3, 5);
"""


def plain(message: str) -> str:
    """A message as a newer Postgres words it."""
    return re.sub(r'column (?:\w+\.)?"?(\w+)"? does', r'column "\1" does', message)


# What happens, the entry of the mapping that it breaks, what is said, and what mends it.
HARMS = [
    ("update warehouse.bins set pack = 0 where product_id = 3", "stock", "division by zero",
     "update warehouse.bins set pack = 1"),
    ("alter table warehouse.bins rename amount to quantity", "stock", 'column "amount" does not exist',
     "alter table warehouse.bins rename quantity to amount"),
    ("alter table warehouse.bins alter pack type text", "stock", "operator does not exist: numeric / text",
     "alter table warehouse.bins alter pack drop default, alter pack type numeric using pack::numeric"),
    ("create table warehouse.kept as table warehouse.bins; drop table warehouse.bins", "stock",
     'relation "warehouse.bins" does not exist',
     "alter table warehouse.kept rename to bins; grant select on warehouse.bins to {reader}"),
    ("alter table warehouse.products rename name to label", "products", 'column "name" does not exist',
     "alter table warehouse.products rename label to name"),
    ("revoke select on warehouse.bins from {reader}", "stock", "permission denied for table bins",
     "grant select on warehouse.bins to {reader}"),
    ("alter table warehouse.bins enable row level security", "stock",
     'query would be affected by row-level security policy for table "bins"',
     "alter table warehouse.bins disable row level security"),
]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The mapping file."""
    return written(tmp_path, MAPPING)


@pytest.fixture
def night(shelf: Shelf, warehouse: str, path: Path) -> Shelf:
    """Products 1, 2 and 3 with 3, 4 and 5 units in a bin, in step with the shop."""
    shelf.stocked(0, 0, 0)
    shelf.connection.execute(BINS.encode())
    asyncio.run(adapter.attach(warehouse, MappingFile(path)))
    shelf.relay()
    for key, units in (("1", 3), ("2", 4), ("3", 5)):
        shelf.see(key, FRONT, units)
    shelf.settle()
    return shelf


@pytest.fixture
def reader(night: Shelf) -> Iterator[str]:
    """The owner of what reads the stock; no superuser, whose rights nobody can revoke."""
    name = f"reader_{uuid.uuid4().hex}"
    night.connection.execute(
        f"create role {name}; grant usage on schema warehouse, sync to {name}; grant create on schema sync to {name}; "
        f"grant select on warehouse.bins to {name}; grant execute on function sync.integer_keys(text[]) to {name}; "
        f"alter function sync.read_stock(text[]) owner to {name}".encode()
    )
    yield name
    night.connection.execute(
        f"reassign owned by {name} to current_user; drop owned by {name}; drop role {name}".encode()
    )


def told(shelf: Shelf) -> list[str]:
    """Open alerts of a broken mapping: what they say and what to do."""
    return [
        f"{r['message']} {r['remedy']}"
        for r in rows(shelf.connection, "select * from sync.open_alerts where rule = 'mapping_broken'")
    ]


@pytest.mark.parametrize(("harm", "entry", "words", "mend"), HARMS)
def test_nothing_is_sent_until_it_can_be_read_again(
    night: Shelf, reader: str, harm: str, entry: str, words: str, mend: str
) -> None:
    c = night.connection
    c.execute(harm.format(reader=reader).encode())
    c.execute("insert into warehouse.products (sku, name) values ('NEW', 'N')" if "label" not in harm else "select 1")
    c.execute("select sync.look_at_all('recheck')")
    night.relay()
    # Held: what is pending stays so, and no job is made for it.
    assert night.pending().keys() == {"1", "2", "3"}
    assert [s["step"] for s in night.prepared(["1", "2", "3"])] == ["held"]
    assert night.relay()["packed"] == 0
    assert value(c, "select count(*) from sync.requests") == 0
    assert value(c, "select count(*) from sync.change_log where op = 'recheck'") == 1
    # Told: by an alert, and wherever a person looks.
    (alert,) = told(night)
    assert plain(alert).startswith(f"The mapping's [{entry}] cannot be read: {words}")
    assert "shelfwire attach --check" in alert
    assert f"[{entry}] cannot be read: {words}" in plain(value(c, "select held_reason from sync.sync_health"))
    assert "LINK_BROKEN" in {r["class"] for r in rows(c, "select class from sync.open_refusals")} or entry == "products"
    # Mended: by itself.
    c.execute(mend.format(reader=reader).encode())
    c.execute("update warehouse.bins set amount = 2 where product_id = 1")
    c.execute("update sync.mapping_faults set probe_at = now()")
    night.relay()
    assert told(night) == []
    sent = [s["request_id"] for s in night.prepared(["1", "2", "3"], job=2) if s["step"] == "send"]
    assert [e for r in sent for e in entries(night, r)] == [(2001, FRONT, 2, 3)]


def test_links_go_on_while_the_stock_cannot_be_read(night: Shelf) -> None:
    night.variants(["SKU-0", "SKU-1", "SKU-2", "NEW"])
    night.connection.execute("update warehouse.bins set pack = 0 where product_id = 3")
    key = night.product("NEW")
    night.relay()
    assert value(night.connection, "select state from sync.links where product_key = %s", key) == "ok"


def test_attach_says_why_it_cannot_be_read_and_mends_it_when_it_can(night: Shelf, warehouse: str, path: Path) -> None:
    night.connection.execute("update warehouse.bins set pack = 0 where product_id = 3")
    night.relay()
    assert len(told(night)) == 1
    with pytest.raises(MappingError, match=r"toml:5: \[stock\] cannot be read: division by zero\."):
        asyncio.run(adapter.attach(warehouse, MappingFile(path)))
    night.connection.execute("update warehouse.bins set pack = 1")
    assert "Attached" in asyncio.run(adapter.attach(warehouse, MappingFile(path)))[0]
    night.relay()
    assert told(night) == []


def test_commands_name_the_entry_and_the_remedy(night: Shelf, warehouse: str, path: Path) -> None:
    night.connection.execute("update warehouse.bins set pack = 0 where product_id = 3")
    night.relay()
    environment = {"SHELFWIRE_DATABASE_URL": warehouse, "SHELFWIRE_WAREHOUSE_MAP": str(path)}
    doctor = " ".join(commands.run(environment, "doctor").stdout.split())
    assert "[stock] cannot be read: division by zero" in doctor
    assert "could not be looked at" not in doctor
    status = commands.run(environment, "status").stdout
    assert "one.myshopify.com is held: The mapping's [stock] cannot be read: division by zero." in status
    assert "SKU-0" not in commands.run(environment, "refusals", "list").stderr
    why = commands.run(environment, "why", "SKU-0")
    assert why.returncode == 0 and "3 available" in why.stdout
    broken = commands.run(environment, "why", "SKU-2")
    assert broken.returncode == 2 and "attach --check" in broken.stderr


def test_a_detached_mapping_leaves_no_alert_behind(night: Shelf, warehouse: str) -> None:
    night.connection.execute("alter table warehouse.bins rename amount to quantity")
    night.connection.execute("update warehouse.bins set quantity = 9")
    night.relay()
    alerts = "select * from sync.open_alerts where rule = 'mapping_broken'"
    assert rows(night.connection, alerts)
    asyncio.run(adapter.detach(warehouse))
    assert not rows(night.connection, alerts)


def test_however_many_rows_of_no_product_change_nothing_is_looked_at(night: Shelf) -> None:
    night.connection.execute("insert into warehouse.bins (amount) select n from generate_series(1, 5100) as n")
    assert night.queue() == []
    night.connection.execute("update warehouse.bins set amount = amount + 1 where product_id is null")
    assert night.queue() == []
