"""The command: its options, and the shop they describe."""

from __future__ import annotations

import gc
import re
from pathlib import Path
from typing import Any

import click

from sandbox.http.server import serve
from sandbox.limits.tokens import SCOPES
from sandbox.opening.generator import VARIANTS_LIMIT, generate
from sandbox.opening.sheet import BadSpreadsheet
from sandbox.opening.spreadsheet import load
from sandbox.service import Service
from sandbox.settings import Settings

POSITIVE = click.IntRange(1)


def _shop(_: click.Context, __: click.Parameter, value: str) -> str:
    name = value.removesuffix(".myshopify.com")
    if not re.match(r"[a-z0-9][a-z0-9-]*\Z", name):
        raise click.BadParameter(f"{value!r} is not the name of a shop: lower-case letters, digits and hyphens")
    return name


def _names(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    if not names:
        raise click.BadParameter("at least one name is needed")
    if len(set(names)) != len(names):
        raise click.BadParameter("a name is there twice")
    return names


def _scopes(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    scopes = tuple(scope.strip() for scope in value.split(",") if scope.strip())
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise click.BadParameter(f"unknown: {', '.join(unknown)}; known are {', '.join(SCOPES)}")
    return scopes


def _currency(_: click.Context, __: click.Parameter, value: str) -> str:
    if not re.match(r"[A-Z]{3}\Z", value):
        raise click.BadParameter(f"{value!r} is no currency code such as USD")
    return value


@click.command("sandbox")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="0 picks any free port.")
@click.option("--shop", default="demo", show_default=True, callback=_shop, help="NAME.myshopify.com")
@click.option("--catalog", type=click.Path(path_type=Path), help="A Shopify product CSV export to start with.")
@click.option("--track-all", is_flag=True, help="Track items even where the CSV says nothing about it.")
@click.option("--products", type=click.IntRange(0), default=0, help="Generate this many products.")
@click.option("--variants-per-product", type=click.IntRange(1, VARIANTS_LIMIT), default=1, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the generator.")
@click.option("--stock", type=int, default=0, show_default=True, help="Available at first, per generated level.")
@click.option("--locations", default="Main warehouse", show_default=True, callback=_names, help="By comma.")
@click.option("--token", default="shpat_sandbox", show_default=True, help="Access token that is accepted.")
@click.option("--client-id", default="sandbox-client", show_default=True)
@click.option("--client-secret", default="sandbox-secret", show_default=True)
@click.option(
    "--token-lifetime",
    type=click.FloatRange(0, min_open=True),
    default=86_400.0,
    show_default=True,
    help="Seconds that a token of the client-credentials grant lives.",
)
@click.option("--scopes", default=",".join(SCOPES), callback=_scopes, help="By comma; all by default.")
@click.option("--capacity", type=POSITIVE, default=2_000, show_default=True, help="Of the bucket.")
@click.option("--restore-rate", type=POSITIVE, default=100, show_default=True, help="Per second.")
@click.option("--unlimited", is_flag=True, help="No bucket.")
@click.option("--latency-ms", type=click.FloatRange(0), default=0.0, help="Added to every answer.")
@click.option("--currency", default="USD", show_default=True, callback=_currency)
@click.option("--index-lag-seconds", type=click.FloatRange(0), default=0.0, help="Searches lag behind writes.")
def command(**options: Any) -> None:
    """Run a local Shopify: the Admin API over HTTP, its state in memory."""
    settings = Settings(**options)
    if settings.catalog is None and settings.track_all:
        raise click.UsageError("--track-all is about the items of --catalog")
    # What is made now stays: collecting garbage while a large shop grows only costs time.
    gc.disable()
    service = Service(settings)
    for name in settings.locations:
        service.store.add_location(name)
    try:
        if settings.catalog is not None:
            load(settings.catalog, service.store, settings.track_all)
    except BadSpreadsheet as error:
        raise click.UsageError(str(error)) from None
    generate(service.store, settings.products, settings.variants_per_product, settings.seed, settings.stock)
    gc.freeze()
    gc.enable()
    serve(service, settings)
