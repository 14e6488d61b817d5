"""Shops: add one, look at it, keep the clients that call them."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx

from runner.config import Settings
from runner.db import Database
from runner.db import costs as db_costs
from runner.db import shops as db
from runner.db.costs import Learned
from runner.db.shops import Shop
from runner.errors import DatabaseError, InvalidInput, LaneGone, ShopifyError, ShopRefused
from runner.shopify import transport
from runner.shopify.budget import Budget
from runner.shopify.client import Call, Client
from runner.shopify.costs import Costs, read_costs
from runner.shopify.documents import API_VERSION, document
from runner.shopify.locations import read_locations
from runner.shopify.notices import Notices
from runner.shopify.tokens import Tokens
from runner.shopify.vault import Vault, is_other_key

NOT_KEPT = {
    "UNAUTHORIZED": "Copy the app's Admin API access token anew",
    "ACCESS_DENIED": "Give the app what it lacks in Shopify and install it again",
    "FORBIDDEN": "Give the app its scopes in Shopify and install it again",
}
"""What to do about a token that a new shop refuses, by the refusal's code."""
HOST = re.compile(r"[0-9A-Za-z._-]+|\[?[0-9A-Fa-f:.]+\]?")
DOMAIN = re.compile(r"^[a-z0-9][a-z0-9-]*\.myshopify\.com$")


@dataclass(frozen=True)
class Credentials:
    """What an access token comes from: either a static token, or a client id and its secret."""

    token: str | None = None
    client_id: str | None = None
    client_secret: str | None = None


class Calls:
    """The calls of one shop."""

    def __init__(self, database: Database, shop: Shop) -> None:
        self._db = database
        self._shop_id = shop.id
        self._notices = Notices(database, shop.id, shop.domain)

    async def read(self, call: Call) -> None:
        """Tell what an answer says of itself."""
        await self._notices.read(call)

    async def write(self, call: Call) -> None:
        """Log a call and correct the budget by its answer."""
        await db.record_call(self._db, self._shop_id, call.entry())

    async def learn(self, cost: Learned) -> None:
        """Keep what a document costs. If Postgres is away, the next runner learns it anew."""
        with suppress(DatabaseError):
            await db_costs.learn_cost(self._db, self._shop_id, cost)


