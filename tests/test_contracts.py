"""Names that SQL and Python must agree on, and what import-linter cannot see: a module that is no package."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import click
import pytest
from croniter import croniter

from cli import main
from runner.db import core
from runner.db.driver import APPLICATION_NAME
from tests.seeds import Connection, rows
from tests.sql.engine.test_refusals import SHOWN

ROOT = Path(__file__).parent.parent
SQL = sorted((ROOT / "sql").rglob("*.sql*"))


def found(pattern: str, *files: Path) -> set[str]:
    return {match for file in files for match in re.findall(pattern, file.read_text())}


def test_every_sqlstate_is_raised_translated_and_in_the_registry() -> None:
    raised = found(r"sqlstate '(SW\d{3})'", *SQL)
    assert raised == {f"SW00{n}" for n in range(1, 10)}
    assert raised == set(core._BY_SQLSTATE)
    assert raised == found(r"\n\| `(SW\d{3})`", ROOT / "sql" / "README.md")


def test_every_file_defines_the_object_it_is_named_after() -> None:
    for path in SQL:
        if path.parents[1].name in ("functions", "views"):
            kind = path.parents[1].name.removesuffix("s")
            names = re.findall(rf"^create or replace {kind} sync\.(\w+)", path.read_text(), re.MULTILINE)
            assert names == [path.stem], path


def test_nothing_of_ours_notifies_into_a_full_queue() -> None:
    """But for capture, of which a runner does not ask it then."""
    ours = [path for path in SQL if path.parent.name != "adapter"]
    assert [path.stem for path in ours if "pg_notify(" in path.read_text()] == ["notify_listeners"]


def test_the_channels_of_sql_are_those_the_runner_listens_to() -> None:
    channels = found(r"(?:pg_notify|notify_listeners)\(\s*'(\w+)'", *SQL)
    # The last is for the warehouse's application.
    assert channels == {"sync_changes", "sync_alerts", "sync_runs", "sync_webhooks", "sync_orders"}
    listening = "\n".join(path.read_text() for path in (ROOT / "runner").rglob("*.py"))
    assert all(f'"{channel}"' in listening for channel in channels - {"sync_orders"})


def test_a_runner_is_found_by_the_name_it_gives_itself() -> None:
    view = ROOT / "sql" / "views" / "health" / "runners.sql"
    assert found(r"': ', 1\) = '([^']+)'", view) == {APPLICATION_NAME}


def test_every_schedule_is_a_valid_cron_expression(connection: Connection) -> None:
    schedules = rows(connection, "select name, expression from sync.schedules")
    assert schedules != []
    assert [s for s in schedules if not croniter.is_valid(s["expression"])] == []


def test_every_alert_that_is_raised_or_cleared_has_a_rule_and_every_rule_an_explanation(connection: Connection) -> None:
    rules = {r["rule"] for r in rows(connection, "select rule from sync.alert_rules")}
    named = found(r"(?:raise_alert|clear_alert|renew_alerts)\(\s*'(\w+)'", *SQL) | found(
        r"_tell\(\s*\"(\w+)\"", *(ROOT / "runner").rglob("*.py")
    )
    assert rules == named
    assert rules == found(r"\n\| `(\w+)` \| (?:critical|warning)", ROOT / "docs" / "alerts.md")


def test_every_alert_and_every_class_that_is_shown_has_a_remedy_of_its_own(connection: Connection) -> None:
    remedies = {r["topic"]: r["remedy"] for r in rows(connection, "table sync.remedies")}
    rules = {r["rule"] for r in rows(connection, "select rule from sync.alert_rules")}
    classes = found(r"'([A-Z]+_[A-Z_]+|[A-Z]{5,})'", *SHOWN) - {"OTHERWISE"}
    assert {"LINK_AMBIGUOUS", "LINK_BROKEN", "UNLINKED_STOCK", "UNMAPPED_LOCATION"} < classes
    assert (rules | classes) - set(remedies) == set()
    # An alert's are given its shop and its subject.
    assert [rule for rule in rules if remedies[rule].count("%s") > 2 or "%" in remedies[rule].replace("%s", "")] == []


def test_no_function_is_called_by_the_runner_that_does_not_exist(connection: Connection) -> None:
    called = found(r"\bsync\.(\w+)\(", *(ROOT / "runner").rglob("*.py"))
    there = {
        r["proname"] for r in rows(connection, "select proname from pg_proc where pronamespace = 'sync'::regnamespace")
    }
    assert called - there == set()
    assert len(called) > 10


def test_the_command_line_imports_nothing_but_the_runner_of_ours() -> None:
    tree = ast.parse((ROOT / "cli.py").read_text())
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert {"runner", "sandbox", "house", "demo"} <= ours
    assert {name.split(".")[0] for name in imported} & ours == {"runner"}


def test_sql_stands_in_sql_and_in_the_rooms_that_speak_to_postgres() -> None:
    statement = re.compile(r"(\n\s*)?(select|insert into|update|delete from|with|create|alter|drop|truncate|listen) \w")
    # A mapping is selects: its short form makes them.
    rooms = [ROOT / "runner" / "db", ROOT / "runner" / "schema", ROOT / "runner" / "warehouse" / "columns.py"]
    found = [
        (path.relative_to(ROOT), node.value)
        for path in (ROOT / "runner").rglob("*.py")
        if not any(path.is_relative_to(room) for room in rooms)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.match(node.value)
    ]
    assert found == []


TOLD = [path for path in (*SQL, *(ROOT / "runner").rglob("*.py")) if "shelfwire " in path.read_text()]


@pytest.mark.parametrize("path", TOLD, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_people_are_told_to_type_is_there_and_has_what_it_needs(path: Path) -> None:
    text = re.sub(r"\{[^}]*\}|%s", "X", path.read_text())
    for typed in re.findall(r"shelfwire ([a-z]+(?: [^\s,.;:()\"`]+)*)", text):
        if typed == APPLICATION_NAME.removeprefix("shelfwire "):
            continue
        command: click.Command = main
        words = [word.strip("'") for word in typed.split()]
        while isinstance(command, click.Group) and (words or not command.invoke_without_command):
            found = command.get_command(click.Context(command), words.pop(0)) if words else None
            assert found is not None, typed
            command = found
        options = {name: option for option in command.params for name in option.opts if name.startswith("-")}
        needed = [one for one in command.params if isinstance(one, click.Argument) and one.required]
        choices = [word for one in needed for word in getattr(one.type, "choices", (None,))]
        choices += [word for one in needed for word in (one.metavar or "").split("|")]
        given, is_value = 0, False
        for word in words:
            if word.startswith("-"):
                assert word in options, typed
                is_value = not getattr(options[word], "is_flag", True)
            elif is_value:
                is_value = False
            elif word.islower() and word not in choices:  # The sentence goes on.
                break
            else:
                given += 1
        assert given >= len(needed), typed
