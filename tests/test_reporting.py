"""The questions that docs/reporting.md answers are answered, to a role that may only read reports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from runner.db.driver import APPLICATION_NAME
from tests.conftest import Login
from tests.seeds import BACK, FRONT, Shelf, rows
from tests.sql.orders.orders import apply, follow, payload
from tests.test_roles import VIEWS

PAGE = (Path(__file__).parents[1] / "docs" / "reporting.md").read_text()
QUESTIONS = dict(re.findall(r"([^\n]+):\n\n```sql\n(.*?)```", PAGE, re.DOTALL))


CATALOG = """
with linked as (
  insert into sync.product_links (shop_id, group_key, product_id, state) values (%(shop)s, '1', 501, 'ok')
), agreed as (
  insert into sync.field_bases (shop_id, entity, key, ours, theirs, seen)
  values (%(shop)s, 'product', '1', '{"title": "A"}', '{"title": "A"}', '{"title": "B"}')
)
insert into sync.field_conflicts (shop_id, entity, key, field, rule)
values (%(shop)s, 'product', '1', 'title', 'manual')
"""


@pytest.fixture
def eventful(shelf: Shelf, warehouse: str) -> Iterator[Shelf]:
    """A shop where something of everything has happened."""
    key, other = shelf.stocked(5, 5)
    shelf.see(key, BACK, 0)
    shelf.see(other, BACK, 0)
    shelf.sell(key)
    shelf.relay()
    (push,) = (p for p in shelf.prepared([key]) if p["request_id"])
    shelf.answer(push["request_id"])
    for error in (None, "THROTTLED"):
        shelf.call(
            request_id=push["request_id"], document="InventorySetQuantities", milliseconds=40, error_class=error,
            reserved=10, requested=10, actual=10, capacity=2000, restore_rate=100, available=1000,
        )  # fmt: skip
    # A unit of an order that the warehouse does not know, found by a push that was refused for it.
    shelf.sell(other)
    (stale,) = (p for p in shelf.prepared([other]) if p["request_id"])
    level = f'[{{"inventory_item_id": {shelf.items[other]}, "location_id": {FRONT}, "available": 3, "committed": 2}}]'
    shelf.connection.execute(
        "select sync.record_levels(%s, nextval('sync.ticks'), %s, %s::json, %s)",
        (shelf.shop, [shelf.items[other]], level, stale["request_id"]),
    )
    shelf.answer(stale["request_id"], "rejected")
    follow(shelf)
    apply(shelf, payload([(1002, 9)], order=7))
    shelf.connection.execute(
        "select sync.receive_webhooks(array[%s::bigint], '{orders/create}', '{w}', '{null}', '{null}', '{null}', "
        "array['{}'::bytea])",
        (shelf.shop,),
    )
    shelf.connection.execute(
        "insert into sync.level_discrepancies "
        "(shop_id, product_key, inventory_item_id, location_id, expected, found, cause, run_id) "
        "values (%s, %s, %s, %s, 9, 4, 'foreign edit', 1)",
        (shelf.shop, key, shelf.items[key], BACK),
    )
    shelf.connection.execute(
        "update sync.levels set unbooked = 1, unbooked_at = now() where inventory_item_id = %s", (shelf.items[other],)
    )
    shelf.connection.execute("select sync.raise_alert('guard_held', %s, '', 'Much.')", (shelf.shop,))
    shelf.connection.execute("update sync.shops set mode = 'monitor'")
    shelf.prepared([key, other], job=2)
    shelf.connection.execute("update sync.shops set mode = 'live'")
    shelf.product(None, 2)
    shelf.link()
    shelf.connection.execute("select sync.start_run(%s, 'plan')", (shelf.shop,))
    shelf.connection.execute("insert into warehouse.locations (id, name) overriding system value values (3, 'Defects')")
    shelf.connection.execute("update sync.variants set tracked = false where sku = 'SKU-1'")
    shelf.connection.execute(
        "insert into sync.deliveries (alert_id, sink, event, state, error) "
        "select id, 'email', 'raised', 'failed', 'Away.' from sync.alerts"
    )
    shelf.connection.execute("update sync.pending set since = now() - interval '2 minutes'")
    shelf.connection.execute("update sync.lanes set claimed_at = null")
    shelf.connection.execute(CATALOG, {"shop": shelf.shop})
    shelf.connection.execute(
        "insert into sync.field_discrepancies (shop_id, entity, key, field, expected, found, cause, run_id) "
        """values (%s, 'product', '1', 'title', '"A"', '"B"', 'foreign edit', 1)""",
        (shelf.shop,),
    )
    shelf.connection.execute(
        "insert into sync.products (shop_id, product_id, fields, media, read_at, read_tick) "
        """values (%s, 77, '{"title": "Bare", "tags": []}', '[]', now(), 1)""",
        (shelf.shop,),
    )
    shelf.connection.execute(
        "insert into sync.variants "
        "(shop_id, variant_id, product_id, inventory_item_id, sku, title, tracked, read_at, read_tick) "
        "values (%s, 78, 77, 79, 'ONLY-THERE', 'Bare', true, now(), 1)",
        (shelf.shop,),
    )
    shelf.connection.execute(
        "select sync.run_check(%s, 'sku_blank'), sync.run_check(%s, 'barcode_blank')", (shelf.shop,) * 2
    )
    shelf.connection.execute(
        "select sync.renew_tasks('integrity', 'barcode_blank', %s, "
        """'[{"subject": "variant 78", "message": "Bare has no barcode.", "remedy": "Give it one."}]')""",
        (shelf.shop,),
    )
    with psycopg.connect(warehouse, application_name=APPLICATION_NAME):
        yield shelf


def test_the_page_asks_about_every_view() -> None:
    assert len(QUESTIONS) == PAGE.count("```sql")
    asked = "\n".join(QUESTIONS.values())
    assert {view for view in VIEWS if f"sync.{view}" not in asked} == set()
    assert {view for view in VIEWS if f"| `{view}` |" not in PAGE} == set()


def test_every_question_is_answered_to_a_reader_of_reports(eventful: Shelf, login: Login) -> None:
    with psycopg.connect(login("sync_reporting"), autocommit=True, row_factory=dict_row) as reader:
        for question, text in QUESTIONS.items():
            answer = rows(reader, text)
            assert answer, question
            assert all(column != "?column?" for column in answer[0]), question


def test_a_push_took_as_long_as_from_its_first_change_to_the_answer(shelf: Shelf) -> None:
    (key,) = shelf.stocked(5)
    shelf.see(key, BACK, 0)
    pushed = []
    for _ in range(2):
        shelf.sell(key)
        shelf.sell(key)
        shelf.relay()
        (push,) = (p for p in shelf.prepared([key]) if p["request_id"])
        shelf.answer(push["request_id"])
        pushed.append(push["request_id"])
        shelf.connection.execute("delete from sync.pending")
    expected = rows(
        shelf.connection,
        "select r.id as request_id, min(c.changed_at) as changed_at, r.answered_at as acknowledged_at, "
        "2::bigint as changes from sync.requests as r join lateral (select changed_at from sync.change_log "
        "order by id offset case r.id when %s then 0 else 2 end limit 2) as c on true group by r.id order by r.id",
        pushed[0],
    )
    found = rows(
        shelf.connection,
        "select request_id, changed_at, acknowledged_at, changes from sync.push_latencies order by request_id",
    )
    assert [f["request_id"] for f in found] == pushed
    assert found == expected
