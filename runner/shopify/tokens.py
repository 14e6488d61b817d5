"""Access tokens: a static one, or one that the client credentials grant gives for a day at a time."""

from __future__ import annotations

import math
import time

import httpx

from runner.db import Database
from runner.db import shops as db_shops
from runner.db.shops import Shop
from runner.errors import LostAnswer, ServerFault, ShopRefused, Throttled, Unreachable
from runner.shopify.vault import Vault

# Renewed this many seconds before it ends, so that no call meets an expired token.
MARGIN = 300.0


class Tokens:
    """The access token of one shop, shared by all runner processes through the database."""

    def __init__(self, db: Database, vault: Vault, http: httpx.AsyncClient, shop: Shop) -> None:
        self._db = db
        self._vault = vault
        self._http = http
        self._shop = shop
        self._token: str | None = None
        self._good_until = 0.0

    async def get(self, *, refused: str | None = None) -> str:
        """The token to send; ``refused`` is one that Shopify does not take.

        Raises:
            ShopRefused: there is no other token, or the grant is denied.
            Transient: the grant could not be asked for just now.
        """
        if self._token is None or self._token == refused or time.monotonic() > self._good_until:
            await self._load(refused)
        assert self._token is not None
        return self._token

    async def _load(self, refused: str | None) -> None:
        """Take the stored token if it is good; ask for another under the shop's lock if it is not."""
        async with db_shops.locked_shop(self._db, self._shop.id) as (shop, store):
            self._shop = shop
            token: str | None
            if shop.grant_type == "token":
                token, seconds = self._vault.open(shop.secret), math.inf
                if token == refused:
                    raise ShopRefused(
                        f"{shop.domain} does not take the access token, or no longer.",
                        code="UNAUTHORIZED",
                        remedy=f"Run: shelfwire shop token {shop.domain}",
                    )
            else:
                token = self._vault.open(shop.access_token) if shop.access_token is not None else None
                seconds = (shop.access_token_seconds or 0) - MARGIN
                if token is None or token == refused or seconds <= 0:
                    token, lifetime = await self._ask(shop)
                    seconds = lifetime - min(MARGIN, lifetime / 2)
                    await store(self._vault.seal(token), lifetime)
        self._token = token
        self._good_until = time.monotonic() + seconds

    async def _ask(self, shop: Shop) -> tuple[str, float]:
        try:
            response = await self._http.post(
                f"{shop.url}/admin/oauth/access_token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": shop.client_id or "",
                    "client_secret": self._vault.open(shop.secret),
                },
                # Without it errors come as HTML.
                headers={"Accept": "application/json"},
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(f"{shop.domain} is out of reach at {shop.url}.") from error
        except httpx.TransportError as error:
            raise LostAnswer(f"{shop.domain} did not answer the token request.") from error
        if response.status_code == 429:
            raise Throttled(wait=float(response.headers.get("Retry-After", 1)))
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
