"""Roles: the runner decides nothing in the warehouse, reports only read, the warehouse's own role needs nothing."""

from __future__ import annotations

import asyncio

import psycopg
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import dict_row

from runner.db import Database, alerts, inventory, lanes, linking, push, relay, reports, runs, shops
from runner.db.lanes import Turn
from tests.conftest import Login
from tests.seeds import Shelf, rows, value

WAREHOUSE_TABLES = ["brands", "products", "locations", "shipments", "shipment_items", "customers", "orders"]
VIEWS = [
    "field_conflict_status",
    "product_discrepancies",
    "product_sync",
    "remote_products",
    "remote_variants",
    "remote_levels",
    "open_product_discrepancies",
    "integrity_issues",
    "open_tasks",
    "available_inventory",
    "stock_oddities",
    "inventory_levels",
    "managed_locations",
    "linked_levels",
    "mapped_locations",
    "unmapped_locations",
    "unbooked_orders",
    "unseen_sales",
    "writer_status",
    "queued_changes",
    "run_status",
    "backlog",
    "budget_status",
    "query_costs",
    "runners",
    "silent_lanes",
    "undelivered_alerts",
    "inventory_discrepancies",
    "pending_changes",
    "open_refusals",
    "inventory_obstacles",
    "open_conflicts",
    "open_level_conflicts",
    "open_discrepancies",
    "sync_health",
    "sync_statistics",
    "push_latencies",
    "product_changes",
    "pushed_levels",
    "guard_status",
    "shadow_levels",
    "order_status",
    "order_line_status",
    "webhook_inbox",
    "open_alerts",
    "alert_history",
    "recent_events",
]
# With addresses of people, with what others do in this database, and what is made of what reports show.
OTHER_VIEWS = [
    "rule_status",
    "open_snapshots",
    "capture_gaps",
    "moved_products",
    "queued_products",
    "linked_items",
    "link_obstacles",
    "uncertain_products",
    "recounted_levels",
    "reserved_units",
    "watched_tables",
]


def refused(connection: psycopg.Connection[object], statement: str) -> bool:
    try:
        connection.execute(statement.encode())
    except InsufficientPrivilege:
        return True
    return False


def test_the_runner_can_do_all_its_work(shelf: Shelf, login: Login) -> None:
    key, other = shelf.stocked(5, 5)
    shelf.sell(key)

    async def work(dsn: str) -> None:
        async with Database.open(dsn) as database:
            relayed = await relay.relay_changes(database, sleep=1)
            assert relayed is not None and relayed[:2] == (1, 1)
            await database.fetch("select sync.relay_changes(0, 1, 0)")
            assert await relay.await_changes(database, 0) is False
            await relay.keep_logs(database)
            lane = int(await database.value("select sync.lane_of(%s, 4)", (key,)))
            job = int(await database.value("select job_id from sync.pending"))
            claim = await push.claim_push(database, Turn(shelf.shop, "inventory", lane, job))
            prepared = await push.prepare(database, claim.turn, [key], None)
            await shops.reserve_budget(database, shelf.shop, 10, 0)
            await shops.record_call(database, shelf.shop, {"document": "X", "milliseconds": 1, "reserved": 10})
            await push.close_request(database, prepared.requests[0].id, "applied", {})
            done = await push.advance(database, claim.turn, [key], "end", None, {})
            assert (done.settled, done.keys, done.lingers) == (1, [], False)
            turn, _ = await lanes.open_lane(database, Turn(shelf.shop, "inventory", lane, job))
            assert (await lanes.advance_lane(database, turn, [], "linger")).settled == 0
            assert await push.probe(database, turn, [key]) is None
            await database.fetch("select sync.refuse(%s, 'inventory', %s, '', 'X', 'm', 1, null)", (shelf.shop, other))
            assert await lanes.refuse_job(database, turn, "X", "m") == 0
            assert await reports.retry_refusals(database, None, None, None) == 1
            renewal = await shops.lease_renewal(database, shelf.shop, 10)
            assert renewal is not None
            await shops.store_token(database, shelf.shop, renewal, b"token", 3600)
            await shops.end_renewal(database, shelf.shop, renewal)
            assert await shops.may_write(database, shelf.shop, None) is True
            await shops.set_credentials(database, shelf.shop, "token", None, b"secret")
            await shops.record_verified(database, shelf.shop, "One", "EUR", ["read_products"])
            assert len(await inventory.mapped_locations(database, shelf.shop)) == 2
            assert await inventory.unmapped_locations(database) == []
            await inventory.map_locations(database, shelf.shop, {"3": None})
            assert (await linking.link_products(database, shelf.shop))["linked"] == 2
            assert await reports.set_schedule(database, "keep_logs", None, False)
            run = await runs.start_run(database, "link", shelf.shop)
            await runs.finish_run(database, run, "{}", None)
            claimed = await runs.claim_run(database, shelf.shop, "reconcile_inventory")
            await runs.advance_run(database, claimed, 1, 1, "1")
            assert (await inventory.compare_inventory(database, claimed.id, correct=True)).found == 0
            assert await inventory.discrepancies(database, None, 1) == []
            assert len(await reports.explain_stock(database, "SKU-0")) == 1
            for _ in range(5):
                await lanes.note_failure(database, turn, "HTTP_503", "No.", refused=False)
            await alerts.watch_alerts(database)
            await alerts.set_rule(database, {**await alerts.rule(database, "run_failed"), "webhook_url": "http://x/"})
            await reports.note_schedule(database, "keep_logs", "no luck")
            (delivery,) = await alerts.claim_deliveries(database)
            assert await alerts.finish_delivery(database, delivery, "No.") == "waiting"
            assert await alerts.next_delivery(database) is not None
            assert await alerts.undelivered(database) == []
            assert {a["rule"] for a in await alerts.open_alerts(database)} == {"circuit_open", "run_failed"}
            await database.fetch("listen sync_changes")
            await database.fetch("listen sync_alerts")

    asyncio.run(work(login("sync_runner")))


