"""The catalogue: products as a shop showed them, and how a shop's catalogue follows the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from runner.db.core import Database, Row


class Comparison(NamedTuple):
    """Products compared, wrong fields by cause, products made pending, discrepancies that are no more."""

    products: int
    causes: dict[str, int]
    marked: int
    vanished: int

    @property
    def found(self) -> int:
        """Wrong fields, and products or variants that are not there or should not be."""
        return sum(self.causes.values())


async def sizes(db: Database, shop_id: int, products: Sequence[int]) -> dict[tuple[int, int], list[int]]:
    """Some products by how many variants and media to ask for at once, as far as is known of them."""
    rows = await db.fetch("select * from sync.product_sizes(%s, %s)", (shop_id, list(products)))
    return {(r["variants"], r["media"]): r["products"] for r in rows}


async def record_products(db: Database, shop_id: int, tick: int, nodes: Sequence[Any]) -> None:
    """Note products as Shopify showed them, with all their variants."""
    await db.fetch("select sync.record_products(%s, %s, %s::json)", (shop_id, tick, db.encoding.json(nodes)))


async def record_parts(db: Database, shop_id: int, tick: int, nodes: Sequence[Any]) -> None:
    """Note metafields, collections, sales channels and images of products as Shopify showed them."""
    await db.fetch("select sync.record_parts(%s, %s, %s::json)", (shop_id, tick, db.encoding.json(nodes)))


async def products_with_parts(db: Database, shop_id: int, products: Sequence[int] | None) -> list[int]:
    """Of some products, or all, those whose parts are to be read anew."""
    listed = None if products is None else list(products)
    return list(await db.value("select sync.products_with_parts(%s, %s)", (shop_id, listed)))


async def metafields(db: Database) -> list[str]:
    """The metafields that columns of the products become, as ``namespace.key``."""
    return [r["name"] for r in await db.fetch("select namespace || '.' || key as name from sync.read_metafields()")]


async def columns(db: Database) -> list[str]:
    """The columns of the products that the catalogue is made of, by Shopify's names of what they become."""
    return list(await db.value("select sync.catalog_columns()"))


async def count_collections(db: Database, shop_id: int) -> int:
    """How many collections a shop has, as far as is known."""
    return int(await db.value("select count(*) from sync.collections where shop_id = %s", (shop_id,)))


async def record_collections(db: Database, shop_id: int, shown: Sequence[Any], *, is_whole: bool) -> None:
    """Note collections of a shop as Shopify showed them: all of them, or those that have changed."""
    await db.fetch("select sync.record_collections(%s, %s::json, %s)", (shop_id, db.encoding.json(shown), is_whole))


async def record_bulk_products(db: Database, operation_id: int, channels_id: int | None, first: int, last: int) -> None:
    """Note the products in some lines of a bulk operation; ``channels_id``: one that has read their sales channels."""
    await db.fetch("select sync.record_bulk_products(%s, %s, %s, %s)", (operation_id, channels_id, first, last))


async def forget_unshown(db: Database, shop_id: int, tick: int) -> int:
    """All products were read since a tick: those not shown are no more; returns how many."""
    return int(await db.value("select sync.forget_unshown(%s, %s)", (shop_id, tick)))


async def forget_products(db: Database, shop_id: int, products: Sequence[int]) -> None:
    """Note that a shop has some products no more."""
    await db.fetch("select sync.forget_products(%s, %s)", (shop_id, list(products)))


async def products_of(db: Database, request_id: int) -> list[int]:
    """The products of Shopify that a request is about."""
    return list(await db.value("select sync.products_of(%s)", (request_id,)))


async def catalog(db: Database, shop_id: int) -> Row | None:
    """How a shop's catalogue follows the warehouse: a row of `sync.catalogs`; None: it does not."""
    return await db.one("select * from sync.catalogs where shop_id = %s", (shop_id,))


async def linked_products(db: Database, shop_id: int) -> dict[int, datetime | None]:
    """The products of a shop that are the warehouse's, and when Shopify said they were changed last."""
    rows = await db.fetch(
        "select product_id, updated_at from sync.product_links where shop_id = %s and product_id is not null",
        (shop_id,),
    )
    return {r["product_id"]: r["updated_at"] for r in rows}


