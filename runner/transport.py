"""How calls travel: httpx over aiohttp's connections, at half the work of httpx's own."""

from __future__ import annotations

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport


class Transport(AiohttpTransport):
    """Says of every failure whether the request was sent, which httpx-aiohttp does not."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            ConnectError, ConnectTimeout: no connection was made.
            TransportError: any other failure: it may have been sent.
        """
        try:
            return await super().handle_async_request(request)
        except httpx.ConnectTimeout as error:
            if isinstance(error.__cause__, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
                raise
            raise httpx.ReadError("The connection was closed.") from error
        except aiohttp.ClientError as error:
            raise httpx.RemoteProtocolError("The answer was not HTTP.") from error
