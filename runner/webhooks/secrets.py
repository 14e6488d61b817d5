"""What webhooks are signed with: read from the database, and read again when a signature does not fit."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from runner.db import Database
from runner.db import webhooks as db
from runner.errors import DatabaseError, ShopRefused
from runner.shopify.vault import Vault

log = structlog.get_logger()

# So old it may be; and when nothing fits it is read anew, so often at most.
FRESH = 10.0
AGAIN = 1.0


@dataclass(frozen=True)
class Known:
    """A shop and the secrets that its webhooks may be signed with, the current one first."""

    shop_id: int
    secrets: tuple[bytes, ...] = field(repr=False)

    def signed(self, body: bytes, signature: bytes) -> bool:
        """Whether a body was signed with one of them; each is tried, in the same time."""
        fits = [
            hmac.compare_digest(base64.b64encode(hmac.digest(secret, body, hashlib.sha256)), signature)
            for secret in self.secrets
        ]
        return any(fits)


class Secrets:
    """Shops by their domains."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._db = database
        self._vault = vault
        self._known: dict[str, Known] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def of(self, domain: str) -> Known | None:
        """A shop as it is known; None: there is none.

        Raises:
            DatabaseError: it cannot be read, and is not known from before.
        """
        is_known = domain in self._known
        try:
            await self._renew(FRESH if is_known else AGAIN)
        except DatabaseError:
            if not is_known:
                raise
        return self._known.get(domain)

    async def anew(self, domain: str) -> Known | None:
        """A shop, after a signature did not fit: somebody may have changed its secret a moment ago."""
        await self._renew(AGAIN)
        return self._known.get(domain)

    async def _renew(self, seconds: float) -> None:
        """Read all of them, unless that was done so lately: once for all who ask meanwhile."""
        if time.monotonic() - self._read_at > seconds:
            async with self._reading:
                if (begun := time.monotonic()) - self._read_at > seconds:
                    found = await db.signers(self._db)
                    self._known = {one.domain: Known(one.shop_id, self._opened(one)) for one in found}
                    self._read_at = begun

    def _opened(self, signer: db.Signer) -> tuple[bytes, ...]:
        return tuple(dict.fromkeys(self._each(signer.secrets, signer.domain, signer.url)))

    def _each(self, sealed: Sequence[bytes], domain: str, url: str) -> list[bytes]:
        found = []
        for one in sealed:
            try:
                found.append(self._vault.open(one, domain, url).encode())
            except ShopRefused as error:
                log.warning("webhook.secret_closed", shop=domain, error=error.message)
        return found
