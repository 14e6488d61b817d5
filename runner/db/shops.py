"""Shops: what is known of them, their tokens, budgets, locations, variants and links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runner.db.core import Database, Row
from runner.errors import InvalidInput


@dataclass(frozen=True)
class Shop:
    """A shop as stored. ``secret`` and ``access_token`` are encrypted; the token lasts ``access_token_seconds``."""

    id: int
    domain: str
    url: str
    mode: str
    grant_type: str
    client_id: str | None
    secret: bytes
    access_token: bytes | None
    access_token_seconds: float | None
    linked_at: datetime | None

    def require_linked(self) -> None:
        """What follows works on links.

        Raises:
            InvalidInput: the shop is not linked yet.
        """
        if self.linked_at is None:
            raise InvalidInput(f"{self.domain} is not linked yet.", remedy="Run: shelfwire link")


_COLUMNS = (
    "id, domain, url, mode, grant_type, client_id, secret, access_token, linked_at, "
    "extract(epoch from access_token_expires_at - clock_timestamp())::double precision as access_token_seconds"
)


async def add_shop(db: Database, domain: str, url: str, grant_type: str, client_id: str | None, secret: bytes) -> int:
    """Store a new shop; returns its id."""
    return int(await db.value("select sync.add_shop(%s, %s, %s, %s, %s)", (domain, url, grant_type, client_id, secret)))


async def set_credentials(db: Database, shop_id: int, grant_type: str, client_id: str | None, secret: bytes) -> None:
    """Replace what a shop's token comes from."""
    await db.fetch("select sync.set_credentials(%s, %s, %s, %s)", (shop_id, grant_type, client_id, secret))


async def remove_shop(db: Database, shop_id: int) -> None:
    """Forget a shop and everything known of it."""
    await db.fetch("select sync.remove_shop(%s)", (shop_id,))


async def shops(db: Database, domain: str | None = None) -> list[Shop]:
    """All shops, or the one of this domain.

    Raises:
        InvalidInput: there is no shop of this domain.
    """
    rows = await db.fetch(
        f"select {_COLUMNS} from sync.shops where %s::text is null or domain = %s order by id",
        (domain, domain),
    )
    if domain is not None and not rows:
        known = ", ".join(r["domain"] for r in await db.fetch("select domain from sync.shops order by 1"))
        raise InvalidInput(
            f"There is no shop {domain}; known: {known or 'none'}.", remedy="Run: shelfwire shop add DOMAIN"
        )
    return [Shop(**r) for r in rows]


async def shop(db: Database, shop_id: int) -> Shop | None:
    """A shop by its id; None if it was removed."""
    row = await db.one(f"select {_COLUMNS} from sync.shops where id = %s", (shop_id,))
    return None if row is None else Shop(**row)


async def lease_renewal(db: Database, shop_id: int, seconds: float) -> str | None:
    """Take the right to renew a shop's token for so long; None if somebody else has it."""
    found = await db.value("select sync.lease_renewal(%s, %s)", (shop_id, seconds))
    return None if found is None else str(found)


async def store_token(db: Database, shop_id: int, renewal: str, token: bytes, lifetime: float) -> None:
    """Keep an encrypted token for so many seconds, if the right to renew it is still ours."""
    await db.fetch("select sync.store_token(%s, %s, %s, %s)", (shop_id, renewal, token, lifetime))


async def end_renewal(db: Database, shop_id: int, renewal: str) -> None:
    """Give back the right to renew a shop's token."""
    await db.fetch("select sync.end_renewal(%s, %s)", (shop_id, renewal))


async def record_verified(db: Database, shop_id: int, name: str, currency: str, scopes: Sequence[str]) -> None:
    """Note what a shop said of itself."""
    await db.fetch("select sync.record_shop(%s, %s, %s, %s)", (shop_id, name, currency, list(scopes)))


async def reserve_budget(
    db: Database, shop_id: int, cost: int, keep: int = 0, *, writes: bool = False, request_id: int | None = None
) -> tuple[bool, float]:
    """Take points; returns whether they were granted, and the seconds to wait before sending or asking again.

    Raises:
        ShopHeld: ``writes``, and the shop, or the stored request's kind, may not be written to.
    """
    row = await db.row(
        "select granted, wait_seconds from sync.reserve_budget(%s, %s, %s, %s, %s)",
        (shop_id, cost, keep, writes, request_id),
    )
    return row["granted"], row["wait_seconds"]


async def may_write(db: Database, shop_id: int, request_id: int | None) -> bool:
    """Whether a shop may be written to at this moment, by a stored request if one is named."""
    return bool(await db.value("select sync.may_write(%s, %s)", (shop_id, request_id)))


async def return_points(db: Database, shop_id: int, cost: int) -> None:
    """Give back points that were taken for a call that was never sent."""
    await db.fetch("select sync.return_points(%s, %s)", (shop_id, cost))


async def record_call(db: Database, shop_id: int, call: Mapping[str, Any]) -> None:
    """Log a call, an entry as `sync.record_call` takes it, and correct the budget by its answer."""
    await db.fetch("select sync.record_call(%s, %s::json)", (shop_id, db.encoding.json(call)))


async def record_locations(db: Database, shop_id: int, locations: Sequence[dict[str, Any]]) -> None:
    """Note a shop's locations: ``location_id, name, is_active``."""
    await db.fetch("select sync.record_locations(%s, %s::json)", (shop_id, db.encoding.json(locations)))


async def granted_scopes(db: Database, shop_id: int) -> list[str]:
    """The scopes that a shop's app was last seen to have."""
    return list(await db.value("select coalesce(scopes, '{}') from sync.shops where id = %s", (shop_id,)) or ())


async def needed_scopes(db: Database, shop_id: int) -> list[str]:
    """What an app must be granted for all that travels to a shop."""
    rows = await db.fetch(
        "select distinct unnest(scopes) as scope from sync.kinds where sync.is_followed(kind, %s) order by 1",
        (shop_id,),
    )
    return [r["scope"] for r in rows]


async def locations(db: Database, shop_id: int) -> list[Row]:
    """A shop's locations: ``location_id, name, is_active``."""
    return await db.fetch(
        "select location_id, name, is_active from sync.locations where shop_id = %s order by location_id",
        (shop_id,),
    )
