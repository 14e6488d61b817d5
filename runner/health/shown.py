"""``why``, the product's side: what the shops show of it, field by field, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from runner.health.moment import when

Product = dict[str, Any]
# Longer texts are cut.
LONGEST = 60


def explain_shown(products: Sequence[Product]) -> Iterator[str]:
    """Lines that explain the elements of `runner.db.catalog.explain`."""
    for shown in products:
        yield ""
        yield f"4. In the catalogue of {shown['shop']}: {shown['title']} (group {shown['group_key']})"
        yield from _state(shown)
        for field in shown["fields"]:
            yield from _field(field)
        for refusal in shown["refusals"]:
            yield f"   REFUSED {refusal['class']}: {refusal['message']}"
            yield f"      what to do: {refusal['remedy']}"
            yield f"      it ends {refusal['ends']}"
        for conflict in shown["conflicts"][:5]:
            yield (
                f"   CONFLICT {conflict['id']} of {conflict['field']}: {_short(conflict['base'])} was agreed, the "
                f"warehouse says {_short(conflict['ours'])}, the shop {_short(conflict['theirs'])}; "
                + (f"decided for {conflict['outcome']} by {conflict['decided_by']}" if conflict["outcome"] else "OPEN")
                + f" ({when(conflict['found_at'])})"
            )


def _state(shown: Product) -> Iterator[str]:
    if shown["state"] == "ambiguous":
        yield f"   AMBIGUOUS: {shown['reason']}"
    elif shown["product_id"] is None:
        yield "   not there any more" if shown["state"] == "left" else "   not there yet"
    elif shown["state"] == "left":
        yield f"   product {shown['product_id']} has left the warehouse, and is {shown['status']} there"
    else:
        yield f"   product {shown['product_id']}, changed there {when(shown['updated_at'])}"
    if shown["held"]:
        yield f"   HELD by its guard: {shown['held']} See: shelfwire guard show"
    if pending := shown["pending"]:
        yield f"   PENDING since {when(pending['since'])}, priority {pending['priority']}: {pending['stage']}"
    if request := shown["request"]:
        yield (
            f"   last request {request['id']}: {request['document']}, {request['state']}, sent {request['sends']} "
            f"time{'s' if request['sends'] != 1 else ''}, idempotency key {request['idempotency_key']}"
        )


def _field(field: Product) -> Iterator[str]:
    """A field that is in step takes one line; of another the sides are told."""
    name = f"{field['field']} of variant {field['key']}" if field["entity"] == "variant" else field["field"]
    if field["ours"] == field["theirs"]:
        yield f"   {name}: {_short(field['ours'])}"
        return
    owner = "" if field["rule"] == "ours" else f", by its rule {field['rule']}"
    sides = f"warehouse {_short(field['ours'])}, shop {_short(field['theirs'])}, agreed {_short(field['base'])}"
    yield f"   {name}: {sides}{owner}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}...") if isinstance(value, str) else text
