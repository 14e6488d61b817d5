"""How calls travel: httpx over aiohttp's connections, at half the work of httpx's own."""

from __future__ import annotations

import asyncio

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=64, keepalive_expiry=60)


def http(timeout: httpx.Timeout) -> httpx.AsyncClient:
    """The client for calls of the Admin API. Proxies are those of the environment."""
    # A star more than httpx's own name for every address: the environment's ALL_PROXY has that one, and comes first.
    return httpx.AsyncClient(mounts={"all://*": Transport(limits=LIMITS)}, limits=LIMITS, timeout=timeout)


class Transport(AiohttpTransport):
    """Says of every failure whether the request was sent, which httpx-aiohttp does not."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read its answer, all of it.

        Raises:
            ConnectError, ConnectTimeout: no connection was made.
            TransportError: any other failure: it may have been sent.
        """
        try:
            response = await super().handle_async_request(request)
            try:
                # Its own timeout is not enough: aiohttp never ends a body that turns out not to be HTTP.
                async with asyncio.timeout(request.extensions["timeout"]["read"]):
                    await response.aread()
            finally:
                await response.aclose()
            return response
        except httpx.ConnectTimeout as error:
            if isinstance(error.__cause__, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
                raise
            raise httpx.ReadError("The connection was closed.") from error
        except TimeoutError as error:
            raise httpx.ReadTimeout("The answer did not end in time.") from error
        except (aiohttp.ClientError, RuntimeError, ValueError) as error:
            raise httpx.RemoteProtocolError("This was not HTTP.") from error
