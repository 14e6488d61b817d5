"""The server process: one event loop, one shop, until it is told to end."""

from __future__ import annotations

import socket
from types import FrameType

import click
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.control.routes import routes as control_routes
from sandbox.http.api import Api
from sandbox.http.storage import Storage
from sandbox.service import Service
from sandbox.settings import Settings
from sandbox.shop.operations import OUTPUTS
from sandbox.shop.uploads import UPLOADS


class Protocol(HttpToolsProtocol):
    """Lets the application close a connection without an answer, as a broken network would."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["transport"] = self.transport


class Server(uvicorn.Server):
    """Says where it listens, and ends quietly."""

    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        click.echo(self._ready)

    def handle_exit(self, _sig: int, _frame: FrameType | None) -> None:
        """To be told to end is how a server ends: no signal is raised again afterwards."""
        self.should_exit = True


async def http_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return JSONResponse({"errors": error.detail}, error.status_code, error.headers)


def application(service: Service) -> Starlette:
    api, storage = Api(service), Storage(service)
    routes = [
        Route("/admin/api/{version}/graphql.json", api.graphql, methods=["POST"]),
        Route("/admin/oauth/access_token", api.token, methods=["POST"]),
        Route(f"/{UPLOADS}/", storage.take_form, methods=["POST"]),
        Route(f"/{UPLOADS}/{{key:path}}", storage.take_file, methods=["PUT"]),
        Route(f"/{OUTPUTS}/{{name}}", storage.download, methods=["GET"]),
        *control_routes(service),
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: http_error})


def serve(service: Service, settings: Settings) -> None:
    """Listen until SIGTERM or SIGINT."""
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise click.ClickException(f"cannot listen on {settings.host}:{settings.port}: {error}") from None
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    ready = f"sandbox: listening on http://{host}:{listener.getsockname()[1]} shop {settings.domain}"
    config = uvicorn.Config(
        application(service),
        http=Protocol,
        loop="auto",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
    )
    Server(config, ready).run(sockets=[listener])
