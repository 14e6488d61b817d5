"""Access tokens: a static one, or one that the client credentials grant gives for a day at a time."""

from __future__ import annotations

from datetime import timedelta

import httpx

from runner.db import Database, push
from runner.db import shops as db_shops
from runner.db.shops import Shop
from runner.errors import LostAnswer, ServerFault, ShopRefused, Throttled, Unreachable
from runner.vault import Vault

# Renewed this long before it ends, so that no call meets an expired token.
MARGIN = timedelta(minutes=5)


class Tokens:
    """The access token of one shop, shared by all runner processes through the database."""

    def __init__(self, db: Database, vault: Vault, http: httpx.AsyncClient, shop: Shop) -> None:
        self._db = db
        self._vault = vault
        self._http = http
        self._shop = shop
        self._token: str | None = None
        self._renewable = shop.grant_type == "client_credentials"

    @property
    def renewable(self) -> bool:
        """Whether a refused token can be replaced by asking again."""
        return self._renewable

    async def get(self, *, refused: str | None = None) -> str:
        """The token to send; ``refused`` is one that Shopify no longer takes.

        Raises:
            ShopRefused: the grant is denied, for good.
            Transient: the grant could not be asked for just now.
        """
        if not self._renewable:
            self._token = self._token or self._vault.open(self._shop.secret)
            return self._token
        if self._token is None or self._token == refused or await self._ends_soon():
            self._token = await self._renew(refused)
        return self._token

    async def _ends_soon(self) -> bool:
        expires_at = self._shop.access_token_expires_at
        return expires_at is None or expires_at - await push.now(self._db) < MARGIN

    async def _renew(self, refused: str | None) -> str:
        async with db_shops.locked_shop(self._db, self._shop.id) as (shop, store):
            self._shop = shop
            if shop.access_token is not None and not await self._ends_soon():
                # Another process was here first.
                token = self._vault.open(shop.access_token)
                if token != refused:
                    return token
            token, lifetime = await self._ask(shop)
            await store(self._vault.seal(token), lifetime)
        self._shop = (await db_shops.shops(self._db, shop.domain))[0]
        return token

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
