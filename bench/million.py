"""A house of a million units: three shops of 200,000 products, in step but for what is never quite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bench.house import House, house
from bench.scale import Scale
from house.figures import progress

PRODUCTS = 200_000
UNITS = 5
HALLS = ("Hall A", "Hall B")
# One product in so many is linked to nothing, another one differs, another one was refused.
SELDOM = 200

# Two more shops that have what the first has: one that only looks on, one that nobody serves.
SHOP = "select sync.add_shop(%s, 'http://127.0.0.1:1', 'token', null, 'x') as id"
COPIES = (
    "insert into sync.locations select %(copy)s, location_id, name, is_active, is_managed, read_at "
    "from sync.locations where shop_id = %(shop)s",
    "insert into sync.shop_locations (shop_id, location_key, location_id) "
    "select %(copy)s, location_key, location_id from sync.shop_locations where shop_id = %(shop)s",
    "insert into sync.variants select %(copy)s, variant_id, product_id, inventory_item_id, sku, title, tracked, "
    "read_at from sync.variants where shop_id = %(shop)s",
    "insert into sync.links select %(copy)s, product_key, sku, state, reason, variant_id, inventory_item_id, "
    "changed_at from sync.links where shop_id = %(shop)s",
    "insert into sync.levels (shop_id, inventory_item_id, location_id, available, committed, committed_counted, "
    "seen_at, counted, acknowledged, acknowledged_at) "
    "select %(copy)s, inventory_item_id, location_id, available, committed, committed_counted, seen_at, counted, "
    "acknowledged, acknowledged_at from sync.levels where shop_id = %(shop)s",
    "update sync.shops set mode = %(mode)s, linked_at = now() where id = %(copy)s",
)
ODDITIES = (
    "update sync.links as k set state = 'broken', reason = 'No variant of the shop has its SKU.', variant_id = null, "
    "inventory_item_id = null where k.product_key::integer %% %(seldom)s = 1",
    "update sync.levels as e set available = available + 1 from sync.links as k, sync.shops as h "
    "where k.shop_id = e.shop_id and k.inventory_item_id = e.inventory_item_id and h.id = e.shop_id "
    "and h.mode <> 'live' and k.product_key::integer %% %(seldom)s = 2",
    "insert into sync.refusals (shop_id, kind, key, part, class, message) "
    "select k.shop_id, 'inventory', k.product_key, '', 'INVALID_INVENTORY_ITEM', 'The item could not be found.' "
    "from sync.links as k where k.state = 'ok' and k.product_key::integer %% %(seldom)s = 3",
    "insert into sync.level_shadows (shop_id, product_key, inventory_item_id, location_id, quantity, "
    "change_from_quantity) select e.shop_id, k.product_key, e.inventory_item_id, e.location_id, e.available, 0 "
    "from sync.levels as e join sync.links as k "
    "on k.shop_id = e.shop_id and k.inventory_item_id = e.inventory_item_id "
    "join sync.shops as h on h.id = e.shop_id and h.mode = 'monitor'",
)


@contextmanager
def furnished(scale: Scale) -> Iterator[House]:
    """Serve it; the first shop is live, at a sandbox without a bucket, and no runner is at work."""
    with house(scale.rows(PRODUCTS), UNITS, HALLS) as at:
        at.drain()
        shop = at.value("select id from sync.shops")
        for name, mode in (("second", "monitor"), ("third", "off")):
            given = {"shop": shop, "copy": at.value(SHOP, f"{name}.myshopify.com"), "mode": mode}
            for statement in COPIES:
                at.connection.execute(statement.encode(), given)
        for statement in ODDITIES:
            at.connection.execute(statement.encode(), {"seldom": SELDOM})
        at.do("update sync.guards set loss_share = 1, change_share = 1")
        at.do("vacuum analyze")
        progress(f"{at.value('select count(*) from sync.links'):,} links of three shops")
        yield at
