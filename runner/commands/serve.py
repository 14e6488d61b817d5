"""The server that takes webhooks."""

from __future__ import annotations

import asyncio
import signal

import click

from runner.commands.core import execute
from runner.config import Settings
from runner.db import Database
from runner.db.session import RUNNER
from runner.shopify.vault import Vault
from runner.webhooks.server import Server

# To Postgres: one stores, others are asked for secrets and for readiness.
POOL = 4


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; a proxy stands before it.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any that is free.")
@click.pass_obj
def serve(settings: Settings, host: str, port: int) -> None:
    """Take webhooks until SIGTERM. Any number may run beside each other; each needs a proxy that ends TLS."""

    async def work() -> None:
        vault = Vault(settings.secret_key)
        stopping = asyncio.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signum, stopping.set)
        async with Database.open(
            settings.database_url, size=POOL, timeout=settings.connect_timeout, session=RUNNER
        ) as database:
            server = Server(database, vault, host, port)
            click.echo(f"shelfwire: listening on http://{host}:{server.port}", err=True)
            await server.run(stopping)

    execute(work())
