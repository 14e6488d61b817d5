"""The inbox of webhooks, and what they are signed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from runner.db.core import Database, Row


@dataclass(frozen=True)
class Delivery:
    """A webhook whose signature is right. ``body``: the bytes that were signed."""

    shop_id: int
    topic: str
    webhook_id: str
    event_id: str | None
    api_version: str | None
    triggered_at: datetime | None
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Signer:
    """A shop, with what its webhooks may be signed with, encrypted; the client's secret is sealed for its address."""

    shop_id: int
    domain: str
    url: str
    secrets: list[bytes] = field(repr=False)


async def receive_webhooks(db: Database, deliveries: Sequence[Delivery]) -> int:
    """Store them, each once; returns how many were new."""
    columns = zip(
        *((d.shop_id, d.topic, d.webhook_id, d.event_id, d.api_version, d.triggered_at, d.body) for d in deliveries),
        strict=True,
    )
    return int(
        await db.value(
            "select sync.receive_webhooks(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], "
            "%s::timestamptz[], %s::bytea[])",
            tuple(map(list, columns)),
        )
    )


async def route_webhooks(db: Database) -> int:
    """Hand some webhooks that wait to their subjects; returns how many."""
    return int(await db.value("select sync.route_webhooks()"))


async def replay_webhooks(
    db: Database, ids: Sequence[int] | None, topic: str | None, since: datetime | None, *, refused: bool
) -> int:
    """Hand webhooks to their subjects once more; returns how many."""
    listed = None if ids is None else list(ids)
    return int(await db.value("select sync.replay_webhooks(%s::bigint[], %s, %s, %s)", (listed, topic, since, refused)))


async def signers(db: Database) -> list[Signer]:
    """Every shop; one whose token comes from a client's secret has that, unless it was given another."""
    return [
        Signer(r["id"], r["domain"], r["url"], [bytes(s) for s in r["secrets"]])
        for r in await db.fetch(
            "select h.id, h.domain, h.url, array_remove(array["
            "s.secret, s.previous, case when h.grant_type = 'client_credentials' then h.secret end], null) as secrets "
            "from sync.shops as h left join sync.webhook_secrets as s on s.shop_id = h.id"
        )
    ]


async def set_webhook_secret(db: Database, shop_id: int, secret: bytes) -> None:
    """What the shop's webhooks are signed with from now on; the one until now stays accepted."""
    await db.fetch("select sync.set_webhook_secret(%s, %s)", (shop_id, secret))


async def inbox(db: Database, shop: str | None, topic: str | None, state: str | None, limit: int) -> list[Row]:
    """Webhooks, the newest first."""
    return await db.fetch(
        "select shop, id, topic, state, message, received_at, handled_at, bytes, webhook_id from sync.webhook_inbox "
        "where (%(shop)s::text is null or shop = %(shop)s) and (%(topic)s::text is null or topic = %(topic)s) "
        "and (%(state)s::text is null or state = %(state)s) order by id desc limit %(limit)s",
        {"shop": shop, "topic": topic, "state": state, "limit": limit},
    )
