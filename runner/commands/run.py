"""The runner itself."""

from __future__ import annotations

import click

from runner import app
from runner.commands.core import execute
from runner.config import Settings


@click.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Run until SIGTERM: relay changes, push stock, follow the schedules."""
    execute(app.run(settings))
