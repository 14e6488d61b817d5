"""Databases that cannot hold every text of a shop: it is shown escaped, and a SKU is never taken for another."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from house import warehouse
from house.sandbox import Sandbox, running
from runner.db import Database
from runner.db.texts import Encoding
from tests.commands import run
from tests.house.house import House
from tests.servers import Server

NUMBERS = itertools.count()
PLAIN, UMLAUT = "SKU-000001", "MÜ-1"
# What LATIN1 cannot hold, and what that would be escaped to.
APOSTROPHE, ESCAPED = "A\u20191", "A\\u20191"
TITLE = "Rock \u2019n\u2019 roll 😀"


@pytest.fixture
def encoded(server: Server) -> Iterator[Callable[[str], str]]:
    """A function that makes an empty database of an encoding; returns its DSN."""
    with ExitStack() as stack:

        def make(encoding: str) -> str:
            name = f"shelfwire_{os.getpid()}_encoded_{next(NUMBERS)}"
            admin = stack.enter_context(psycopg.connect(server.dsn(server.maintenance_dbname), autocommit=True))
            admin.execute(
                sql.SQL("create database {} template template0 encoding {} locale 'C'").format(
                    sql.Identifier(name), sql.Literal(encoding)
                )
            )
            stack.callback(admin.execute, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
            return server.dsn(name)

        yield make


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A shop with what is typed in shops."""
    with running("--products", "5", "--variants-per-product", "1", "--unlimited") as started:
        variants = [{"sku": sku, "title": f"{TITLE} {n}"} for n, sku in enumerate((UMLAUT, APOSTROPHE, ESCAPED))]
        for variant in variants:
            started.control("POST", "/products", {"products": [{"title": TITLE, "variants": [variant]}]})
        yield started


@pytest.mark.parametrize("encoding", [pytest.param("LATIN1", marks=pytest.mark.long), "WIN1252", "SQL_ASCII"])
def test_a_shop_is_linked_and_kept_in_step_whatever_is_typed_in_it(
    encoded: Callable[[str], str], sandbox: Sandbox, encoding: str
) -> None:
    dsn = encoded(encoding)
    warehouse.build(make_conninfo(dsn, client_encoding="UTF8"))
    # The application knows UTF-8, as the bytes are in a database that does not know what it holds.
    house = House(make_conninfo(dsn, client_encoding="UTF8"), sandbox)
    try:
        skus = [sku for sku in (PLAIN, UMLAUT, APOSTROPHE, ESCAPED) if Encoding(encoding).holds(sku)]
        warehouse.stock(house.connection, [warehouse.Product(sku, sku) for sku in skus], ["Hall A"])
        environment = {**house.environment, "SHELFWIRE_DATABASE_URL": dsn, "SHELFWIRE_TOKEN": sandbox.token}

        def said(*command: str, code: int = 0) -> str:
            done = run(environment, *command)
            assert done.returncode == code, (command, done.stdout, done.stderr)
            return done.stdout

        said("db", "upgrade")
        said("attach", "--map", str(warehouse.MAPPING))
        said("db", "check")
        said("shop", "add", sandbox.shop, "--url", sandbox.url)
        said("shop", "map", sandbox.shop, "--rest", "Main warehouse")
        said("link")
        # Another house was its writer a moment ago.
        said("shop", "adopt", sandbox.shop)
        linked = house.rows("select sku, state, reason from sync.links order by product_key::integer")
        assert [(r["sku"], r["state"]) for r in linked] == [(sku, "ok") for sku in skus], linked
        titles = [r["title"] for r in house.rows("select title from sync.variants order by variant_id")]
        assert len([title for title in titles if "Rock" in title and "roll" in title]) == 3
        house.do("update sync.guards set loss_share = 1, change_share = 1")
        house.do("update sync.shops set mode = 'live'")
        # Each stands for itself: another number for every SKU.
        wanted = {sku: 20 + n for n, sku in enumerate(skus)}
        before = {sku: units for sku, units in sandbox.available().items() if sku not in wanted}
        with house.runner():
            for sku, units in wanted.items():
                house.receive(sku, units)
            house.wait_until(lambda: sandbox.available().items() >= wanted.items(), "the units")
            house.wait_quiet()
        assert sandbox.available() == before | wanted
        for sku in skus:
            assert sku in said("why", sku)
        for sku in {APOSTROPHE} - {*skus}:
            said("why", sku, code=2)
            said("refusals", "retry", sku, code=2)
        for command in ("status", "discrepancies", "runs", "events", "refusals list"):
            said(*command.split())
            said(*command.split(), "--json")
        said("plan")
        said("detach")
    finally:
        house.close()


