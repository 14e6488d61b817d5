"""Attacks on what runs with its owner's rights: whoever may write the warehouse, read reports or run gains none."""

from __future__ import annotations

import contextlib

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tests.attacks import ATTACKS, CASTS, attacking
from tests.conftest import Login
from tests.seeds import Shelf, rows

GROUPS = ["", "sync_reporting", "sync_runner"]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_gains_no_right_and_spoils_no_write(shelf: Shelf, login: Login, attack: str, group: str) -> None:
    with attacking(shelf, login, group) as attacker:
        attacker.make(ATTACKS[attack].made)
        attacker.write()
        attacker.call(group)
        assert attacker.victims() == set()
        expected = {
            ("product", "insert"), ("product", "update"), ("product", "bulk"), ("product", "delete"),
            ("product", "truncate"), ("customer", "insert"),
        }  # fmt: skip
        assert {entry[:2] for entry in shelf.queue()} == expected


@pytest.mark.parametrize("attack", [name for name, attack in ATTACKS.items() if attack.weakness])
def test_the_attacks_are_real(shelf: Shelf, login: Login, attack: str) -> None:
    """Where a function is defined without what guards it, each of them succeeds."""
    chosen = ATTACKS[attack]
    shelf.connection.execute(str(chosen.weakness).encode())
    with attacking(shelf, login, chosen.group) as attacker:
        attacker.make(chosen.made)
        with contextlib.suppress(psycopg.Error):
            attacker.write()
        attacker.call(chosen.group)
        assert attacker.victims() == {shelf.connection.info.user, attacker.name}


# A table of one's own may have columns of one's own types, whose casts no search_path guards against.
OWN_TABLE = """
create temp table own (id attack.whole, product_id attack.whole, location_id integer, status text);
create trigger own_trigger after insert on own
referencing new table as changed for each statement execute function sync.capture_2_insert();
insert into own (product_id) values (row(1)::attack.whole);
"""


@pytest.mark.parametrize("group", GROUPS)
def test_a_capture_function_can_be_put_on_no_other_table(shelf: Shelf, login: Login, group: str) -> None:
    functions = rows(shelf.connection, "select proname from pg_proc where proname like 'capture\\_%'")
    assert len(functions) == 16
    with attacking(shelf, login, group) as attacker:
        attacker.make(CASTS)
        attacker.session.execute("create temp table own (id bigint, product_id bigint)")
        for function in functions:
            with pytest.raises(InsufficientPrivilege):
                trigger = (
                    f"create trigger own_trigger after insert on own execute function sync.{function['proname']}()"
                )
                attacker.session.execute(trigger.encode())
        attacker.session.execute("drop table own")
        with pytest.raises(InsufficientPrivilege):
            attacker.session.execute(OWN_TABLE.encode())
        assert attacker.victims() == set()


def test_a_capture_function_that_anybody_may_use_would_be_a_hole(shelf: Shelf, login: Login) -> None:
    shelf.connection.execute("grant usage on schema sync to public")
    shelf.connection.execute("grant execute on function sync.capture_2_insert() to public")
    with attacking(shelf, login, "") as attacker:
        attacker.make(CASTS)
        attacker.session.execute(OWN_TABLE.encode())
        assert attacker.victims() == {shelf.connection.info.user, attacker.name}


@pytest.mark.parametrize("group", GROUPS)
def test_what_runs_as_its_owner_can_neither_be_called_nor_replaced_by_others(
    shelf: Shelf, login: Login, group: str
) -> None:
    calls = ["select * from sync.keep_log_partitions(9)", "select * from sync.read_stock('{1}')"]
    if group == "sync_reporting":
        del calls[1]  # which is what reports show
    changes = [
        "create function sync.lane_of(text, text) returns smallint language sql return 1::smallint",
        "alter function sync.keep_log_partitions set search_path = pg_temp",
        "create domain sync.text as pg_catalog.text",
        "create type sync.whole as (number bigint)",
    ]
    with attacking(shelf, login, group) as attacker:
        for statement in [*(calls if group != "sync_runner" else []), *changes]:
            with pytest.raises(InsufficientPrivilege):
                attacker.session.execute(statement.encode())


PATH = "search_path=pg_catalog, pg_temp"
# They run for every row: Postgres puts them in the place of the call only if they set nothing. Their names are bound.
INLINED = {
    "a_step",
    "budget_level",
    "bulk_lane",
    "field_class",
    "gid_number",
    "is_due",
    "lane_of",
    "quantity_input",
    "level_entries",
    "set_quantities",
    "still_owed",
    "stock_class",
    "whole_units",
    "number_text",
    "uuid_text",
    "lost_lately",
}


@pytest.mark.parametrize("database_of", ["database", "warehouse"])
def test_every_function_searches_what_is_built_in_first_and_temporary_things_last(
    database_of: str, request: pytest.FixtureRequest
) -> None:
    dsn = request.getfixturevalue(database_of)
    with psycopg.connect(dsn) as connection:
        found = rows(
            connection,
            "select p.proname, p.prosecdef, p.prosqlbody is not null, coalesce(p.proconfig, '{}'), exists ("
            "select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as g "
            "where g.grantee = 0 and g.privilege_type = 'EXECUTE') "
            "from pg_proc as p where p.pronamespace = 'sync'::regnamespace",
        )
    paths = {name: [s for s in settings if s.startswith("search_path")] for name, _, _, settings, _ in found}
    # Capture, which runs with every row of somebody else, names all that it uses: the attacks above are on it.
    elsewhere = {name for name, path in paths.items() if path != [PATH] and not name.startswith("capture_")}
    assert elsewhere == INLINED
    assert {name for name, definer, bound, _, _ in found if bound and not definer} >= INLINED
    assert [name for name, *_, public in found if public] == []
    captures = {f"capture_{watch}_{event}" for watch in (1, 2, 3, 4)
                for event in ("insert", "update", "delete", "truncate")}  # fmt: skip
    reading = {
        "read_products", "find_products", "has_products", "read_locations", "read_stock", "describe_stock",
        "translate_keys", "read_catalog", "group_products", "read_images", "read_metafields", "catalog_columns",
        "writable_fields", "write_product", "can_insert_products", "insert_product", "can_write_orders",
        "find_customer", "write_customer", "write_order", "write_order_line", "reserve_units", "write_unit",
        "release_units", "cancel_order",
    }  # fmt: skip
    assert {name for name, definer, *_ in found if definer} == {"keep_log_partitions"} | reading | (
        captures if database_of == "warehouse" else set()
    )
