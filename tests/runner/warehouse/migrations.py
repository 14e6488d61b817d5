"""The application's own kinds of migration, and what each comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from house.warehouse import MAPPING

ITEMS = "warehouse.shipment_items"
PRODUCTS = "warehouse.products"


@dataclass(frozen=True)
class Migration:
    """What the application does, and what it comes to for us until `attach` is run.

    Attributes:
        ddl: its statements, in one transaction.
        names: how its next version calls things, by what this one does.
        mapping: what must be corrected in the mapping, if not the same.
        breaks: the entry of the mapping that cannot be read any more; what it feeds is held.
        gap: words that say why its changes are not captured any more.
        alone: it cannot be in a transaction.
    """

    ddl: str
    names: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)
    breaks: str = ""
    gap: str = ""
    alone: bool = False


ENUM_STATES = {'["reserved"]': "[]", ', "shipped"': ""}
COPY = (
    f"lock table {ITEMS}, {PRODUCTS}; create table warehouse.copied (like {ITEMS} including all); "
    f"insert into warehouse.copied select * from {ITEMS}; "
    "select setval(pg_get_serial_sequence('warehouse.copied', 'id'), 100000); "
)
STATE = {'status = "status"': 'status = "state"'}
NO_KEYS = (
    f"lock table {ITEMS}, {PRODUCTS}, warehouse.order_items; "
    "alter table warehouse.order_items drop constraint order_items_shipment_item_id_fkey; "
    f"alter table {ITEMS} drop constraint shipment_items_pkey; "
)
ENUM = (
    f"create type warehouse.state as enum ('expected', 'received', 'sold'); alter table {ITEMS} "
    "alter status drop default, drop constraint shipment_items_status_check, "
    "alter status type warehouse.state using status::text::warehouse.state; "
)


def mapped(table: str, counts: str = "status = 'received'") -> Mapping[str, str]:
    """The mapping with a select in the place of [items]."""
    text = MAPPING.read_text()
    select = f"select product_id as product, location_id as location, 1 as available from {table} where {counts}"
    return {text[text.index("[items]") :]: f'[stock]\nsql = "{select}"\n[watch]\n"{table}" = "product_id"\n'}


MIGRATIONS = {
    "rename the key": Migration(
        f"alter table {ITEMS} rename product_id to article_id",
        {"product_id": "article_id"},
        breaks="stock",
        gap="has no column product_id",
    ),
    "rename the products' key": Migration(
        f"alter table {PRODUCTS} rename id to product_no",
        {"price = 1 + coalesce(price, 0) where id": "price = 2 where product_no"},
        {'key = "id"\nsku': 'key = "product_no"\nsku'},
        breaks="products",
        gap="has no column id",
    ),
    "rename a compared column": Migration(
        f"alter table {ITEMS} rename status to state", {"status": "state"}, STATE, breaks="stock"
    ),
    "rename another column": Migration(
        f"alter table {ITEMS} rename storage_position to place", {"storage_position": "place"}
    ),
    "put a filled column in the place of a compared one": Migration(
        f"alter table {ITEMS} add filled varchar(20); update {ITEMS} set filled = status; "
        f"alter table {ITEMS} rename status to old_status; alter table {ITEMS} rename filled to status"
    ),
    "widen the key": Migration(f"alter table {ITEMS} alter product_id type bigint"),
    "widen both keys": Migration(
        f"alter table {ITEMS} alter product_id type bigint; alter table {PRODUCTS} alter id type bigint"
    ),
    "make the key a text": Migration(
        f"alter table {ITEMS} drop constraint shipment_items_product_id_fkey, alter product_id type text",
        breaks="stock",
        gap="is of type text by now, and was integer",
    ),
    "make the key a number with a scale": Migration(
        f"alter table {ITEMS} drop constraint shipment_items_product_id_fkey, alter product_id type numeric(12, 2)",
        {"product_id::text": "product_id::int::text"},
        {"product_id": "product_id"},
        breaks="stock",
        gap="is of type numeric(12,2) by now, and was integer",
    ),
    "widen a text": Migration(f"alter table {PRODUCTS} alter sku type varchar(200), alter name type varchar(200)"),
    "change the type of a compared column": Migration(f"alter table {ITEMS} alter status type varchar(20)"),
    "make a compared column a json": Migration(
        f"alter table {ITEMS} alter status drop default, drop constraint shipment_items_status_check; "
        "drop index warehouse.shipment_items_product_id_status_idx; "
        f"alter table {ITEMS} alter status type json using to_json(status)",
        {"'received'": "'\"received\"'", "'sold'": "'\"sold\"'"},
        mapped(ITEMS, "status #>> array[]::text[] = 'received'"),
        breaks="stock",
    ),
    "drop the key": Migration(
        f"alter table {ITEMS} add article_id integer references {PRODUCTS}; "
        f"update {ITEMS} set article_id = product_id; alter table {ITEMS} drop product_id",
        {"product_id": "article_id"},
        breaks="stock",
        gap="has no column product_id",
    ),
    "drop a compared column": Migration(
        f"alter table {ITEMS} add state text; update {ITEMS} set state = status; "
        f"alter table {ITEMS} drop status cascade",
        {"status": "state"},
        STATE,
        breaks="stock",
    ),
    "drop another column": Migration(
        f"alter table {ITEMS} drop storage_position", {"storage_position = 'A1'": "qr_code = null"}
    ),
    "add a column": Migration(f"alter table {ITEMS} add weight numeric not null default 1"),
    "add a generated column": Migration(
        f"alter table {ITEMS} add is_there boolean generated always as (status = 'received') stored"
    ),
    "add and drop constraints": Migration(
        f"alter table {ITEMS} add constraint c check (id > 0) not valid; alter table {ITEMS} validate constraint c; "
        f"alter table {ITEMS} drop constraint c, alter status drop not null, "
        "drop constraint shipment_items_product_id_fkey"
    ),
    "rename the table": Migration(
        f"alter table {ITEMS} rename to units",
        {"shipment_items": "units"},
        breaks="stock",
        gap="no table warehouse.shipment_items",
    ),
    "rename the table and leave a view": Migration(
        f"alter table {ITEMS} rename to units; create view {ITEMS} as select * from warehouse.units",
        mapping={"shipment_items": "units"},
        gap="fires no trigger",
    ),
    "swap the table for a copy": Migration(
        f"{COPY} alter table {ITEMS} rename to old_items; alter table warehouse.copied rename to shipment_items",
        gap="fires no trigger",
    ),
    "drop and recreate the table": Migration(
        f"{COPY} drop table {ITEMS} cascade; alter table warehouse.copied rename to shipment_items",
        gap="fires no trigger",
    ),
    "make it a partitioned table": Migration(
        f"{NO_KEYS} alter table {ITEMS} alter id drop identity; create sequence warehouse.ids start 100000; "
        f"alter table {ITEMS} alter id set default nextval('warehouse.ids'); "
        f"alter table {ITEMS} rename to items_before; "
        f"create table {ITEMS} (like warehouse.items_before including defaults) partition by list (location_id); "
        f"alter table {ITEMS} attach partition warehouse.items_before default",
        gap="fires no trigger",
    ),
    "add a child table": Migration(
        f"create table warehouse.returned_items () inherits ({ITEMS}); "
        "insert into warehouse.returned_items (id, shipment_id, product_id, location_id, status) "
        "values (-1, 1, 1, 1, 'received')",
        gap="fires no trigger",
    ),
    "move it to another schema": Migration(
        f"create schema depot; alter table {ITEMS} set schema depot",
        {"warehouse.shipment_items": "depot.shipment_items"},
        mapped("depot.shipment_items"),
        gap="no table warehouse.shipment_items",
        breaks="stock",
    ),
    "disable triggers": Migration(f"alter table {ITEMS} disable trigger all", gap="disabled"),
    "disable and enable triggers": Migration(
        f"alter table {ITEMS} disable trigger all; update {ITEMS} set status = 'sold' where product_id = 1; "
        f"alter table {ITEMS} enable trigger all",
        gap="replicate",
    ),
    "truncate": Migration(f"truncate {ITEMS} cascade"),
    "make the status an enum": Migration(ENUM, mapping=ENUM_STATES, breaks="stock"),
    "rename a value of the enum": Migration(
        f"{ENUM} alter type warehouse.state rename value 'received' to 'there'", {"'received'": "'there'"},
        ENUM_STATES | {'"received"': '"there"'}, breaks="stock",
    ),
    "add a value to the enum": Migration(
        f"{ENUM} alter type warehouse.state add value 'lost'", mapping=ENUM_STATES, breaks="stock"
    ),
    "change the owner": Migration(f"alter table {ITEMS} owner to pg_read_all_data"),
    "switch row security on": Migration(f"alter table {ITEMS} enable row level security, force row level security"),
    "rewrite the table": Migration(f"cluster {ITEMS} using shipment_items_pkey"),
    "vacuum full": Migration(f"vacuum full {ITEMS}", alone=True),
    "reindex": Migration(f"reindex table {ITEMS}"),
    "reindex concurrently": Migration(f"reindex table concurrently {ITEMS}", alone=True),
    "create an index concurrently": Migration(f"create index concurrently on {ITEMS} (updated_at)", alone=True),
}  # fmt: skip
