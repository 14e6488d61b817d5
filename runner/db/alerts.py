"""Alerts and events: rules, what is open, what is to be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runner.db.core import Database, Row
from runner.errors import InvalidInput


@dataclass(frozen=True)
class Delivery:
    """One message to one sink (``webhook`` or ``email``); ``event`` is raised, cleared or test.

    ``openings``: how often the alert was opened since this sink was told last.
    """

    id: int
    attempt: int
    sink: str
    address: str
    event: str
    rule: str
    severity: str
    shop: str | None
    subject: str
    message: str
    remedy: str
    detail: dict[str, Any]
    raised_at: datetime
    openings: int


async def raise_alert(
    db: Database, rule: str, shop_id: int, subject: str, message: str, detail: dict[str, Any]
) -> None:
    """Open an alert of a shop, or renew the open one."""
    await db.fetch(
        "select sync.raise_alert(%s, %s, %s, %s, %s::jsonb)",
        (rule, shop_id, subject, message, db.encoding.json(detail)),
    )


async def clear_alert(db: Database, rule: str, shop_id: int, subject: str) -> bool:
    """Clear an alert of a shop; False if none is open."""
    return bool(await db.value("select sync.clear_alert(%s, %s, %s)", (rule, shop_id, subject)))


async def watch_alerts(db: Database) -> None:
    """Look at what nothing else tells."""
    await db.fetch("select sync.watch_alerts()")


async def claim_deliveries(db: Database) -> list[Delivery]:
    """Deliveries that are due, ours for a minute."""
    rows = await db.fetch(
        "select id, attempt, sink, address, event, rule, severity, shop, subject, message, remedy, detail, raised_at, "
        "openings from sync.claim_deliveries()"
    )
    return [Delivery(**row) for row in rows]


async def finish_delivery(db: Database, delivery: Delivery, error: str | None) -> str | None:
    """Note what came of it; returns delivered, waiting or failed, None if it is another's by now."""
    found = await db.value("select sync.finish_delivery(%s, %s, %s)", (delivery.id, delivery.attempt, error))
    return None if found is None else str(found)


async def next_delivery(db: Database) -> float | None:
    """Seconds until a delivery is due, None if none waits."""
    seconds = await db.value("select sync.next_delivery()")
    return None if seconds is None else float(seconds)


async def undelivered(db: Database) -> list[Row]:
    """``rule, sink, deliveries, error`` of what was given up of late, or has failed three times and waits."""
    return await db.fetch("select * from sync.undelivered_alerts order by rule, sink")


async def rules(db: Database) -> list[Row]:
    """Every rule, with its sinks and how many alerts are open."""
    return await db.fetch("select * from sync.rule_status order by rule")


async def rule(db: Database, name: str) -> Row:
    """One of them.

    Raises:
        InvalidInput: there is no such rule.
    """
    known = await rules(db)
    found = next((r for r in known if r["rule"] == name), None)
    if found is None:
        raise InvalidInput(f"There is no rule {name!r}; there are: {', '.join(r['rule'] for r in known)}.")
    return found


async def set_rule(db: Database, row: Row) -> None:
    """Store a rule's switch, threshold and sinks. What waits for a sink that it names no more is dropped."""
    await db.fetch("select sync.set_rule(%(rule)s, %(is_enabled)s, %(threshold)s, %(webhook_url)s, %(email)s)", row)


async def open_alerts(db: Database, shop: str | None = None) -> list[Row]:
    """What is open, the most serious first."""
    return await db.fetch(
        "select * from sync.open_alerts where %s::text is null or shop = %s order by severity, raised_at", (shop, shop)
    )


async def history(db: Database, shop: str | None, limit: int) -> list[Row]:
    """Every alert, newest first."""
    return await db.fetch(
        "select * from sync.alert_history where %s::text is null or shop = %s order by id desc limit %s",
        (shop, shop, limit),
    )


async def events(db: Database, shop: str | None, kind: str | None, seconds: float | None, limit: int) -> list[Row]:
    """What happened, newest first: all that is kept, or of the last ``seconds``."""
    return await db.fetch(
        "select * from sync.recent_events where (%s::text is null or shop = %s) and (%s::text is null or kind = %s) "
        "and (%s::double precision is null or at > clock_timestamp() - make_interval(secs => %s)) "
        "order by id desc limit %s",
        (shop, shop, kind, kind, seconds, seconds, limit),
    )
