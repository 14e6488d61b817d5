"""What is known of the warehouse after something has happened to it: levels, what is captured, what is alerted."""

from __future__ import annotations

from collections.abc import Mapping

from tests.seeds import Shelf, rows


def levels(shelf: Shelf) -> dict[str, int]:
    """The units of each product as they are computed for the shop, and those it was last seen to hold."""
    found = rows(shelf.connection, "select * from sync.compute_levels(%s, %s)", shelf.shop, list(shelf.items))
    return {k: sum(r["counted"] for r in found if r["product_key"] == k) for k in shelf.items}


def missing(shelf: Shelf, truth: Mapping[str, int]) -> set[str]:
    """Products whose level is not what the shop was last seen to hold, and that are not pending."""
    seen = {
        r["product_key"]: r["seen"]
        for r in rows(shelf.connection, "select product_key, sum(seen)::int as seen from sync.linked_levels group by 1")
    }
    return {key for key, units in truth.items() if units != seen[key]} - set(shelf.pending())


def captured(shelf: Shelf, after: object) -> set[str]:
    """The products of what has changed after a moment; all if an entry stands for all."""
    found = rows(shelf.connection, "select key, old_key from sync.change_log where changed_at > %s", after)
    if any(r["key"] is None and r["old_key"] is None for r in found):
        return set(shelf.items)
    return {key for r in found for key in r.values() if key is not None}


def relay(shelf: Shelf) -> None:
    """Relay all there is, and what that leads to."""
    while shelf.relay()["relayed"]:
        pass


def alerts(shelf: Shelf, rule: str) -> list[tuple[str, str]]:
    """What is alerted by a rule: message and remedy."""
    shelf.connection.execute("select sync.watch_alerts()")
    found = rows(shelf.connection, "select message, remedy from sync.open_alerts where rule = %s", rule)
    return [(r["message"], r["remedy"]) for r in found]


def gaps(shelf: Shelf) -> list[str]:
    """Where changes may escape."""
    return [r["gap"] for r in rows(shelf.connection, "select gap from sync.capture_gaps order by 1")]
