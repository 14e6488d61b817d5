"""Refusals: what needs a person is named with its reason and remedy, and holds nothing else back (I6)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.seeds import FRONT, Shelf, rows, value

SQL = Path(__file__).parents[3] / "sql"
SHOWN = [
    SQL / "views" / "inventory" / "inventory_obstacles.sql",
    SQL / "views" / "linking" / "link_obstacles.sql",
    SQL / "views" / "warehouse" / "stock_oddities.sql",
    SQL / "functions" / "warehouse" / "stock_class.sql",
]


def refuse(shelf: Shelf, key: str, error_class: str, job: int = 1) -> None:
    shelf.connection.execute(
        "select sync.refuse(%s, 'inventory', %s, %s::text, %s, 'Why.', %s, null)",
        (shelf.shop, key, FRONT, error_class, job),
    )


def classes(shelf: Shelf) -> dict[str, str]:
    return {r["key"]: r["class"] for r in rows(shelf.connection, "select key, class from sync.open_refusals")}


def test_the_same_refusal_again_counts_jobs_and_not_rows(shelf: Shelf) -> None:
    key = shelf.stocked(1)[0]
    for job in (1, 1, 2):
        refuse(shelf, key, f"CLASS-{job}", job)
    (found,) = rows(shelf.connection, "select * from sync.open_refusals")
    assert (found["sku"], found["class"], found["refusals"]) == ("SKU-0", "CLASS-2", 2)
    assert (found["kind"], found["message"], found["part"]) == ("inventory", "Why.", "Shop 11")
    assert found["remedy"] == value(shelf.connection, "select remedy from sync.remedies where topic = 'OTHERWISE'")


def test_an_untracked_item_is_not_sent_and_shown_with_what_to_do(shelf: Shelf) -> None:
    key, other = shelf.stocked(3, 3)
    shelf.connection.execute("update sync.variants set tracked = false where sku = 'SKU-0'")
    shelf.sell(key)
    shelf.sell(other)
    (planned,) = shelf.prepared([key, other])
    assert planned["keys"] == [other]
    assert classes(shelf) == {key: "UNTRACKED"}
    assert "Track quantity" in value(shelf.connection, "select remedy from sync.open_refusals")


def test_stock_at_a_location_mapped_nowhere_is_shown_and_the_rest_is_sent(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    shelf.connection.execute("insert into warehouse.locations (id, name) values (3, 'Cellar')")
    shelf.receive(key, 2, location=3)
    shelf.sell(key)
    (planned,) = shelf.prepared([key])
    assert planned["entries"] == 1
    assert classes(shelf) == {"3": "UNMAPPED_LOCATION"}
    assert "2 units" in value(shelf.connection, "select message from sync.open_refusals")
    assert "3=LOCATION" in value(shelf.connection, "select remedy from sync.open_refusals")


def test_stock_at_a_location_kept_out_of_the_shop_is_not_refused(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    shelf.connection.execute("select sync.map_location(%s, '2', null)", (shelf.shop,))
    shelf.receive(key, 2, location=2)
    shelf.prepared([key])
    assert classes(shelf) == {}


def test_products_that_cannot_be_linked_are_shown_with_what_to_do(shelf: Shelf) -> None:
    broken, one, two = shelf.product(None), shelf.product("A"), shelf.product("A")
    shelf.variants(["A"])
    shelf.link()
    assert classes(shelf) == {broken: "LINK_BROKEN", one: "LINK_AMBIGUOUS", two: "LINK_AMBIGUOUS"}
    assert value(shelf.connection, "select count(*) from sync.open_refusals where remedy like '%shelfwire link'") == 3


@pytest.mark.parametrize(
    ("error_class", "names", "retried"),
    [
        (None, None, {"1", "2", "3"}),
        ("A", None, {"1", "2"}),
        (None, ["2", "SKU-2"], {"2", "3"}),
        ("A", ["SKU-2"], set()),
        ("nothing", None, set()),
    ],
)
def test_refused_pushes_are_tried_again_by_class_key_or_sku(
    shelf: Shelf, error_class: str | None, names: list[str] | None, retried: set[str]
) -> None:
    for key, of_class in zip(shelf.stocked(1, 1, 1), "AAB", strict=True):
        refuse(shelf, key, of_class)
        shelf.see(key, FRONT, 0)
    found = value(shelf.connection, "select sync.retry_refusals(%s, %s, %s)", shelf.shop, error_class, names)
    assert found == len(retried)
    assert shelf.pending().keys() == retried
    # They stay refused until a push has shown otherwise.
    assert len(classes(shelf)) == 3


def test_retrying_what_came_right_by_itself_closes_it(shelf: Shelf) -> None:
    key = shelf.stocked(1)[0]
    shelf.see(key, 12, 0)
    refuse(shelf, key, "A")
    assert value(shelf.connection, "select sync.retry_refusals(null, null, null)") == 1
    assert shelf.pending() == {}
    assert classes(shelf) == {}


def test_every_class_says_what_ends_it(shelf: Shelf) -> None:
    shown = set(re.findall(r"'([A-Z_]{6,})'", "".join(p.read_text() for p in SHOWN)))
    ends = {r["topic"]: r["ends"] for r in rows(shelf.connection, "select topic, ends from sync.remedies")}
    assert {topic for topic in shown if not ends.get(topic)} == set()
    assert all((end is not None) == topic.isupper() for topic, end in ends.items())
    refuse(shelf, shelf.stocked(1)[0], "SOMETHING_NEW")
    assert "tried again" in value(shelf.connection, "select ends from sync.open_refusals")


@pytest.mark.parametrize(
    "mended",
    [
        "update sync.levels set available = 2 where location_id = 11",
        "select sync.map_location({shop}, '1', null); update sync.levels set available = 0",
        "update sync.variants set tracked = false",
        "update sync.locations set is_active = false",
    ],
)
def test_what_has_nothing_left_to_send_is_refused_no_more(shelf: Shelf, mended: str) -> None:
    key, other = shelf.stocked(3, 3)
    for one in (key, other):
        shelf.sell(one)
        refuse(shelf, one, "X")
    shelf.drain()
    end = b"select sync.end_refusals(%s)"
    assert value(shelf.connection, "select sync.end_refusals(%s)", shelf.shop) == 0
    shelf.connection.execute(mended.format(shop=shelf.shop).encode())
    shelf.connection.execute(end, (shelf.shop,))
    assert rows(shelf.connection, "select from sync.refusals") == []
