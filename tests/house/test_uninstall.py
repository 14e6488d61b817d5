"""Everything is taken out while the warehouse writes; what is at work then ends in words."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_errors import expect
from tests.house.house import House
from tests.house.load import Load


def test_runners_whose_database_is_uninstalled_end_and_say_why(house: House, tmp_path: Path) -> None:
    logs = [tmp_path / name for name in ("one", "other")]
    with Load(house.dsn, 20, pause=0.005).running() as load:
        runners = []
        for log in logs:
            with log.open("wb") as file:
                runners.append(house.start_runner(log=file))
        house.wait_until(lambda: house.listeners() == 2, "two runners")
        house.wait_until(lambda: house.value("select count(*) from sync.requests") > 5, "work under way")
        expect(house.shelfwire("uninstall", "--yes"), 2, "Runners are at work here: 2", "--force")
        assert house.value("select count(*) from sync.shops") == 1
        done = house.shelfwire("uninstall", "--yes", "--force")
        assert done.returncode == 0, done
        assert [runner.wait(timeout=30) for runner in runners] == [3, 3]
        before = load.committed
        house.wait_until(lambda: load.committed > before + 10, "the writers, who go on")
    for log in logs:
        assert "Traceback" not in log.read_text()
        *_, last = log.read_text().splitlines()
        assert last.startswith("shelfwire: The database lacks what this version needs:") and "db upgrade" in last


def test_what_waits_is_kept_until_a_runner_has_sent_it(house: House) -> None:
    house.receive("SKU-000001", 3)
    expect(house.shelfwire("uninstall", "--yes"), 2, "changes that are not relayed", "Let a runner work")
    with house.runner():
        house.wait_quiet()
    assert house.offered()["SKU-000001"] == 3
    assert house.shelfwire("uninstall", "--yes").returncode == 0
