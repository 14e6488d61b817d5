"""Downloads of images that are on this machine. From elsewhere nothing is fetched: no traffic leaves the machine."""

from __future__ import annotations

import asyncio
from functools import cached_property
from ipaddress import ip_address

import httpx

from sandbox.state.entities import MediaImage

SECONDS = 5.0
"""Until a download is given up."""
AT_ONCE = 8


class Downloads:
    """Runs in the background of the requests that name images."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)

    def start(self, image: MediaImage) -> None:
        """An image of another host counts as downloaded."""
        if not is_on_this_machine(image.url):
            return
        image.is_downloading = True
        task = asyncio.get_running_loop().create_task(self._download(image))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _download(self, image: MediaImage) -> None:
        async with self._places:
            image.failure = await self._failure(image.url)
        image.is_downloading = False

    async def _failure(self, url: str) -> str | None:
        try:
            async with asyncio.timeout(SECONDS), self._client.stream("GET", url) as answer:
                if not answer.is_success:
                    return f"{answer.status_code} {answer.reason_phrase}".strip()
                async for _ in answer.aiter_raw():
                    pass
        except (TimeoutError, httpx.TimeoutException):
            return f"No answer within {SECONDS:g} seconds"
        except httpx.HTTPError as error:
            return str(error) or type(error).__name__
        return None

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        """Without proxies and redirects, either of which may lead away from here."""
        return httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


def is_on_this_machine(url: str) -> bool:
    try:
        host = httpx.URL(url).host
        return host == "localhost" or ip_address(host).is_loopback
    except (httpx.InvalidURL, ValueError):
        return False
