"""Access tokens: a static one, or one that the client credentials grant gives for a day at a time."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import suppress

import httpx

from runner.db import Database
from runner.db import shops as db_shops
from runner.db.shops import Shop
from runner.errors import DatabaseError, InvalidInput, LostAnswer, ServerFault, ShopRefused, Throttled, Unreachable
from runner.shopify.answers import retry_after
from runner.shopify.vault import Vault

# Renewed this many seconds before it ends, so that no call meets an expired token.
MARGIN = 300.0
# Seconds for which one process may ask before another does as well, and how long, and how often, the others look.
LEASE = 15.0
PATIENCE = 5.0
PAUSE = 0.25


class Tokens:
    """The access token of one shop, shared by all runner processes through the database."""

    def __init__(self, db: Database, vault: Vault, http: httpx.AsyncClient, shop: Shop) -> None:
        self._db = db
        self._vault = vault
        self._http = http
        self._shop_id = shop.id
        self._token: str | None = None
        self._good_until = 0.0
        self._turn = asyncio.Lock()

    async def get(self, *, refused: str | None = None) -> str:
        """The token to send; ``refused`` is one that Shopify does not take.

        Raises:
            ShopRefused: there is no other token, or the grant is denied.
            Transient: the grant could not be asked for just now.
        """
        # One task of this process at a time: the others find what it has found.
        async with self._turn:
            if self._token is None or self._token == refused or time.monotonic() > self._good_until:
                self._token, seconds = await self._load(refused)
                self._good_until = time.monotonic() + seconds
            return self._token

    async def _load(self, refused: str | None) -> tuple[str, float]:
        """The stored token if it is good, otherwise another, and for how many seconds it is good.

        One process asks for it; the others wait, with no connection and no lock, and not longer than it may take.
        """
        until = time.monotonic() + LEASE + PATIENCE
        while True:
            shop = await db_shops.shop(self._db, self._shop_id)
            if shop is None:
                raise InvalidInput("The shop was removed.")
            token = self._stored(shop)
            if shop.grant_type == "token":
                if token == refused or token is None:
                    raise ShopRefused(
                        f"{shop.domain} does not take the access token, or no longer.",
                        code="UNAUTHORIZED",
                        remedy=f"Run: shelfwire shop token {shop.domain}",
                    )
                return token, math.inf
            seconds = (shop.access_token_seconds or 0) - MARGIN
            if token is not None and token != refused and seconds > 0:
                return token, seconds
            if renewal := await db_shops.lease_renewal(self._db, shop.id, LEASE):
                return await self._renew(shop, renewal)
            if time.monotonic() > until:
                raise Unreachable(f"Nobody gets a token of {shop.domain}, though others try.")
            await asyncio.sleep(PAUSE)

    def _stored(self, shop: Shop) -> str | None:
        sealed = shop.secret if shop.grant_type == "token" else shop.access_token
        return self._vault.open(sealed, shop.domain, shop.url) if sealed is not None else None

    async def _renew(self, shop: Shop, renewal: str) -> tuple[str, float]:
        try:
            token, lifetime = await self._ask(shop)
        except BaseException:
            with suppress(DatabaseError):
                await db_shops.end_renewal(self._db, shop.id, renewal)
            raise
        await db_shops.store_token(self._db, shop.id, renewal, self._vault.seal(token, shop.domain, shop.url), lifetime)
        return token, lifetime - min(MARGIN, lifetime / 2)

    async def _ask(self, shop: Shop) -> tuple[str, float]:
        try:
            response = await self._http.post(
                f"{shop.url}/admin/oauth/access_token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": shop.client_id or "",
                    "client_secret": self._vault.open(shop.secret, shop.domain, shop.url),
                },
                # Without it errors come as HTML.
                headers={"Accept": "application/json"},
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(f"{shop.domain} is out of reach at {shop.url}.") from error
        except httpx.TransportError as error:
            raise LostAnswer(f"{shop.domain} did not answer the token request.") from error
        if response.status_code == 429:
            raise Throttled(wait=retry_after(response))
        if response.status_code >= 500:
            raise ServerFault(f"{shop.domain} answered the token request with HTTP {response.status_code}.")
        try:
            body = response.json()
            if response.status_code == 200:
                return str(body["access_token"]), float(body["expires_in"])
            reason = str(body.get("error", response.status_code))
        except (ValueError, KeyError, AttributeError):
            reason = f"HTTP {response.status_code}"
        raise ShopRefused(
            f"{shop.domain} gives no access token: {reason}.",
            code="GRANT_DENIED",
            remedy="Check client id and secret; app and shop must belong to one organization.",
        )
