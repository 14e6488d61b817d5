"""The demo's other processes: the sandbox, the runner, and single commands of the command line."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LISTENING = re.compile(r"listening on (\S+) shop (\S+)")


class DemoError(Exception):
    """A part of the demo did not do what it must."""


def shelfwire(environment: Mapping[str, str], *arguments: str) -> str:
    """Run one command of the command line; returns what it printed.

    Raises:
        DemoError: it failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise DemoError(f"shelfwire {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


def environment(dsn: str, token: str, mapping: Path) -> dict[str, str]:
    """The settings that commands and the runner need: database, token, mapping file, and a fresh secret key."""
    return {
        "SHELFWIRE_DATABASE_URL": dsn,
        "SHELFWIRE_SECRET_KEY": shelfwire({}, "shop", "key"),
        "SHELFWIRE_TOKEN": token,
        "SHELFWIRE_WAREHOUSE_MAP": str(mapping),
    }


def set_up(environment: Mapping[str, str], domain: str, url: str) -> Iterator[tuple[str, str]]:
    """From an empty database with a warehouse to a linked shop; yields each command and what it printed."""
    for command in (("db", "upgrade"), ("attach",), ("shop", "add", domain, "--url", url), ("link",)):
        yield f"shelfwire {' '.join(command)}", shelfwire(environment, *command)


def go_live(environment: Mapping[str, str], domain: str) -> Iterator[tuple[str, str]]:
    """Make a plan of a linked shop and go live on it; yields each command and what it printed."""
    plan = shelfwire(environment, "plan", "--limit", "5")
    yield "shelfwire plan --limit 5", plan
    # Its last word is the fingerprint.
    command = ("shop", "mode", domain, "live", "--plan", plan.split()[-1])
    yield f"shelfwire {' '.join(command)}", shelfwire(environment, *command)


@contextmanager
def sandbox(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Run the sandbox; yields its address and its shop's domain.

    Raises:
        DemoError: it did not start.
    """
    with _running([sys.executable, "-m", "sandbox", *arguments], {}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        found = LISTENING.search(line)
        if not found:
            raise DemoError("The sandbox did not start.")
        yield found[1], found[2]


@contextmanager
def runner(environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the runner; its log goes to a file."""
    with log.open("wb") as file, _running([sys.executable, "-m", "cli", "run"], environment, stderr=file) as process:
        yield process


@contextmanager
def _running(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    stdout: int | None = None,
    stderr: IO[bytes] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=stdout, stderr=stderr)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