async def compare_catalog(db: Database, run_id: int, *, correct: bool) -> Comparison:
    """Compare every product that a run has read with what it should hold."""
    row = await db.row("select products, causes, marked, vanished from sync.compare_catalog(%s, %s)", (run_id, correct))
    return Comparison(**row)


async def discrepancies(db: Database, shop: str | None, limit: int) -> list[Row]:
    """What passes found wrong of products and is not right yet: rows of `sync.open_product_discrepancies`."""
    return await db.fetch(
        "select * from sync.open_product_discrepancies where %s::text is null or shop = %s "
        "order by first_seen_at, entity, key, field limit %s",
        (shop, shop, limit),
    )


async def mark_edited(db: Database, shop_id: int, run_id: int | None) -> int:
    """Have products judged that the shop has changed, as far as it was seen; returns how many."""
    return int(await db.value("select sync.mark_edited(%s, %s)", (shop_id, run_id)))


async def mark_since(db: Database, shop_id: int, since: datetime, run_id: int) -> int:
    """Look at the products that the warehouse has changed since, for a run; at all, if nobody can tell which. Returns
    how many must be pushed."""
    marked = await db.value(
        "select sync.mark_changes('catalog', %(shop)s, k.keys, "
        "array_fill(now(), array[coalesce(cardinality(k.keys), 1)]), %(run)s) "
        "from (select sync.keys_since(%(since)s) as keys) as k",
        {"shop": shop_id, "since": since, "run": run_id},
    )
    return int(marked)


async def push_groups(db: Database, shop_id: int, keys: Sequence[str], run_id: int) -> int:
    """Push the products that some keys concern, whatever both sides agreed on; returns how many."""
    return int(await db.value("select sync.push_groups(%s, %s, %s)", (shop_id, list(keys), run_id)))


async def collection_groups(db: Database, shop_id: int, name: str) -> list[str] | None:
    """Groups in a collection, by its handle, title or number; None if the shop has none such."""
    groups: list[str] | None = await db.value("select sync.collection_groups(%s, %s)", (shop_id, name))
    return groups


async def retry_images(db: Database, shop_id: int, run_id: int) -> int:
    """Send images that Shopify could not fetch once more; returns of how many products."""
    return int(await db.value("select sync.retry_images(%s, %s)", (shop_id, run_id)))


async def note_look(db: Database, shop_id: int, until: datetime) -> None:
    """Note up to when it was looked at what a shop has changed."""
    await db.fetch("select sync.note_look(%s, %s)", (shop_id, until))


async def follow(
    db: Database, shop_id: int, on_delete: str | None, publications: Sequence[int] | None,
    price_factor: float | None, adopt_by: str | None,
) -> int:  # fmt: skip
    """Let a shop's catalogue follow the warehouse; None leaves a choice as it is. Returns how many were adopted."""
    listed = None if publications is None else list(publications)
    return int(
        await db.value(
            "select sync.follow_catalog(%s, %s, %s, %s::numeric, %s)",
            (shop_id, on_delete, listed, price_factor, adopt_by),
        )
    )


async def mark_all(db: Database, shop_id: int, run_id: int) -> int:
    """Look at all products of a shop for a run; returns how many must be pushed."""
    marked = await db.value("select sync.mark_changes('catalog', %s, null, array[now()], %s)", (shop_id, run_id))
    return int(marked)


async def planned_products(db: Database, shop_id: int, limit: int) -> list[Row]:
    """What would change in a shop's products if it went live now, those that would be lost first: ``change, sku, key,
    field, shop, warehouse``. Of one that would be made only its title is named."""
    return await db.fetch(
        "select p.change, k.sku, p.key, p.field, p.theirs #>> '{}' as shop, p.ours #>> '{}' as warehouse "
        "from sync.planned_products(%(shop)s) as p "
        "left join sync.links as k on k.shop_id = %(shop)s and k.product_key = p.key "
        "where p.change <> 'created' or p.field = 'title' "
        "order by p.change = 'leaving' desc, p.change = 'created' desc, p.field <> 'price', p.key, p.field "
        "limit %(limit)s",
        {"shop": shop_id, "limit": limit},
    )


