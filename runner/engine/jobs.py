"""The handlers of PgQueuer's jobs: what a job's end means for the queue."""

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
from runner.db import push as db_push
from runner.engine.pulse import Pulse
from runner.engine.push import Push
from runner.errors import (
    DatabaseError,
    InvalidInput,
    LaneTaken,
    LostAnswer,
    ServerFault,
    ShopHeld,
    ShopifyError,
    ShopRefused,
    Transient,
    Unreachable,
)
from runner.shopify.client import ATTEMPTS, Client

log = structlog.get_logger()

FIRST_DELAY = 0.5
LONGEST_DELAY = 60.0
# An error nobody foresaw is tried this often before the job's keys are refused.
UNFORESEEN_ATTEMPTS = 5

# What may be true of every call to the shop.
COUNTED = (Unreachable, LostAnswer, ServerFault, ShopRefused)

Handler = Callable[[Job], Awaitable[None]]


def backoff(attempts: int) -> timedelta:
    """The wait before a job's next attempt: doubling from half a second to a minute, with jitter."""
    return timedelta(seconds=min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempts, 10)) * random.uniform(0.5, 1.5))


def push_inventory(
    database: Database,
    client: Callable[[int], Awaitable[Client]],
    stopping: asyncio.Event,
    waiting: Mapping[str, Pulse],
    done: Callable[[], None],
) -> Handler:
    """The handler of every ``push_inventory`` lane.

    ``waiting`` beats, for each entrypoint, when something waits for its job; ``done`` is called when a lane is free.
    """

    async def handle(job: Job) -> None:
        payload = json.loads(job.payload or b"{}")
        shop_id = payload["shop_id"]
        # On every line that this job's task logs, whoever logs it.
        structlog.contextvars.bind_contextvars(shop_id=shop_id, lane=payload["lane"], job_id=job.id)
        try:
            circuit = await db_push.enter_circuit(database, shop_id, job.id)
            if circuit == "held":
                log.info("job.held")
                return
            attempts = 1 if circuit == "probe" else ATTEMPTS
            push = Push(
                database,
                await client(shop_id),
                shop_id,
                payload["lane"],
                job.id,
                stopping,
                waiting[job.entrypoint],
                attempts,
            )
            await push.run()
        except LaneTaken as error:
            log.info("job.superseded", reason=error.message)
        except ShopHeld:
            log.info("job.held")
            await db_push.give_back(database, shop_id, job.id)
        except DatabaseError as error:
            database.outage.note(error)
            raise RetryRequested(timedelta(0) if stopping.is_set() else backoff(job.attempts), str(error)) from error
        except (Transient, ShopRefused, InvalidInput) as error:
            delay = timedelta(0) if stopping.is_set() else backoff(job.attempts)
            if isinstance(error, COUNTED):
                await _count(database, shop_id, job, error)
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
            keys = await db_push.keys_of(database, job.id)
            await db_push.refuse_keys(
                database, shop_id, job.id, keys, "INTERNAL", f"{type(error).__name__}: {error}",
                "This is a defect of Shelfwire: report it with the runner's log, then run: shelfwire refusals retry",
            )  # fmt: skip
            await db_push.settle_push(database, shop_id, job.id, keys)
        finally:
            done()

    return handle


async def _count(database: Database, shop_id: int, job: Job, error: ShopifyError) -> None:
    """The shop's circuit is told; if Postgres is away too, the next failure will do."""
    try:
        state = await db_push.note_failure(
            database, shop_id, job.id, error.code, str(error), isinstance(error, ShopRefused)
        )
    except DatabaseError as away:
        database.outage.note(away)
    else:
        log.info("circuit.told", state=state, error=error.code)
