"""The shops judged by their tables: linked, shown, written to from here alone, and what needs a person."""

from __future__ import annotations

from collections.abc import AsyncIterator

from runner.db import Database, inventory, reports
from runner.db import catalog as db_catalog
from runner.db import vitals as db
from runner.db import writers as db_writers
from runner.health.finding import FAILED, OK, WARNING, Finding, counted

VERIFIED_DAYS = 30
# More findings of one kind say nothing new.
MANY = 10


async def refusals(database: Database) -> AsyncIterator[Finding]:
    """Does something need a person?"""
    found = await db.refusals(database)
    if found:
        classes = ", ".join(f"{r['refusals']:,} {r['class']}" for r in found)
        yield Finding("refusals", WARNING, f"Refused: {classes}.", "Run: shelfwire refusals list")
    else:
        yield Finding("refusals", OK, "Nothing is refused.")


async def catalogs(database: Database) -> AsyncIterator[Finding]:
    """Where the catalogue follows: is everything decided and written, and was the shop looked at?"""
    found = await db_catalog.unsettled(database)
    if found["open"]:
        yield Finding(
            "catalog", WARNING, f"{counted(found['open'], 'field')} that both sides have changed wait for a person.",
            "Run: shelfwire conflicts list --outcome open; then: shelfwire conflicts resolve ours NUMBER",
        )  # fmt: skip
    if found["unwritten"]:
        yield Finding(
            "catalog", WARNING, f"The warehouse does not take {counted(found['unwritten'], 'value')} of the shop.",
            "Run: shelfwire conflicts list; write_error says why. It is tried again each minute.",
        )  # fmt: skip
    for domain in found["unlooked"]:
        yield Finding(
            "catalog", WARNING, f"What people change in {domain} was not looked for within ten minutes.",
            "Run: shelfwire schedules list, and see that a runner is at work; at once: shelfwire catalog look",
        )  # fmt: skip
    if not (found["open"] or found["unwritten"] or found["unlooked"]):
        yield Finding("catalog", OK, "No field of a product waits for a person.")


async def shops(database: Database) -> AsyncIterator[Finding]:
    """Is every shop verified and linked?"""
    found, now = await reports.health(database), await database.now()
    for row in found:
        shop, verified_for = row["shop"], row["verified_at"] and now - row["verified_at"]
        if row["linked_at"] is None:
            yield Finding("shops", FAILED, f"{shop} was never linked: nothing is sent to it.", "Run: shelfwire link")
        elif verified_for is None or verified_for.days > VERIFIED_DAYS:
            when = "was never verified" if verified_for is None else f"was last verified {verified_for.days} days ago"
            yield Finding("shops", WARNING, f"{shop} {when}.", f"Run: shelfwire shop verify {shop}")
        else:
            yield Finding("shops", OK, f"{shop} is linked, and was verified within {VERIFIED_DAYS} days.")
    if not found:
        yield Finding("shops", WARNING, "There is no shop yet.", "Run: shelfwire shop add DOMAIN")


async def locations(database: Database) -> AsyncIterator[Finding]:
    """Is it decided, for every linked shop, where the stock of each location of the warehouse is shown?"""
    found = await inventory.unmapped_locations(database)
    for row in found[:MANY]:
        yield Finding("locations", WARNING, row["message"], row["remedy"])
    if more := found[MANY:]:
        yield Finding(
            "locations", WARNING,
            f"{counted(len(more), 'more location')} of the warehouse that nobody has said where to show.",
            f"Run: shelfwire shop map {more[0]['shop']}, and with --rest LOCATION to decide on all.",
        )  # fmt: skip
    if not found:
        yield Finding(
            "locations", OK, "Every location of the warehouse is shown in every linked shop, or nowhere by choice."
        )


async def flow(database: Database) -> AsyncIterator[Finding]:
    """Is every live shop written to?"""
    for row in await reports.health(database):
        shop = row["shop"]
        if row["linked_at"] is None:
            continue  # The check shops tells of it.
        if row["mode"] != "live":
            waits = "changes wait" if row["mode"] == "off" else "what would be is in sync.shadow_levels"
            yield Finding("flow", OK, f"{shop} is in mode {row['mode']}: nothing is written to it, {waits}.")
        elif row["held_reason"]:
            yield Finding(
                "flow", FAILED, f"{shop} is held: {row['held_reason']}",
                f"Run: shelfwire guard show, and if it is right: shelfwire guard release {shop}",
            )  # fmt: skip
        elif row["refused_documents"]:
            yield Finding(
                "flow", FAILED, f"{shop} is held: {row['refused_documents']}",
                "It is tried again and again. Run: shelfwire alerts list",
            )  # fmt: skip
        elif row["circuit"] != "closed":
            yield Finding(
                "flow", FAILED, f"{shop} fails every call, so its jobs wait: {row['circuit_reason']}",
                "Nothing to do if Shopify has an outage: it is probed again and again. Otherwise remove the reason.",
            )  # fmt: skip
        else:
            yield Finding("flow", OK, f"{shop} is live.")


async def writers(database: Database) -> AsyncIterator[Finding]:
    """Is every live shop written to from here, and from nowhere else?"""
    for row in await db_writers.writers(database):
        shop, is_live = row["shop"], row["mode"] == "live"
        adopt = f"If this is to be the one that writes, run: shelfwire shop adopt {shop}"
        if row["other"]:
            name, where = row["other"].get("installation"), row["other"].get("database")
            other = f"Another installation of Shelfwire writes to {shop}: {name}, from the database {where}."
            yield Finding("writers", FAILED, other, adopt)
        elif row["stops"] == "copy":
            copy = f"This database is a copy of the one that writes to {shop}: it writes nothing there."
            yield Finding("writers", FAILED, copy, adopt)
        elif is_live and row["stops"] == "unconfirmed":
            doubt = (
                f"It is not certain that nobody else writes to {shop}, so nothing is: {row['error'] or 'nobody asks.'}"
            )
            yield Finding("writers", FAILED, doubt, "See that a runner runs: it asks the shop every few seconds.")
        elif is_live and row["stops"] == "unread":
            old = f"What is known of {shop} is older than the shop: all is read before more is written."
            yield Finding("writers", WARNING, old, "A runner reads it. At once: shelfwire reconcile inventory")
        elif is_live:
            yield Finding("writers", OK, f"{shop} is written to from here and from nowhere else.")
