"""Three shops, 200,000 products, a million units: what people look at, and what waits for a bulk update."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from statistics import quantiles

import psycopg

from bench.house import House, house
from bench.scale import Scale
from house.figures import Figure, progress
from runner.health.doctor import examine

PRODUCTS = 200_000
UNITS = 5
OTHERS = ("two.myshopify.com", "three.myshopify.com")
# Rows of the first shop that are another's as well, but for the shop.
COPIED = ("locations", "shop_locations", "variants", "links", "levels", "level_shadows")
# As the command line asks, and as an analyst does: a page of everything, one product, how many.
LOOKS = [
    "select * from sync.{view} limit 100",
    "select * from sync.{view} where sku = 'SKU-000077'",
]
VIEWS = ("inventory_discrepancies", "inventory_levels", "open_refusals", "available_inventory", "shadow_levels")
COMMANDS = {
    "refusals list": "select * from sync.open_refusals order by last_at desc, key limit 50",
    "refusals by class": "select class, count(*) from sync.open_refusals group by 1",
    "discrepancies": "select * from sync.open_discrepancies order by abs(size) desc, shop, sku, location limit 50",
    "plan": "select * from sync.inventory_discrepancies where shop = '{shop}' "
    "order by desired > 0, abs(difference) desc, sku, location limit 50",
}
STATUS = "select * from sync.sync_health order by shop"
# The first unit of each product, or the second.
BULK = "update warehouse.shipment_items set status = 'sold' where (id - 1) / {products} = {unit}"
SELL = (
    "update warehouse.shipment_items set status = 'sold' where id = "
    "(select min(id) from warehouse.shipment_items where product_id = %s and status = 'received')"
)
# Seconds between two single changes.
PAUSE = 0.05


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield how long people wait for what they look at, and changes for the relay while everything changes."""
    products = scale.rows(PRODUCTS)
    with house(products, UNITS) as at:
        _furnish(at, products)
        yield from _looks(at)
        yield from _work(at, products)
        yield _passes(at, products)
        yield _changes(at, products)


def _furnish(at: House, products: int) -> None:
    """The shops hold what they should, but for one level in a thousand; each has some refusals."""
    at.drain()
    first = at.value("select id from sync.shops")
    at.do(
        "insert into sync.level_shadows (shop_id, product_key, inventory_item_id, location_id, quantity, "
        "change_from_quantity) select k.shop_id, k.product_key, k.inventory_item_id, e.location_id, 4, 5 "
        "from sync.links as k join sync.levels as e using (shop_id, inventory_item_id)"
    )
    for domain in OTHERS:
        shop = at.value("select sync.add_shop(%s, 'https://x', 'token', null, 'x')", domain)
        for table in COPIED:
            columns = at.value(
                "select string_agg(quote_ident(attname), ', ') from pg_attribute where attrelid = %s::regclass "
                "and attnum > 0 and not attisdropped and attidentity = '' and attname <> 'shop_id'",
                f"sync.{table}",
            )
            at.do(
                f"insert into sync.{table} (shop_id, {columns}) select %s, {columns} from sync.{table} "
                "where shop_id = %s",
                shop, first,
            )  # fmt: skip
    at.do("update sync.shops set linked_at = now()")
    at.do("update sync.levels set available = 1 where inventory_item_id %% 1000 = 0 and shop_id <> %s", first)
    at.do(
        "insert into sync.refusals (shop_id, kind, key, part, class, message) "
        "select k.shop_id, 'inventory', k.product_key, '', 'X', 'No.' from sync.links as k "
        "where k.inventory_item_id %% 500 = 0 and k.shop_id <> %s",
        first,
    )
    at.do("update sync.guards set loss_share = 1, change_share = 1")
    at.do("vacuum analyze")
    progress(f"{at.value('select count(*) from sync.levels'):,} levels of {products:,} products in three shops")


def _looks(at: House) -> Iterator[Figure]:
    found = {f"{view}: {look}": look.format(view=view) for view in VIEWS for look in LOOKS}
    found |= {name: statement.format(shop=at.sandbox.shop) for name, statement in COMMANDS.items()}
    took = {name: _seconds(at, statement) for name, statement in found.items()}
    for name, seconds in took.items():
        progress(f"{seconds:8.3f} s  {name}")
    yield Figure("view_seconds_max", max(took.values()), "s")
    why = [1000 * _seconds(at, f"select sync.explain_stock('{at.sku(n)}')") for n in range(1, 21)]
    yield Figure("why_ms", max(why[1:]), "ms")
    yield Figure("status_ms", 1000 * _seconds(at, STATUS), "ms")
    begun = time.monotonic()
    asyncio.run(examine(at.settings))
    yield Figure("doctor_ms", 1000 * (time.monotonic() - begun), "ms")


def _work(at: House, products: int) -> Iterator[Figure]:
    shop = at.value("select min(id) from sync.shops")
    yield Figure("make_plan_s", _seconds(at, f"select sync.make_plan({shop})"), "s")
    seconds = _seconds(at, f"select sync.link_products({shop})")
    yield Figure("link_products_s_per_100k", seconds * 100_000 / products, "s")
    run = at.value("select run_id from sync.claim_run(%s, 'reconcile_inventory')", shop)
    at.do("update sync.levels set seen_tick = nextval('sync.ticks') where shop_id = %s", shop)
    yield Figure("compare_inventory_s", _seconds(at, f"select * from sync.compare_inventory({run}, false)"), "s")


def _passes(at: House, products: int) -> Figure:
    """The longest pass of the relay after a bulk update, each of the shops being looked at as a whole."""
    at.do(BULK.format(products=products, unit=0))
    longest, unfinished = 0.0, True
    while unfinished:
        begun = time.monotonic()
        unfinished = at.value("select unfinished from sync.relay_changes()")
        longest = max(longest, time.monotonic() - begun)
    return Figure("relay_pass_seconds_max", longest, "s")


def _changes(at: House, products: int) -> Figure:
    """How long single changes take to the sandbox that are committed while a bulk update is relayed and pushed."""
    dice, committed, ended = random.Random(1), dict[int, float](), threading.Event()

    def bulk() -> None:
        with psycopg.connect(at.dsn, autocommit=True) as connection:
            connection.execute(BULK.format(products=products, unit=1).encode())
        ended.set()

    with at.runner():
        at.wait_quiet()
        thread = threading.Thread(target=bulk)
        thread.start()
        while not (ended.is_set() and at.is_quiet()):
            product = dice.randrange(1, products + 1)
            if product not in committed:
                at.do(SELL, product)
                committed[product] = time.time()
            time.sleep(PAUSE)
        thread.join()
        at.wait_quiet()
    units = at.shelf()
    shown = [level for level in at.sandbox.state() if level["available"] == units[level["sku"]]]
    set_at = {level["sku"]: level["available_at"] for level in shown}
    took = [1000 * (set_at[at.sku(product)] - moment) for product, moment in committed.items()]
    progress(f"{len(took)} single changes")
    return Figure("change_during_bulk_ms_p99", quantiles(took, n=100, method="inclusive")[98], "ms")


def _seconds(at: House, statement: str) -> float:
    begun = time.monotonic()
    at.rows(statement)
    return time.monotonic() - begun
