"""What documents cost is kept by what was predicted, and added up with what they brought."""

from __future__ import annotations

import pytest
from psycopg.rows import DictRow

from tests.seeds import Shelf, rows, value


def learn(shelf: Shelf, predicted: int, requested: int, version: str = "1", document: str = "X") -> None:
    shelf.connection.execute(
        """select sync.learn_cost(%s, %s, %s, %s, %s, '{"first": 9}')""",
        (shelf.shop, document, version, predicted, requested),
    )


def known(shelf: Shelf) -> list[tuple[str, int, int]]:
    found = rows(shelf.connection, "select document, predicted, requested from sync.document_costs order by 1, 2")
    return [(r["document"], r["predicted"], r["requested"]) for r in found]


def costs(shelf: Shelf, span: str = "1 day") -> list[DictRow]:
    query = "select * from sync.query_costs where span = %s::interval order by document"
    return rows(shelf.connection, query, span)


def test_what_was_asked_last_is_kept_for_each_cost_that_was_predicted(shelf: Shelf) -> None:
    learn(shelf, 10, 12)
    learn(shelf, 20, 25)
    learn(shelf, 10, 13)
    assert known(shelf) == [("X", 10, 13), ("X", 20, 25)]


def test_what_was_learned_of_another_text_of_a_document_is_forgotten(shelf: Shelf) -> None:
    learn(shelf, 10, 12)
    learn(shelf, 10, 12, document="Y")
    learn(shelf, 30, 31, version="2")
    assert known(shelf) == [("X", 30, 31), ("Y", 10, 12)]
    learn(shelf, 30, 32, version="3")
    assert known(shelf) == [("X", 30, 32), ("Y", 10, 12)]


def test_it_goes_with_the_shop(shelf: Shelf) -> None:
    learn(shelf, 10, 12)
    shelf.connection.execute("select sync.remove_shop(%s)", (shelf.shop,))
    assert known(shelf) == []


def test_an_item_costs_its_share_of_all_points_those_of_calls_that_failed_too(shelf: Shelf) -> None:
    shelf.connection.execute("update sync.budgets set restore_rate = 100")
    for number in range(1, 21):
        shelf.call(document="X", milliseconds=number, requested=20, actual=12, items=5)
    shelf.call(document="X", milliseconds=500, requested=20, actual=12, error_class="INTERNAL_SERVER_ERROR")
    shelf.call(document="X", milliseconds=1, requested=20, actual=None, error_class="THROTTLED")
    shelf.call(document="Y", milliseconds=7, requested=3, actual=3)
    learn(shelf, 10, 12)
    x, y = costs(shelf)
    assert (x["calls"], x["failed"], x["throttled"], x["items"]) == (22, 2, 1, 100)
    assert (x["points"], x["points_requested"]) == (21 * 12, 22 * 20)
    assert (x["points_per_item"], x["items_per_call"], x["correction"]) == (2.52, 5, 1.2)
    assert x["budget_share"] == pytest.approx(21 * 12 / (100 * 86_400))
    assert (x["milliseconds_mean"], x["milliseconds_p95"]) == (pytest.approx((210 + 501) / 22), pytest.approx(19.95))
    assert (y["points"], y["items"], y["points_per_item"], y["correction"]) == (3, None, None, None)


def test_a_span_takes_in_the_shorter_ones(shelf: Shelf) -> None:
    for hours in (0, 2, 30, 24 * 8):
        shelf.call(document="X", actual=1)
        shelf.connection.execute(
            "update sync.calls set at = at - make_interval(hours => %s) where id = (select max(id) from sync.calls)",
            (hours,),
        )
    assert [costs(shelf, span)[0]["calls"] for span in ("1 hour", "1 day", "7 days")] == [1, 2, 3]


def test_requests_of_stock_carry_as_much_as_shopify_takes(shelf: Shelf) -> None:
    from runner.shopify.documents import ENTRIES

    size = value(shelf.connection, "select batch_size from sync.kinds where kind = 'inventory'")
    assert size == ENTRIES["InventorySetQuantities"]
