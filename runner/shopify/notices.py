"""What Shopify's answers say of themselves: the version that gave them, and what will not work much longer."""

from __future__ import annotations

import time
from typing import Any

from runner.db import Database
from runner.db import alerts as db
from runner.errors import DatabaseError
from runner.shopify.client import Call
from runner.shopify.documents import API_VERSION

# What has been told already is told again after so long, for another process may have raised the alert.
AGAIN_SECONDS = 60.0


class Notices:
    """Tells the alerts of one shop. Most answers cost nothing: only what changes is told at once."""

    def __init__(self, database: Database, shop_id: int, domain: str) -> None:
        self._db = database
        self._shop_id = shop_id
        self._domain = domain
        self._told: dict[tuple[str, str], tuple[str | None, float]] = {}

    async def read(self, call: Call) -> None:
        """Raise or clear ``api_version`` and ``api_deprecated``. Never fails: a call is worth more than its alert."""
        if call.version is not None:
            await self._tell(
                "api_version", "", None if call.version == API_VERSION else call.version,
                f"{self._domain} answers with API version {call.version}; {API_VERSION} was asked for.",
                {"asked": API_VERSION, "answered": call.version},
            )  # fmt: skip
        if call.http_status == 200:
            await self._tell(
                "api_deprecated", call.document, call.deprecated,
                f"Shopify says that {call.document} uses something deprecated: {call.deprecated}",
                {"document": call.document, "reason": call.deprecated},
            )  # fmt: skip

    async def _tell(self, rule: str, subject: str, trouble: str | None, message: str, detail: dict[str, Any]) -> None:
        now = time.monotonic()
        before, at = self._told.get((rule, subject), ("", -AGAIN_SECONDS))
        if before == trouble and now - at < AGAIN_SECONDS:
            return
        self._told[rule, subject] = trouble, now
        try:
            if trouble is None:
                await db.clear_alert(self._db, rule, self._shop_id, subject)
            else:
                await db.raise_alert(self._db, rule, self._shop_id, subject, message, detail)
        except DatabaseError as error:
            del self._told[rule, subject]
            self._db.outage.note(error)
