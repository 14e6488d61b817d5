"""Units become whole numbers that Shopify can hold."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from house.warehouse import DEPOT, build
from runner.errors import MappingError
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.seeds import Connection, value

FILL = """
with article as (
  insert into lager."Artikel" ("Artikelnummer", bezeichnung) values ('A', 'a') returning artikel_id
)
insert into lager.bestand (artikel, zustand, menge) select artikel_id, 10, n from article, unnest(%s::numeric[]) as n
"""


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ("0.5", 0),
        ("-0.5", 0),
        ("1.5", 1),
        ("-1.5", -1),
        ("41", 41),
        ("-3", -3),
        ("3000000000", 1000000000),
        ("-3000000000", -1000000000),
    ],
)
def test_parts_of_a_unit_are_none_and_absurd_sums_are_cut_off(connection: Connection, given: str, whole: int) -> None:
    assert value(connection, "select sync.whole_units(%s::numeric)", given) == whole
    assert value(connection, "select sync.whole_units(null)") == 0


@pytest.mark.parametrize(("units", "counted"), [(["0.5", "0.5", "0.5"], 1), (["3000000000"], 1000000000)])
def test_rows_are_summed_before_they_are_rounded_and_an_absurd_one_stops_nothing(
    database: str, units: list[str], counted: int
) -> None:
    build(database, DEPOT)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("alter table lager.bestand alter menge type numeric")
        asyncio.run(adapter.attach(database, MappingFile(DEPOT / "warehouse.toml")))
        connection.execute(FILL, (units,))
        assert value(connection, "select sum(available) from sync.available_inventory") == counted
        key = value(connection, 'select artikel_id::text from lager."Artikel"')
        assert (
            value(connection, "select sync.whole_units(sum(available)) from sync.read_stock(array[%s])", key) == counted
        )
        assert value(connection, "select relayed from sync.relay_changes()") > 0


def test_units_that_are_no_number_are_refused_with_their_line(database: str) -> None:
    build(database, DEPOT)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("alter table lager.bestand drop constraint bestand_menge_check, alter menge type text")
    with pytest.raises(MappingError, match=r"warehouse\.toml:\d+: .*menge is of type text, no number"):
        asyncio.run(adapter.attach(database, MappingFile(DEPOT / "warehouse.toml")))
