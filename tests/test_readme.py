"""What the README tells people to type works."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cli import COMMANDS, main
from tests.house.house import House

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = [block.splitlines() for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)]
TYPED = sorted(
    {line.split("#")[0].strip() for block in BLOCKS for line in block}
    | set(re.findall(r"`(shelfwire [^`]+|make [^`]+)`", README))
)
REFERENCE = ROOT / "warehouses" / "reference"
SHOP = "example.myshopify.com"


def test_the_readme_begins_with_the_two_commands() -> None:
    assert [line.split("#")[0].strip() for line in BLOCKS[0]] == ["make demo", "make test"]


@pytest.mark.parametrize("typed", [t for t in TYPED if t.startswith("make ")])
def test_every_make_target_exists_and_is_explained(typed: str) -> None:
    target = shlex.split(typed)[1]
    assert re.search(rf"^{target}:.*## \S", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("typed", [t for t in TYPED if t.startswith("shelfwire ")])
def test_every_command_and_option_exists(typed: str) -> None:
    words = shlex.split(typed)[1:]
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and words:
        found = command.get_command(context, words.pop(0))
        assert found is not None, typed
        command = found
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known
    arguments = [word for word in words if not word.startswith("-")]
    assert len(arguments) <= len(command.params)


def test_every_command_is_mentioned() -> None:
    mentioned = {shlex.split(t)[1] for t in TYPED if t.startswith("shelfwire ")}
    assert set(COMMANDS) - mentioned <= {"demo"}


def test_following_the_readme_leads_to_a_shop_in_step(house: House) -> None:
    assert house.shelfwire("shop", "remove", house.sandbox.shop, "--yes").returncode == 0
    assert house.shelfwire("detach").returncode == 0
    house.sandbox.stop()
    house.sandbox = type(house.sandbox).start("--shop", "example", "--products", "20", "--unlimited")
    house.receive("SKU-000001", 3)
    (block,) = (b for b in BLOCKS if "shelfwire db upgrade" in b)
    environment = house.environment | {
        "SHELFWIRE_TOKEN": house.sandbox.token,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    try:
        fingerprint = ""
        for line in block[:-1]:
            typed = line.split("#")[0]
            typed += f"--url {house.sandbox.url}" if "shop add" in line else ""
            typed = typed.replace("FINGERPRINT", fingerprint)
            done = subprocess.run(
                shlex.split(typed), cwd=REFERENCE, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, (typed, done.stderr)
            fingerprint = done.stdout.split()[-1] if "--plan" in done.stdout else fingerprint
        assert block[-1] == "shelfwire run"
        with subprocess.Popen(shlex.split(block[-1]), cwd=REFERENCE, env=environment) as runner:
            house.wait_until(lambda: house.offered()["SKU-000001"] == 3, "3 units in the shop")
            runner.send_signal(signal.SIGTERM)
            assert runner.wait(timeout=20) == 0
    finally:
        house.sandbox.stop()


def test_a_sandbox_is_added_as_the_readme_says(house: House) -> None:
    (start,), (add,) = (b for b in BLOCKS if len(b) == 1 and ("sandbox" in b[0]))
    sandbox = type(house.sandbox).start(*(word for word in shlex.split(start)[2:] if word not in ("--port", "8080")))
    try:
        typed = shlex.split(add.replace("http://127.0.0.1:8080", sandbox.url))[1:]
        assert house.shelfwire("shop", "remove", house.sandbox.shop, "--yes").returncode == 0
        assert (typed[2], typed[-1]) == (sandbox.shop, sandbox.token)
        done = house.shelfwire(*typed)
        assert done.returncode == 0, done.stderr
    finally:
        sandbox.stop()


def test_every_setting_is_explained_with_its_default() -> None:
    from runner.config import Settings

    for name, field in Settings.model_fields.items():
        assert f"SHELFWIRE_{name.upper()}" in README, name
        if isinstance(field.default, float | int):
            assert re.search(rf"SHELFWIRE_{name.upper()}`.*\b{field.default:g}\b", README), name


def test_every_linked_file_exists() -> None:
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")):
        for target in re.findall(r"\]\((?!http)([^)#]+)[^)]*\)", page.read_text()):
            assert (page.parent / target).exists(), (page.name, target)
