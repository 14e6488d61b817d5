"""Processes of a house: single commands of the command line, and whatever runs until it is told to end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import IO

# A runner that is told to end finishes what is under way.
SECONDS_TO_END = 60.0


class HouseError(Exception):
    """A part of the house did not do what it must."""


def shelfwire(environment: Mapping[str, str], *arguments: str) -> str:
    """Run one command of the command line; returns what it printed.

    Raises:
        HouseError: it failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise HouseError(f"shelfwire {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


def start(
    module: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    stdout: int | None = None,
    stderr: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Run a module; whoever starts it ends it."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=stdout, stderr=stderr)


def stop(process: subprocess.Popen[bytes], seconds: float = SECONDS_TO_END) -> int:
    """Tell a process to end, unless it has; returns its exit code.

    Raises:
        HouseError: it did not end in time, and was killed.
    """
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise HouseError(f"Process {process.pid} did not end within {seconds:g} s.") from None
    finally:
        if process.stdout is not None:
            process.stdout.close()