class Shops:
    """The clients of all shops in one process."""

    def __init__(
        self, database: Database, settings: Settings, http: httpx.AsyncClient, stopping: asyncio.Event
    ) -> None:
        self.db = database
        self._settings = settings
        self._http = http
        self._stopping = stopping
        self._clients: dict[int, Client] = {}

    @classmethod
    @asynccontextmanager
    async def open(
        cls, database: Database, settings: Settings, stopping: asyncio.Event | None = None
    ) -> AsyncIterator[Shops]:
        """Hold the HTTP connections open; ``stopping`` ends every wait for budget."""
        timeout = httpx.Timeout(settings.http_timeout, connect=settings.connect_timeout)
        async with transport.http(timeout) as http:
            yield cls(database, settings, http, stopping or asyncio.Event())

    async def client(self, shop_id: int) -> Client:
        """The client of a shop.

        Raises:
            LaneGone: the shop was removed.
            InvalidInput: there is no key to its token.
        """
        if shop_id not in self._clients:
            shop = await db.shop(self.db, shop_id)
            if shop is None:
                raise LaneGone(f"Shop number {shop_id} was removed.")
            self._clients[shop_id] = self._client(shop, await read_costs(self.db, shop_id))
        return self._clients[shop_id]

    def _client(self, shop: Shop, costs: Costs) -> Client:
        tokens = Tokens(self.db, Vault(self._settings.secret_key), self._http, shop)
        budget = Budget(self.db, shop.id, self._stopping)
        return Client(self._http, shop.url, tokens, budget, Calls(self.db, shop), self._settings.bulk_patience, costs)

    async def add(
        self, domain: str, url: str | None, credentials: Credentials, *, plain: bool = False, new_key: bool = False
    ) -> dict[str, Any]:
        """Store a shop and verify it; a shop that cannot be verified is not kept.

        Args:
            url: where it answers, if not at its domain.
            plain: the token may be sent unencrypted, to another machine too.
            new_key: the key that the other shops' tokens were encrypted with is lost.

        Raises:
            InvalidInput: the domain is no shop's, the credentials are incomplete, or the shop is known already; or the
                other shops have another key.
            ShopifyError: as `verify`.
        """
        if not DOMAIN.match(domain):
            raise InvalidInput(f"{domain} is no shop: a shop's domain looks like name.myshopify.com.")
        url = _address(url or f"https://{domain}", plain=plain)
        if any(shop.domain == domain for shop in await db.shops(self.db)):
            raise InvalidInput(f"{domain} was added before.", remedy=f"Run: shelfwire shop verify {domain}")
        if not new_key:
            await self._check_key(domain)
        shop_id = await db.add_shop(self.db, domain, url, *self._seal(credentials, domain, url))
        try:
            return await self.verify(domain)
        except BaseException as error:
            await db.remove_shop(self.db, shop_id)
            if isinstance(error, ShopRefused) and error.code in NOT_KEPT:
                # The shop is not kept: a command about it would not find it.
                error.remedy = f"{NOT_KEPT[error.code]}, then run this again: shelfwire shop add {domain}"
            raise

    async def replace_credentials(
        self, domain: str, credentials: Credentials, *, new_key: bool = False
    ) -> dict[str, Any]:
        """Give a shop another token and verify it; one that does not pass leaves the old one in place.

        Args:
            new_key: the key that the other shops' tokens were encrypted with is lost.

        Raises:
            InvalidInput: there is no such shop, the credentials are incomplete, or the other shops have another key.
            ShopifyError: as `verify`.
        """
        (shop,) = await db.shops(self.db, domain)
        if not new_key:
            await self._check_key(domain)
        await db.set_credentials(self.db, shop.id, *self._seal(credentials, domain, shop.url))
        try:
            return await self.verify(domain)
        except BaseException:
            await db.set_credentials(self.db, shop.id, shop.grant_type, shop.client_id, shop.secret)
            raise

    async def _check_key(self, domain: str) -> None:
        """See that our key is that of the other shops: a runner has one for all.

        Raises:
            InvalidInput: it opens none of their tokens.
        """
        others = [shop for shop in await db.shops(self.db) if shop.domain != domain]
        if is_other_key(Vault(self._settings.secret_key).closed(others), others):
            raise InvalidInput(
                "The tokens of the other shops were encrypted with another secret key than SHELFWIRE_SECRET_KEY.",
                remedy="Set that key. If it is lost, say --new-key, for each of them: shelfwire shop token DOMAIN",
            )

    def _seal(self, given: Credentials, domain: str, url: str) -> tuple[str, str | None, bytes]:
        by_token, by_client = given.token is not None, given.client_id is not None
        if by_token == by_client or by_client != (given.client_secret is not None):
            raise InvalidInput("Give either a token, or a client id and its secret.")
        vault = Vault(self._settings.secret_key)
        if by_token:
            return "token", None, vault.seal(given.token or "", domain, url)
        return "client_credentials", given.client_id, vault.seal(given.client_secret or "", domain, url)

    async def verify(self, domain: str) -> dict[str, Any]:
        """Ask a shop who it is and note its answers, among them its locations.

        Returns ``domain, name, currency, version, scopes, missing_scopes, locations``.

        Raises:
            InvalidInput: there is no such shop.
            ShopRefused: the token is refused, another shop answers, or another API version does.
            Transient: it cannot be asked just now.
        """
        (shop,) = await db.shops(self.db, domain)
        client = await self.client(shop.id)
        try:
            answer = await client.execute(document("Shop"), {}, attempts=2)
        except ShopifyError as error:
            host = httpx.URL(shop.url).host
            if host not in error.message and domain not in error.message:
                error.message = f"{host}: {error.message}"
            raise
        about = answer.data["shop"]
        if about["myshopifyDomain"] != domain:
            raise ShopRefused(f"At {shop.url} another shop answers: {about['myshopifyDomain']}.", code="OTHER_SHOP")
        if answer.call.version not in (None, API_VERSION):
            raise ShopRefused(
                f"{domain} answered with API version {answer.call.version}; this code speaks {API_VERSION}.",
                code="WRONG_API_VERSION",
                remedy="Use a release of Shelfwire for that version.",
            )
        scopes = [s["handle"] for s in answer.data["currentAppInstallation"]["accessScopes"]]
        missing = missing_scopes(scopes, await db.needed_scopes(self.db, shop.id))
        if missing:
            raise ShopRefused(
                f"The token of {domain} lacks the scopes {', '.join(missing)}.",
                code="ACCESS_DENIED",
                remedy="Give the app these scopes in Shopify and install it again.",
            )
        locations = await read_locations(self.db, client, shop.id)
        await db.record_verified(self.db, shop.id, about["name"], about["currencyCode"], scopes)
        return {
            "domain": domain,
            "name": about["name"],
            "currency": about["currencyCode"],
            "version": answer.call.version,
            "scopes": scopes,
            "locations": locations,
        }


def _address(text: str, *, plain: bool) -> str:
    """An address as it is stored.

    Raises:
        InvalidInput: it is none, or a token would be sent there in the clear.
    """
    try:
        url = httpx.URL(text)
        host, port = url.host, url.port
    except (httpx.InvalidURL, UnicodeError):
        url, host, port = httpx.URL(""), "", None
    if not HOST.fullmatch(url.raw_host.decode("ascii", "replace")) or not (port is None or 0 < port < 65536):
        host = ""
    if url.scheme not in ("http", "https") or not host or url.userinfo or url.query or url.path not in ("", "/"):
        raise InvalidInput(f"{text!r} is no address: it looks like https://name.myshopify.com.")
    if url.scheme == "http" and not plain and host != "localhost" and not _is_loopback(host):
        raise InvalidInput(
            f"At {text} the token would be sent unencrypted.", remedy="Give an https address, or say --plain-http."
        )
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def missing_scopes(scopes: Sequence[str], needed: Sequence[str]) -> list[str]:
    """Scopes that are needed and not granted; write implies read."""
    granted = {*scopes, *(s.replace("write_", "read_", 1) for s in scopes)}
    return [s for s in needed if s not in granted]
