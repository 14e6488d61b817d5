"""The command line. Its commands live in runner/commands, by subject."""

from __future__ import annotations

import importlib
import sys

import click
from pydantic import ValidationError

from runner import app, log
from runner.commands import database, report, shop
from runner.commands.core import Group, execute
from runner.config import Settings

OTHERS = {"sandbox": "sandbox.__main__", "demo": "demo.__main__"}


class Main(Group):
    """Knows the commands of packages that only they need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *OTHERS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in OTHERS:
            return super().get_command(ctx, cmd_name)
        command: click.Command = importlib.import_module(OTHERS[cmd_name]).main
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
            click.echo(
                f"shelfwire: SHELFWIRE_{'_'.join(map(str, problem['loc'])).upper()}: {problem['msg']}.", err=True
            )
        sys.exit(2)
    log.configure(ctx.obj.log_level)


@main.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Run until SIGTERM: relay changes, push stock, follow the schedules."""
    execute(app.run(settings))


for command in (
    database.db, database.attach, database.detach, shop.shop, shop.link,
    report.status, report.why, report.pending, report.refusals, report.schedules,
):  # fmt: skip
    main.add_command(command)


if __name__ == "__main__":
    main()
