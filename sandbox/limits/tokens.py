"""Access tokens and their scopes: the static one, and those of the client-credentials grant, which expire.

https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from sandbox.clock import Clock

SCOPES = (
    "read_inventory",
    "read_locations",
    "read_products",
    "read_publications",
    "write_inventory",
    "write_locations",
    "write_products",
    "write_publications",
)

STATIC = "custom-app"
"""The app that the static token belongs to."""


def granted(scopes: tuple[str, ...]) -> frozenset[str]:
    """Writing implies reading."""
    return frozenset(scopes) | {scope.replace("write_", "read_") for scope in scopes}


@dataclass(frozen=True, slots=True)
class Client:
    id: str
    secret: str
    token_lifetime: float


class Tokens:
    def __init__(self, clock: Clock, static: str, client: Client, scopes: tuple[str, ...]) -> None:
        self._clock = clock
        self._static = static
        self._client = client
        self.scopes = scopes
        self.granted = granted(scopes)
        self._issued: dict[str, float] = {}

    def app_of(self, token: str) -> str | None:
        """Which app the token speaks for; None if it is unknown, expired or revoked."""
        if token and hmac.compare_digest(token.encode(), self._static.encode()):
            return STATIC
        if self._issued.get(token, 0) > self._clock.monotonic():
            return self._client.id
        return None

    def revoke(self, token: str) -> None:
        """An issued token stops working; the static one cannot expire."""
        self._issued.pop(token, None)

    def grant(self, form: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of the answer to a token request."""
        if form.get("grant_type") != "client_credentials":
            return _refusal("unsupported_grant_type", "The grant type is not supported.")
        known = hmac.compare_digest(str(form.get("client_id", "")).encode(), self._client.id.encode())
        if not known:
            return _refusal("application_cannot_be_found", "No application with this client id.")
        if not hmac.compare_digest(str(form.get("client_secret", "")).encode(), self._client.secret.encode()):
            return _refusal("invalid_client", "Client authentication failed.", 401)
        token = f"shpat_{secrets.token_hex(16)}"
        now = self._clock.monotonic()
        self._issued = {one: end for one, end in self._issued.items() if end > now}
        self._issued[token] = now + self._client.token_lifetime
        return 200, {
            "access_token": token,
            "scope": ",".join(self.scopes),
            "expires_in": max(0, int(self._client.token_lifetime) - 1),
        }


def _refusal(error: str, description: str, status: int = 400) -> tuple[int, dict[str, Any]]:
    return status, {"error": error, "error_description": description}