async def leave(db: Database, shop_id: int) -> bool:
    """Let a shop's catalogue be its own again; False if it was."""
    return bool(await db.value("select sync.leave_catalog(%s)", (shop_id,)))


async def rules(db: Database, shop_id: int) -> list[Row]:
    """Fields that are not the warehouse's: ``entity, field, rule``."""
    return await db.fetch(
        "select entity, field, rule from sync.field_rules where shop_id = %s order by entity, field", (shop_id,)
    )


async def set_rule(db: Database, shop_id: int, entity: str, field: str, rule: str) -> None:
    """Say who owns a field."""
    await db.fetch("select sync.set_field_rule(%s, %s, %s, %s)", (shop_id, entity, field, rule))


async def conflicts(
    db: Database, shop: str | None, name: str | None, field: str | None, outcome: str | None, limit: int
) -> list[Row]:
    """Conflicts, the newest first: rows of `sync.field_conflict_status`; by SKU or key, field, outcome (or open)."""
    return await db.fetch(
        "select * from sync.field_conflict_status where (%(shop)s::text is null or shop = %(shop)s) "
        "and (%(name)s::text is null or %(name)s in (sku, key)) and (%(field)s::text is null or field = %(field)s) "
        "and (%(outcome)s::text is null or outcome = %(outcome)s) order by id desc limit %(limit)s",
        {"shop": shop, "name": name, "field": field, "outcome": outcome, "limit": limit},
    )


async def conflict(db: Database, number: int) -> Row | None:
    """One conflict: a row of `sync.field_conflict_status`."""
    return await db.one("select * from sync.field_conflict_status where id = %s", (number,))


async def unsettled(db: Database) -> Row:
    """``open``: conflicts that wait for a person; ``unwritten``: values that the warehouse does not take; ``unlooked``:
    domains of shops whose catalogue nobody has looked at for ten minutes."""
    return await db.row(
        "select count(*) filter (where c.outcome = 'open') as open, "
        "count(*) filter (where c.write_error is not null) as unwritten, "
        "array(select h.domain from sync.catalogs as g join sync.shops as h on h.id = g.shop_id "
        "where greatest(g.looked_at, g.followed_at) < now() - interval '10 minutes' order by 1) as unlooked "
        "from sync.field_conflict_status as c"
    )


async def resolve(
    db: Database, conflicts: Sequence[int], outcome: str, value: Any, by: str, run_id: int | None = None
) -> int:
    """A person has decided open conflicts: ours, theirs or value; returns how many."""
    encoded = None if value is None else db.encoding.json(value)
    return int(
        await db.value(
            "select sync.resolve_conflicts(%s, %s, %s::jsonb, %s, %s)", (list(conflicts), outcome, encoded, by, run_id)
        )
    )


async def return_conflicts(db: Database, shop_id: int) -> int:
    """Try once more to write into the warehouse what could not be; returns how many could not be again."""
    return int(await db.value("select sync.return_conflicts(%s)", (shop_id,)))


async def record_identities(db: Database, shop_id: int, shown: Sequence[Any]) -> None:
    """Note which products of a shop bear a group's key: ``product_id, group_key`` each."""
    await db.fetch("select sync.record_identities(%s, %s::json)", (shop_id, db.encoding.json(shown)))


async def adoptable_products(db: Database, shop_id: int) -> list[int]:
    """Products of a shop that are to be read before some are adopted."""
    return list(await db.value("select sync.adoptable_products(%s)", (shop_id,)))


async def adopt(db: Database, shop_id: int) -> int:
    """Link groups of products to those that a shop has already; returns how many."""
    return int(await db.value("select sync.adopt_groups(%s, null)", (shop_id,)))


async def explain(db: Database, name: str, by: str = "sku") -> list[dict[str, Any]]:
    """What explains what the shops show of one product; ``by``: sku (or its key), handle, product (its group's key, or
    its number or id at Shopify). One element per shop and group."""
    return list(await db.value("select sync.explain_products(%s, %s)", (name, by)))