def test_the_runner_cannot_touch_the_warehouse(shelf: Shelf, login: Login) -> None:
    shelf.stocked(1)
    with psycopg.connect(login("sync_runner"), autocommit=True) as connection:
        for table in WAREHOUSE_TABLES:
            for statement in ("select 1 from {}", "delete from {}", "insert into {} default values", "truncate {}"):
                assert refused(connection, statement.format(f"warehouse.{table}")), (statement, table)
        writable = rows(
            connection,
            "select viewname from pg_views where schemaname = 'sync' "
            "and has_table_privilege(quote_ident(schemaname) || '.' || viewname, 'insert, update, delete')",
        )
        assert writable == []
        assert refused(connection, "create table sync.mine (one integer)")
        assert refused(connection, "drop table sync.links")
        assert refused(connection, "delete from sync.alembic_version")
        assert refused(connection, "set role sync_reporting")


def test_reports_read_every_view_and_nothing_else(shelf: Shelf, login: Login) -> None:
    key = shelf.stocked(3)[0]
    shelf.sell(key)
    shelf.relay()
    with psycopg.connect(login("sync_reporting"), autocommit=True, row_factory=dict_row) as connection:
        for view in VIEWS:
            connection.execute(f"select * from sync.{view}".encode())
        (health,) = rows(connection, "select linked, pending from sync.sync_health")
        assert (health["linked"], health["pending"]) == (1, 1)
        readable = rows(
            connection,
            "select relname from pg_class where relnamespace in ('sync'::regnamespace, 'pgqueuer'::regnamespace, "
            "'warehouse'::regnamespace) and relkind in ('r', 'p', 'v', 'S') and case relkind when 'S' "
            "then has_sequence_privilege(oid, 'usage, select, update') "
            "else has_table_privilege(oid, 'select, insert, update, delete, truncate') end",
        )
        assert {r["relname"] for r in readable} == set(VIEWS)
        callable_ = rows(
            connection,
            "select proname from pg_proc where pronamespace in ('sync'::regnamespace, 'pgqueuer'::regnamespace) "
            "and prorettype <> 'trigger'::regtype and has_function_privilege(oid, 'execute') order by 1",
        )
        # What the views themselves call, and no more.
        assert [r["proname"] for r in callable_] == [
            "budget_level",
            "catalog_columns",
            "describe_stock",
            "find_products",
            "group_products",
            "has_products",
            "home",
            "level_entries",
            "lost_lately",
            "read_catalog",
            "read_images",
            "read_locations",
            "read_metafields",
            "read_products",
            "read_stock",
            "still_owed",
            "stock_class",
            "translate_keys",
            "whole_units",
            "writable_fields",
        ]
        writable = rows(
            connection,
            "select viewname from pg_views where schemaname = 'sync' "
            "and has_table_privilege(quote_ident(schemaname) || '.' || viewname, 'insert, update, delete')",
        )
        assert writable == []
        assert refused(connection, "select sync.relay_changes()")
        assert refused(connection, "select secret from sync.shops")


def test_every_view_that_is_not_of_the_adapter_is_for_reports_or_has_a_reason_not_to_be(shelf: Shelf) -> None:
    found = rows(
        shelf.connection,
        "select viewname from pg_views where schemaname = 'sync' and viewname not like 'source\\_%'",
    )
    assert {r["viewname"] for r in found} == {*VIEWS, *OTHER_VIEWS}


def test_the_warehouses_own_role_is_captured_without_any_right_of_ours(shelf: Shelf, login: Login) -> None:
    key = shelf.product("A", 3)
    shelf.drain()
    app = login("")
    name = psycopg.conninfo.conninfo_to_dict(app)["user"]
    shelf.connection.execute(
        sql.SQL(
            "grant usage on schema warehouse to {0}; "
            "grant select, insert, update, delete, truncate on all tables in schema warehouse to {0}"
        ).format(sql.Identifier(str(name)))
    )
    with psycopg.connect(app, autocommit=True) as connection:
        assert not value(connection, "select has_schema_privilege('sync', 'usage')")
        items = "warehouse.shipment_items"
        for statement in (
            f"insert into {items} (shipment_id, product_id, location_id) values (1, {key}, 1)",
            f"update {items} set status = 'sold' where id = 1",
            f"delete from {items} where id = 2",
            "update warehouse.products set sku = 'B'",
            f"truncate {items} cascade",
        ):
            connection.execute(statement.encode())
        # Whatever it sets on its own connection does not lead the triggers astray.
        connection.execute("create temp table change_queue_0 (entity text, op text, key text, old_key text)")
        connection.execute("set search_path = pg_temp, warehouse")
        connection.execute("update products set sku = 'C'")
        assert refused(connection, "select * from sync.change_queue_0")
        assert refused(connection, "select * from sync.read_stock('{1}')")
    assert [entry[:3] for entry in shelf.queue()] == [
        ("product", "delete", key),
        ("product", "insert", key),
        ("product", "truncate", None),
        ("product", "update", key),
        ("product", "update", key),
        ("product", "update", key),
    ]
    assert value(shelf.connection, "select count(*) from sync.change_queue_0") == 6
