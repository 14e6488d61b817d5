"""Alerts and events: rules, what is open, what is to be delivered."""

from __future__ import annotations

import json
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
        (rule, shop_id, subject, message, json.dumps(detail)),
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
    seconds = await db.value(
        "select extract(epoch from min(next_try_at) - clock_timestamp())::double precision "
        "from sync.deliveries where state = 'waiting'"
    )
    return None if seconds is None else float(seconds)


async def undelivered(db: Database) -> list[Row]:
    """``rule, sink, deliveries, error`` of what was given up within a day, or has failed three times and waits."""
    return await db.fetch(
        "select a.rule, d.sink, count(*) as deliveries, max(d.error) as error from sync.deliveries as d "
        "join sync.alerts as a on a.id = d.alert_id where (d.state = 'waiting' and d.attempts >= 3) "
        "or (d.state = 'failed' and d.created_at > clock_timestamp() - interval '2 days') "
        "group by a.rule, d.sink order by 1, 2"
    )


async def rules(db: Database) -> list[Row]:
    """Every rule, with its sinks and how many alerts are open."""
    return await db.fetch(
        "select r.rule, r.severity, replace(r.description, 'THRESHOLD', r.threshold::text) as description, "
        "r.is_enabled, r.threshold, r.webhook_url, r.email, count(a.id) as open from sync.alert_rules as r "
        "left join sync.alerts as a on a.rule = r.rule and a.cleared_at is null group by r.rule order by r.rule"
    )


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
    await db.fetch(
        "with dropped as (delete from sync.deliveries as d using sync.alerts as a where a.id = d.alert_id "
        "and a.rule = %(rule)s and d.state = 'waiting' and case d.sink when 'webhook' then %(webhook_url)s::text "
        "else %(email)s::text end is null) "
        "update sync.alert_rules set is_enabled = %(is_enabled)s, threshold = %(threshold)s, "
        "webhook_url = %(webhook_url)s, email = %(email)s where rule = %(rule)s",
        row,
    )


async def open_alerts(db: Database, shop: str | None = None) -> list[Row]:
    """What is open, the most serious first; with ``open_seconds``."""
    return await db.fetch(
        "select *, extract(epoch from clock_timestamp() - raised_at)::double precision as open_seconds "
        "from sync.open_alerts where %s::text is null or shop = %s order by severity, raised_at",
        (shop, shop),
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
