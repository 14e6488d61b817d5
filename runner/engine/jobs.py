"""The handler of PgQueuer's jobs: what a job's end means for the queue, whatever its kind."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import structlog
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job

from runner.db import Database
from runner.db import lanes as db
from runner.db.lanes import Turn
from runner.engine.lane import Lane
from runner.engine.pulse import Pulse
from runner.errors import (
    DatabaseError,
    DocumentRefused,
    InvalidInput,
    LostAnswer,
    Permanent,
    RequestRefused,
    ServerFault,
    ShopHeld,
    ShopifyError,
    Superseded,
    Transient,
    Unreachable,
)
from runner.shopify.client import ATTEMPTS, Client

log = structlog.get_logger()

FIRST_DELAY = 0.5
LONGEST_DELAY = 60.0
# An error nobody foresaw is tried this often before the job's keys are refused.
UNFORESEEN_ATTEMPTS = 5

# What may be true of every call to the shop, or of every one of the job's kind.
COUNTED = (Unreachable, LostAnswer, ServerFault, Permanent)

Handler = Callable[[Job], Awaitable[None]]
# What a job of some kind does with its lane.
Errand = Callable[[Lane, Client], Awaitable[None]]


def backoff(attempts: int) -> timedelta:
    """The wait before a job's next attempt: doubling from half a second to a minute, with jitter."""
    return timedelta(seconds=min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempts, 10)) * random.uniform(0.5, 1.5))


def handler(
    database: Database,
    errands: Mapping[str, Errand],
    client: Callable[[int], Awaitable[Client]],
    stopping: asyncio.Event,
    waiting: Mapping[str, Pulse],
    done: Callable[[], None],
) -> Handler:
    """The handler of every lane.

    ``errands`` by kind; ``waiting`` beats, for each entrypoint, when something waits for its job; ``done`` is called
    when a lane is free.
    """

    async def handle(job: Job) -> None:
        payload = json.loads(job.payload or b"{}")
        turn = Turn(payload["shop_id"], payload["kind"], payload["lane"], job.id)
        # On every line that this job's task logs, whoever logs it.
        structlog.contextvars.bind_contextvars(shop_id=turn.shop_id, kind=turn.kind, lane=turn.lane, job_id=job.id)
        try:
            circuit = await db.enter_circuit(database, turn)
            if circuit == "held":
                log.info("job.held")
                return
            attempts = 1 if circuit == "probe" else ATTEMPTS
            lane = Lane(database, turn, stopping, waiting[job.entrypoint], attempts)
            await errands[turn.kind](lane, await client(turn.shop_id))
        except ShopHeld:
            log.info("job.held")
        except Superseded as error:
            log.info("job.superseded", reason=error.message)
        except DatabaseError as error:
            database.outage.note(error)
            raise RetryRequested(timedelta(0) if stopping.is_set() else backoff(job.attempts), str(error)) from error
        except (Transient, Permanent, InvalidInput) as error:
            delay = timedelta(0) if stopping.is_set() else backoff(job.attempts)
            if isinstance(error, COUNTED):
                await _count(database, turn, error)
            log.warning(
                "job.retried",
                attempt=job.attempts + 1,
                seconds=delay.total_seconds(),
                error=str(error),
            )
            raise RetryRequested(delay, str(error)) from error
        except Exception as error:
            log.exception("job.failed", attempt=job.attempts + 1)
            if job.attempts + 1 < UNFORESEEN_ATTEMPTS:
                raise RetryRequested(backoff(job.attempts), repr(error)) from error
            await db.refuse_job(database, turn, "INTERNAL", f"{type(error).__name__}: {error}")
        finally:
            done()

    return handle


def _document(error: ShopifyError) -> str | None:
    """The document that is refused, where it is not the shop that refuses."""
    return error.document if isinstance(error, DocumentRefused | RequestRefused) else None


async def _count(database: Database, turn: Turn, error: ShopifyError) -> None:
    """The circuit of the shop, or of the kind, is told; if Postgres is away too, the next failure will do."""
    try:
        state = await db.note_failure(
            database, turn, error.code, str(error), refused=isinstance(error, Permanent), document=_document(error)
        )
    except DatabaseError as away:
        database.outage.note(away)
    else:
        log.info("circuit.told", state=state, error=error.code)
