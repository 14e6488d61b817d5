"""The server: uvicorn in our own event loop, ended by our own signal."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress

import structlog
import uvicorn

from runner.db import Database
from runner.db.revision import revision
from runner.errors import DatabaseError, InvalidInput
from runner.schema.head import head
from runner.shopify.vault import Vault
from runner.webhooks.inbox import Inbox
from runner.webhooks.receiver import Receiver
from runner.webhooks.secrets import Secrets

log = structlog.get_logger()

# Connections at once; beyond, one is told to come again.
CONNECTIONS = 1_000
BACKLOG = 2_048


class Server:
    """Listens at once; answers until ``stopping`` is set, then finishes what it has begun.

    Raises:
        InvalidInput: the address cannot be listened at.
    """

    def __init__(self, database: Database, vault: Vault, host: str, port: int) -> None:
        self._db = database
        receiver = Receiver(Secrets(database, vault), Inbox(database), self._why_not)
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise InvalidInput(f"{host}:{port} cannot be listened at: {error.strerror}.") from error
        self._socket.listen(BACKLOG)
        self.port = int(self._socket.getsockname()[1])
        self._server = _Embedded(
            uvicorn.Config(
                receiver,
                http="httptools",
                loop="none",
                lifespan="off",
                log_level="error",
                access_log=False,
                server_header=False,
                date_header=False,
                proxy_headers=False,
                limit_concurrency=CONNECTIONS,
                backlog=BACKLOG,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=5,
            )
        )

    async def run(self, stopping: asyncio.Event) -> None:
        """Serve."""
        served = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        stopped = asyncio.create_task(stopping.wait())
        log.info("server.listening", port=self.port)
        await asyncio.wait((served, stopped), return_when=asyncio.FIRST_COMPLETED)
        self._server.should_exit = True
        stopped.cancel()
        with suppress(asyncio.CancelledError):
            await served

    async def _why_not(self) -> str | None:
        try:
            found = await revision(self._db)
        except DatabaseError:
            return "Postgres does not answer."
        return None if found == head() else "The schema is of another revision."


class _Embedded(uvicorn.Server):
    """Signals are the runner's."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield
