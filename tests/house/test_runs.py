"""Runs that are asked for: a runner executes them, another goes on with them, people watch and end them."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from house import process
from tests.house.house import House, Open

ONE, TWO = "SKU-000001", "SKU-000002"
# Of many products, so that reading them takes several calls.
MANY = ("--products", "600", "--variants-per-product", "1", "--unlimited")


def ask(house: House, *arguments: str) -> int:
    """Ask for a run of a `sync` command; its number."""
    done = house.shelfwire("sync", *arguments, "--detach")
    assert done.returncode == 0, done.stderr
    return int(re.findall(r"Run (\d+) is asked for", done.stdout)[0])


def shown(house: House, run: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(house.shelfwire("runs", "show", str(run), "--json").stdout)
    return found


def ends(house: House, run: int, state: str = "succeeded") -> dict[str, Any]:
    house.wait_until(lambda: shown(house, run)["finished_at"] is not None, f"the end of run {run}", 30)
    found = shown(house, run)
    assert found["state"] == state, found
    return found


def is_reading(house: House, run: int) -> bool:
    """It has read something, and not all."""
    row = shown(house, run)
    return bool(row["stage"] == "reading" and 0 < row["done"] < row["total"])


def settled(house: House) -> None:
    house.receive(ONE, 10)
    house.receive(TWO, 10)
    with house.runner():
        house.wait_quiet()


def test_a_run_is_executed_by_a_runner_and_ends_when_what_is_wrong_is_acknowledged(house: House) -> None:
    settled(house)
    house.sandbox.edit(ONE, 17)
    run = ask(house, "inventory")
    assert (shown(house, run)["stage"], shown(house, run)["waits_for"]) == ("queued", "a runner")
    with house.runner():
        found = ends(house, run)
    assert house.offered()[ONE] == 10
    assert (found["done"], found["total"], found["failed"]) == (1, 1, 0)
    assert (found["result"]["causes"], found["result"]["acknowledged"]) == ({"foreign edit": 1}, 1)
    assert found["way"].startswith("single calls: ")


def test_a_run_with_nothing_to_do_says_so(house: House) -> None:
    settled(house)
    with house.runner():
        done = house.shelfwire("sync", "inventory")
    assert (done.returncode, done.stdout.strip().endswith(": nothing was to be sent.")) == (0, True), done


def test_only_named_products_are_looked_at(house: House) -> None:
    settled(house)
    house.sandbox.edit(ONE, 17)
    house.sandbox.edit(TWO, 17)
    with house.runner():
        done = house.shelfwire("sync", "inventory", ONE)
    assert done.returncode == 0, done.stderr
    assert (house.offered()[ONE], house.offered()[TWO]) == (10, 17)


def test_a_name_that_nothing_has_is_said_and_nothing_is_asked_for(house: House) -> None:
    done = house.shelfwire("sync", "inventory", ONE, "SKU-00000I")
    assert done.returncode == 2 and "no product with SKU or key 'SKU-00000I'" in done.stderr
    assert house.rows("select from sync.runs where kind = 'sync_inventory'") == []


@pytest.mark.parametrize(
    ("before", "remedy"),
    [("mode = 'off'", "shelfwire shop mode"), ("linked_at = null", "shelfwire link")],
)
def test_a_shop_that_cannot_be_kept_in_step_is_said(house: House, before: str, remedy: str) -> None:
    house.do(f"update sync.shops set {before}")
    done = house.shelfwire("sync", "inventory")
    assert done.returncode == 2 and remedy in done.stderr


def test_without_a_runner_the_command_is_one(house: House) -> None:
    settled(house)
    house.sandbox.edit(ONE, 17)
    done = house.shelfwire("sync", "inventory", ONE)
    assert done.returncode == 0, done.stderr
    assert "No runner is at work: this command is one until it has ended." in done.stderr
    assert "1 of 1." in done.stdout
    assert (house.offered()[ONE], house.listeners()) == (10, 0)


def test_where_no_runner_can_be_nothing_stays_asked_for(house: House) -> None:
    settled(house)
    house.key = house.new_key()
    done = house.shelfwire("sync", "inventory", ONE)
    assert done.returncode == 2 and "SHELFWIRE_SECRET_KEY" in done.stderr, done.stderr
    assert house.value("select state from sync.runs where kind = 'sync_inventory'") == "cancelled"


def test_what_is_refused_is_named_and_stays_named(house: House) -> None:
    settled(house)
    house.sandbox.edit(ONE, 17)
    house.sandbox.edit(TWO, 17)
    house.sandbox.fault("user_error", operation="inventorySetQuantities", items=[ONE], code="INVALID_REASON")
    with house.runner():
        done = house.shelfwire("sync", "inventory", ONE, TWO)
        assert done.returncode == 1 and "2 of 2, 1 refused." in done.stdout, done
        run = house.value("select max(id) from sync.runs where kind = 'sync_inventory'")
        house.sandbox.clear_faults()
        assert house.shelfwire("refusals", "retry", ONE).returncode == 0
        house.wait_until(lambda: house.offered()[ONE] == 10, "the right number")
    assert house.rows("select from sync.open_refusals") == []
    (failure,) = shown(house, run)["failures"]
    assert (failure["sku"], failure["kind"]) == (ONE, "inventory")
    assert ONE in house.shelfwire("runs", "show", str(run)).stdout


def test_three_runs_read_a_shop_at_once(house: House) -> None:
    settled(house)
    house.sandbox.fault("delay", operation="nodes", seconds=1)
    runs = [ask(house, "inventory", f"SKU-{n:06}") for n in range(1, 7)]
    at_work: set[int] = set()

    def is_through() -> bool:
        at_work.add(house.value("select count(*) from sync.runs where state = 'running' and marked_at is null"))
        return house.value("select bool_and(finished_at is not null) from sync.runs where id = any(%s)", runs) is True

    with house.runner(), house.runner():
        house.wait_until(is_through, "the end of all", 30)
    assert max(at_work) == 3


def test_another_runner_goes_on_where_one_was_killed(open_house: Open) -> None:
    house = open_house(*MANY)
    house.sandbox.edit("SKU-000599", 18)
    house.do("delete from sync.calls")
    house.sandbox.fault("delay", operation="productVariants", seconds=30, after=1)
    run = ask(house, "inventory")
    killed = house.start_runner()
    house.wait_until(lambda: is_reading(house, run), "a page", 30)
    killed.kill()
    killed.wait()
    house.sandbox.clear_faults()
    with house.runner():
        assert shown(house, run)["stage"] == "reading"
        house.do("update sync.runs set advanced_at = now() - interval '3 minutes'")
        found = ends(house, run)
    assert (found["attempt"], found["result"]["levels"]) == (2, 600)
    assert house.offered()["SKU-000599"] == 0
    assert house.value("select count(*) from sync.calls where document = 'Variants'") == 3


def test_a_runner_that_stops_gives_back_what_it_is_at(open_house: Open) -> None:
    house = open_house(*MANY)
    house.sandbox.fault("delay", operation="productVariants", seconds=30, after=1)
    run = ask(house, "inventory")
    with house.runner():
        house.wait_until(lambda: is_reading(house, run), "a page", 30)
    given_back = shown(house, run)
    assert (given_back["state"], given_back["error"]) == ("queued", None)
    house.sandbox.clear_faults()
    with house.runner():
        assert ends(house, run)["attempt"] == 2


def test_a_run_that_waits_is_cancelled_at_once(house: House) -> None:
    run = ask(house, "inventory")
    assert f"Run {run} is cancelled." in house.shelfwire("runs", "cancel", str(run)).stdout
    again = house.shelfwire("runs", "cancel", str(run))
    assert again.returncode == 2 and "no run" in again.stderr
    with house.runner():
        assert ends(house, ask(house, "inventory", ONE))
    assert shown(house, run)["state"] == "cancelled"


def test_a_run_at_work_is_cancelled_and_resumed_where_it_was(open_house: Open) -> None:
    house = open_house(*MANY)
    house.sandbox.edit(ONE, 17)
    house.sandbox.fault("delay", operation="productVariants", seconds=2, after=1)
    run = ask(house, "inventory")
    with house.runner():
        house.wait_until(lambda: is_reading(house, run), "a page", 30)
        assert f"Run {run} is told to end." in house.shelfwire("runs", "cancel", str(run)).stdout
        ends(house, run, "cancelled")
        assert house.rows("select from sync.pending") == [] and house.offered()[ONE] == 17
        house.sandbox.clear_faults()
        assert f"Run {run} goes on." in house.shelfwire("runs", "resume", str(run)).stdout
        assert ends(house, run)["result"]["levels"] == 600
        house.wait_until(lambda: house.offered()[ONE] == 0, "the right number")


def test_what_fails_for_a_reason_that_may_pass_is_begun_again(house: House) -> None:
    house.sandbox.fault("http_5xx", operation="productVariantsCount")
    run = ask(house, "inventory")
    with house.runner():
        house.wait_until(lambda: shown(house, run)["error"] is not None, "a failure", 40)
        assert shown(house, run)["state"] == "queued"
        house.do("update sync.runs set due_at = now()")
        house.sandbox.clear_faults()
        assert ends(house, run)["error"] is None
    assert house.rows("select from sync.open_alerts where rule = 'run_failed'") == []


def test_a_schedule_of_one_shop_is_followed_there(house: House) -> None:
    shop = house.sandbox.shop
    house.do("update sync.schedules set is_enabled = false")
    done = house.shelfwire("schedules", "set", "reconcile_inventory", "* * * * * */1", "--enable", "--shop", shop)
    assert done.returncode == 0, done.stderr
    assert shop in house.shelfwire("schedules", "list").stdout
    with house.runner():
        query = "select from sync.runs where requested_by = 'schedule reconcile_inventory' and state = 'succeeded'"
        house.wait_until(lambda: len(house.rows(query)) > 1, "runs of it")
    assert house.shelfwire("schedules", "set", "reconcile_inventory", "--shop", shop, "--reset").returncode == 0
    again = house.shelfwire("schedules", "set", "reconcile_inventory", "--shop", shop, "--reset")
    assert again.returncode == 2 and "of its own" in again.stderr
    other = house.shelfwire("schedules", "set", "keep_logs", "5 * * * *", "--shop", shop)
    assert other.returncode == 2 and "'keep_logs' for one shop; there are: " in other.stderr


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, house: House, *arguments: str) -> None:
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-m", "cli", *arguments], house.environment)
        self.seen = ""

    def read_until(self, wanted: str) -> None:
        while wanted not in self.seen:
            self.seen += os.read(self.terminal, 4096).decode()

    def type(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def end(self) -> int:
        """Its exit code; what it has said last is read."""
        try:
            while said := os.read(self.terminal, 4096):
                self.seen += said.decode()
        except OSError:
            pass  # It has left its terminal.
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@contextmanager
def watched(house: House) -> Iterator[tuple[int, Terminal]]:
    """A run that a runner is at, and who watches it, until it is told to go on."""
    house.sandbox.fault("delay", operation="productVariants", seconds=60, after=1)
    run = ask(house, "inventory")
    with house.runner():
        house.wait_until(lambda: is_reading(house, run), "a page", 30)
        yield run, Terminal(house, "runs", "watch", str(run))


@pytest.mark.parametrize("keys", ["s\n", "\n", "\x03"], ids=["stop watching", "nothing", "Ctrl-C again"])
def test_who_interrupts_may_only_stop_watching(open_house: Open, keys: str) -> None:
    house = open_house(*MANY)
    with watched(house) as (run, terminal):
        terminal.read_until("250/600")
        terminal.type("\x03")
        terminal.read_until(f"Cancel run {run} (c), or only stop watching (s)? [s]")
        terminal.type(keys)
        assert terminal.end() == 0
        assert f"shelfwire runs watch {run}" in terminal.seen
        house.sandbox.clear_faults()
        assert shown(house, run)["cancel_requested_at"] is None


def test_who_interrupts_may_cancel(open_house: Open) -> None:
    house = open_house(*MANY)
    with watched(house) as (run, terminal):
        terminal.read_until("reading")
        terminal.type("\x03")
        terminal.read_until("[s]")
        terminal.type("c\n")
        house.wait_until(lambda: shown(house, run)["cancel_requested_at"] is not None, "it to be told", 10)
        terminal.read_until("ending")
        house.sandbox.clear_faults()
        house.do("select sync.finish_run(id, attempt, null, 'cancelled') from sync.runs where id = %s", run)
        assert terminal.end() == 1
        assert f"run {run}, is cancelled" in terminal.seen


def test_an_interrupt_without_a_terminal_only_stops_watching(open_house: Open, tmp_path: Path) -> None:
    house = open_house(*MANY)
    house.sandbox.fault("delay", operation="productVariants", seconds=60, after=1)
    run = ask(house, "inventory")
    with house.runner():
        house.wait_until(lambda: is_reading(house, run), "a page", 30)
        with (tmp_path / "said").open("wb") as said:
            watching = process.start(
                *("cli", "runs", "watch", str(run)), environment=house.environment, stdout=subprocess.PIPE, stderr=said
            )
        house.wait_until(lambda: "reading" in (tmp_path / "said").read_text(), "it to watch", 20)
        watching.send_signal(signal.SIGINT)
        assert watching.stdout is not None and f"Run {run} is not ended by this." in watching.stdout.read().decode()
        assert process.stop(watching) == 0
        assert shown(house, run)["stage"] == "reading"


def test_who_waits_for_what_is_held_is_told_why(house: House, tmp_path: Path) -> None:
    settled(house)
    house.sandbox.edit(ONE, 17)
    assert house.shelfwire("guard", "hold", house.sandbox.shop, "--kind", "inventory").returncode == 0
    run = ask(house, "inventory", ONE)
    with house.runner(), (tmp_path / "said").open("wb") as said:
        watching = process.start("cli", "runs", "watch", str(run), environment=house.environment, stderr=said)
        house.wait_until(lambda: "waits for the guard" in (tmp_path / "said").read_text(), "the reason", 20)
        assert house.shelfwire("guard", "release", house.sandbox.shop, "--kind", "inventory").returncode == 0
        assert watching.wait(20) == 0
    assert house.offered()[ONE] == 10
