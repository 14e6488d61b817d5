"""The schema in the warehouse's database, and the adapter to its tables."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from runner.commands import show
from runner.commands.core import Group, execute, json_option
from runner.config import Settings
from runner.schema import drift, repair, revisions
from runner.schema.head import head
from runner.warehouse import adapter, removal
from runner.warehouse.mapping import MappingFile

SAMPLE = ("sku", "title", "location", "available", "detail")


@click.group(cls=Group)
def db() -> None:
    """The schema in the warehouse's database."""


@db.command()
@click.argument("revision", default="head")
@click.pass_obj
def upgrade(settings: Settings, revision: str) -> None:
    """Bring the schema to REVISION, and mend what of it is missing."""
    for note in repair.upgrade(settings.database_url, revision):
        click.echo(note)
    click.echo(f"The schema is at {head() if revision == 'head' else revision}.")


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="Data in the dropped tables is lost. Go on?")
@click.pass_obj
def downgrade(settings: Settings, revision: str) -> None:
    """Take the schema back to REVISION; base removes it."""
    revisions.downgrade(settings.database_url, revision)
    click.echo(f"The schema is at {revision}.")


@db.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Compare the database with the files in sql/; exit 1 if it differs."""
    findings = drift.check(settings.database_url)
    show.say(*(findings or ["The database is as the files in sql/ say."]))
    sys.exit(1 if findings else 0)


@db.command()
@click.pass_obj
def fingerprint(settings: Settings) -> None:
    """Print one hash of all objects, comparable between databases."""
    click.echo(drift.fingerprint(settings.database_url))


@click.command()
@click.option(
    "--map", "path", type=click.Path(path_type=Path), help="The mapping file.  [env: SHELFWIRE_WAREHOUSE_MAP]"
)
@click.option("--dry-run", is_flag=True, help="Print the SQL and change nothing.")
@click.option("--check", is_flag=True, help="Tell what could go wrong, show what would be available; change nothing.")
@json_option
@click.pass_obj
def attach(settings: Settings, path: Path | None, dry_run: bool, check: bool, as_json: bool) -> None:
    """Read the warehouse by its mapping file, and put triggers on the tables that it watches."""
    file = MappingFile(path or Path(settings.warehouse_map))
    if check:
        report = execute(adapter.inspect(settings.database_url, file))
        if as_json:
            click.echo(show.dump(asdict(report)))
        else:
            show.say(*report.refusals, *report.advice)
            if not report.refusals and not report.advice:
                click.echo("Nothing stands in the way.")
        if not as_json and not report.refusals:
            show.rows(report.sample, SAMPLE, as_json=False, empty="The warehouse has no products with a SKU.")
            click.echo("Compare these numbers with what the warehouse's own pages say.")
        sys.exit(1 if report.refusals else 0)
    if dry_run:
        click.echo(execute(adapter.preview(settings.database_url, file)))
    else:
        show.say(*execute(adapter.attach(settings.database_url, file)))


@click.command()
@click.pass_obj
def detach(settings: Settings) -> None:
    """Take every trigger off the warehouse's tables again."""
    show.say(*execute(adapter.detach(settings.database_url)))


@click.command()
@click.option(
    "--roles", is_flag=True, help="Also drop the roles sync_runner and sync_reporting, which all databases share."
)
@click.option("--force", is_flag=True, help="Even while runners work, or changes have not reached the shops.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def uninstall(settings: Settings, roles: bool, force: bool, yes: bool) -> None:
    """Take everything of Shelfwire out of the database, for good."""
    found = execute(removal.survey(settings.database_url))
    if not found.schemas and not (roles and found.roles):
        click.echo("Nothing of Shelfwire is in this database.")
        return
    if not force:
        found.check()
    if not yes:
        what = [str(found)] * bool(found.schemas) + [f"role {role}" for role in found.roles if roles]
        click.confirm(f"This takes out {', '.join(what)}. Go on?", abort=True)
    show.say(*execute(removal.remove(settings.database_url, found, roles=roles)))
