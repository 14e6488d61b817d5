"""Commands as a person types them, run in this process: most of a command's time is the start of its own."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Mapping

import structlog
from click.testing import CliRunner

from cli import main


def run(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command; a defect of it is raised here. Only from the main thread."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        done = CliRunner().invoke(main, arguments, env=dict(environment), prog_name="shelfwire")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)
