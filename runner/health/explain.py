"""``why``: the whole chain behind a product's numbers, from the shelf to Shopify's answer, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from runner.health.moment import when
from runner.health.shown import explain_shown

Product = dict[str, Any]


def explain(product: Product) -> Iterator[str]:
    """Lines that explain one element of `runner.db.reports.explain_stock`, with its ``catalog``."""
    yield f"{product['sku'] or '(no SKU)'}  {product['title'] or ''}".rstrip()
    yield f"  warehouse key {product['product_key']}"
    yield ""
    yield "1. On the shelf, counted now in the warehouse's own rows"
    yield from _units(product["units"])
    yield ""
    yield "2. Last changes captured"
    yield from _changes(product["changes"])
    if product["queued"]:
        yield f"   {product['queued']} more wait in the change queue for a runner"
    for shop in product["shops"]:
        yield ""
        yield f"3. The shop {shop['shop']}"
        yield from _flow(shop)
        yield from _link(shop["link"])
        for level in shop["levels"]:
            yield from _level(level)
        for place in shop["unmapped"]:
            where = f"{place['closed']} is not active in Shopify" if place["closed"] else "mapped to no location"
            yield f"   not offered: {place['available']} at {place['location']}, {where}"
        yield from _pending(shop["pending"])
        for refusal in shop["refusals"]:
            yield f"   REFUSED {refusal['class']}: {refusal['message']}"
            yield f"      what to do: {refusal['remedy']}"
            yield f"      it ends {refusal['ends']}"
        for wrong in shop["discrepancies"]:
            yield (
                f"   DISCREPANCY {wrong['cause']} at {wrong['location']}: reconciling expected {wrong['expected']} and "
                f"found {wrong['found']} ({when(wrong['last_seen_at'])}, first {when(wrong['first_seen_at'])})"
            )
        for conflict in shop["conflicts"]:
            yield (
                f"   CONFLICT {conflict['cause']} at {conflict['location']}: we had last seen {conflict['expected']}, "
                f"Shopify held {conflict['found']} ({when(conflict['found_at'])})"
            )
    if not product["shops"]:
        yield ""
        yield "3. No shop yet. Run: shelfwire shop add DOMAIN"
    yield from explain_shown(product["catalog"])


def _units(units: list[Product]) -> Iterator[str]:
    for u in units:
        further = "".join(f", {number} {name}" for name, number in u["detail"].items())
        yield f"   {u['location']}: {u['available']} available{further}"
    if not units:
        yield "   none at all"


def _changes(changes: list[Product]) -> Iterator[str]:
    for c in changes:
        taken = f"relayed {when(c['relayed_at'])}"
        units = f" of {c['rows']} rows" if c["rows"] > 1 else ""
        where = f"in transaction {c['transaction']}, {taken} (change {c['id']})"
        yield f"   {when(c['changed_at'])}  {c['op']}{units} {where}"
    if not changes:
        yield "   none in the change log (its retention is 30 days)"


def _flow(shop: Product) -> Iterator[str]:
    if shop["mode"] != "live":
        yield f"   mode {shop['mode']}: nothing is written to the shop"
    elif shop["held"]:
        yield f"   HELD by its guard: {shop['held']} See: shelfwire guard show"
    if circuit := shop["circuit"]:
        what = "WAITS" if circuit["kind"] else "FAILS every call"
        yield (
            f"   {what} since {when(circuit['opened_at'])}: {circuit['class']}: {circuit['message']} "
            f"Next probe {when(circuit['next_probe_at'])}"
        )


def _link(link: Product | None) -> Iterator[str]:
    if link is None:
        yield "   not linked yet: the product is newer than the last look at the shop. Run: shelfwire link"
    elif link["state"] != "ok":
        yield f"   link {link['state']}: {link['reason']}"
    else:
        tracked = "tracked" if link["tracked"] else "NOT TRACKED by Shopify"
        yield (
            f"   linked by SKU to variant {link['variant_id']}, inventory item {link['inventory_item_id']} "
            f"({link['variant']}), {tracked}"
        )


def _level(level: Product) -> Iterator[str]:
    yield f"   at {level['location']}"
    unbooked = level["unbooked"]
    ordered = level["uncounted"] - unbooked
    yield (
        f"      should hold {level['desired']}: {level['counted']} counted"
        + (f", less {ordered} sold in Shopify by orders the warehouse has not imported" if ordered else "")
        + (f", less {unbooked} sent by Shopify and not booked in the warehouse" if unbooked else "")
    )
    if level["seen"] is None:
        yield "      never read at Shopify yet"
    else:
        yield f"      last seen at Shopify {level['seen']} ({when(level['seen_at'])})"
    if level["acknowledged_at"]:
        yield f"      last acknowledged by Shopify {level['acknowledged']} ({when(level['acknowledged_at'])})"
    if request := level["request"]:
        yield (
            f"      last request {request['id']}: set {request['change_from']} -> {request['quantity']}, "
            f"{request['state']}, sent {request['sends']} time{'s' if request['sends'] != 1 else ''}, "
            f"idempotency key {request['idempotency_key']}"
        )
        if request["state"] != "applied":
            yield f"         answer: {json.dumps(request['answer'])[:300] if request['answer'] else 'none yet'}"
    yield "      in step" if level["desired"] == level["seen"] else "      NOT in step"


def _pending(pending: Product | None) -> Iterator[str]:
    if pending is None:
        yield "   nothing pending"
        return
    job = f", job {pending['job_id']} {pending['job_status']}" if pending["job_id"] else ""
    tries = f", tried {pending['job_attempts']} times" if pending["job_attempts"] else ""
    later = f", next try {when(pending['next_try_at'])}" if pending["next_try_at"] else ""
    yield f"   PENDING since {when(pending['since'])}: {pending['stage']}{job}{tries}{later}"
