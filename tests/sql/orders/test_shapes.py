"""Whatever a webhook says of an order, it is applied whole, or refused whole with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.seeds import Shelf, rows, value
from tests.sql.orders.orders import follow, money, payload, written

WHOLE = payload(
    [(1001, 1), (None, 2)],
    order=7,
    customer={"id": 3, "email": "bea@example.com", "first_name": "Bea"},
    shipping_address={"first_name": "Bea", "address1": "Way 1", "city": "Berlin", "country_code": "DE"},
    note_attributes=[{"name": "gift", "value": "yes"}],
    discount_codes=[{"code": "TEN", "amount": "1.00", "type": "fixed_amount"}],
    shipping_lines=[{"title": "Parcel", "code": "P", "price_set": money("4.90")}],
    tags="a, b",
    total_tax_set=money("0.00"),
)
OTHER = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8), st.just([]), st.just({}),
    st.just([None]), st.just(10**30), st.just("\\u0000"),
)  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a body."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path] * bool(path) + [place for key, part in inner for place in places(part, (*path, key))]


def changed(place: tuple[Any, ...], to: Any, *, drop: bool) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(json.dumps(WHOLE))
    node: Any = body
    for key in place[:-1]:
        node = node[key]
    if drop:
        del node[place[-1]]
    else:
        node[place[-1]] = to
    return body


@pytest.fixture
def stocked(shelf: Shelf, tmp_path: Path) -> Shelf:
    key = shelf.product("A", 5)
    shelf.variants(["A"])
    shelf.link()
    shelf.see(key, 11, 5)
    written(shelf, tmp_path)
    shelf.settle()
    follow(shelf)
    return shelf


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(places(WHOLE)), to=OTHER, drop=st.booleans())
def test_it_is_applied_whole_or_refused_whole(stocked: Shelf, place: tuple[Any, ...], to: Any, drop: bool) -> None:
    body = json.dumps(changed(place, to, drop=drop)).encode()
    with stocked.connection.transaction(force_rollback=True):
        stocked.connection.execute(
            "select sync.receive_webhooks(array[%s::bigint], '{orders/create}', '{w}', '{null}', '{null}', '{null}', "
            "array[%s::bytea])",
            (stocked.shop, body),
        )
        assert value(stocked.connection, "select sync.route_webhooks()") == 1
        (row,) = rows(stocked.connection, "select state, message from sync.webhook_inbox")
        keys = [r["key"] for r in rows(stocked.connection, "select key from sync.pending where kind = 'orders'")]
        if row["state"] == "refused":
            assert row["message"] and keys == []
            return
        assert row["state"] == "done" and len(keys) == 1
        query = "select * from sync.import_heard(row(%s, 'orders', 0, 1, 1)::sync.turn, %s)"
        unread = rows(stocked.connection, query, stocked.shop, keys)
        orders = rows(stocked.connection, "select state from sync.orders")
        refused = rows(stocked.connection, "select class, message from sync.open_refusals where kind = 'orders'")
        lines = value(stocked.connection, "select count(*) from sync.order_lines")
        written = value(stocked.connection, "select count(*) from warehouse.orders")
        if unread or refused:
            assert (orders, lines, written) == ([], 0, 0) and all(r["message"] for r in refused)
        else:
            assert len(orders) == 1 and orders[0]["state"] != "heard"
