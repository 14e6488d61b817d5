"""What is right and what is not, with its remedy."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from runner.commands import show
from runner.commands.core import execute, json_option
from runner.config import Settings
from runner.health.doctor import examine
from runner.health.finding import FAILED


@click.command()
@click.option("--shops", "with_shops", is_flag=True, help="Ask the shops as well: token, scopes, API version.")
@json_option
@click.pass_obj
def doctor(settings: Settings, with_shops: bool, as_json: bool) -> None:
    """Check everything that has to be right, each finding with its remedy; exit 1 if one failed."""
    findings = execute(examine(settings, with_shops=with_shops))
    show.rows(
        [asdict(finding) for finding in findings],
        ("check", "state", "message", "remedy"),
        as_json=as_json,
        empty="Nothing was found.",
    )
    sys.exit(1 if any(finding.state == FAILED for finding in findings) else 0)