def test_bytes_of_no_known_encoding_are_read_shown_and_linked_by_what_they_are(
    encoded: Callable[[str], str], sandbox: Sandbox
) -> None:
    dsn = encoded("SQL_ASCII")
    warehouse.build(make_conninfo(dsn, client_encoding="UTF8"))
    with psycopg.connect(make_conninfo(dsn, client_encoding="SQL_ASCII"), autocommit=True) as application:
        application.execute(b"insert into warehouse.locations (name) values ('Lager M\xfcnchen')")
        application.execute(b"insert into warehouse.shipments (supplier) values ('M\xfcller')")
        application.execute(
            b"insert into warehouse.products (sku, name) values ('M\xfc-2', 'Latin\xdf'), ('SKU-000001', 'S\xfc\xdf')"
        )
    house = House(make_conninfo(dsn, client_encoding="SQL_ASCII"), sandbox)
    environment = {**house.environment, "SHELFWIRE_DATABASE_URL": dsn, "SHELFWIRE_TOKEN": sandbox.token}
    try:
        for command in (
            ("db", "upgrade"),
            ("attach", "--map", str(warehouse.MAPPING)),
            ("shop", "add", sandbox.shop, "--url", sandbox.url),
            ("shop", "map", sandbox.shop, "--rest", "Main warehouse"),
            ("link",),
            ("plan",),
            ("status",),
            ("discrepancies",),
            ("why", PLAIN),
            ("why", PLAIN, "--json"),
            ("why", "1"),
            ("doctor",),
            ("detach",),
        ):
            done = run(environment, *command)
            assert done.returncode == (1 if command == ("doctor",) else 0), (command, done.stdout, done.stderr)
            if command == ("why", PLAIN):
                assert "S\\udcfc\\udcdf" in done.stdout
        found = house.rows("select product_key, state from sync.links order by 1")
        assert [(r["product_key"], r["state"]) for r in found] == [(b"1", b"broken"), (b"2", b"ok")]
    finally:
        house.close()


def test_every_text_that_is_sent_is_escaped_where_it_must_be(encoded: Callable[[str], str]) -> None:
    async def shown(dsn: str) -> tuple[object, ...]:
        async with Database.open(dsn) as db:
            return tuple((await db.row("select %s::text as a, %s::text[] as b", (TITLE, [TITLE, UMLAUT]))).values())

    held = "Rock \\u2019n\\u2019 roll \\U0001f600"
    assert asyncio.run(shown(encoded("LATIN1"))) == (held, [held, UMLAUT])
    assert asyncio.run(shown(encoded("SQL_ASCII"))) == (TITLE, [TITLE, UMLAUT])


@pytest.mark.parametrize(
    ("encoding", "text", "held"),
    [
        ("UTF8", TITLE, TITLE),
        ("UTF8", "half \ud83d a pair, and \0", "half \\ud83d a pair, and \\x00"),
        ("LATIN1", TITLE, "Rock \\u2019n\\u2019 roll \\U0001f600"),
        ("WIN1252", TITLE, "Rock \u2019n\u2019 roll \\U0001f600"),
        ("KOI8R", "Ж\u2019", "Ж\\u2019"),
        ("EUC_TW", "Ж", "\\u0416"),
        ("SQL_ASCII", TITLE, TITLE),
        ("SQL_ASCII", "M\udcfc", "M\udcfc"),
    ],
)
def test_what_an_encoding_cannot_hold_is_escaped(encoding: str, text: str, held: str) -> None:
    known = Encoding(encoding)
    assert known.held(text) == held
    assert known.holds(text) == (text == held)
    assert json.loads(known.json({"title": [text]})) == {"title": [held]}
