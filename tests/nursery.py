"""Processes that are born grown: forked from one that has imported what they need, in a fiftieth of the time.

Most of a short test with a sandbox and a runner is otherwise the start of two interpreters. What a process does is the
same: it has its own arguments, environment, folder and files, and is this process's child.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

# Linux's number for: orphans of my children are mine.
SUBREAPER = 36
GROWN = ("cli", "runner.app", "runner.commands.run", "sandbox.command")
MOST = 2**20


class Grown(subprocess.Popen[bytes]):
    """A child that somebody else has forked."""

    def __init__(self, pid: int, arguments: list[str], stdout: IO[bytes] | None) -> None:
        # Popen's own would start a process.
        self.args, self.pid, self.returncode = arguments, pid, None
        self.stdin, self.stdout, self.stderr = None, stdout, None
        self._child_created = True
        self._waitpid_lock = threading.Lock()
        self._communication_started = False
        self._input = None


class Nursery:
    """Starts processes as `house.process.start` does; it is itself started with the first of them."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._libc = ctypes.CDLL(None)

    def start(
        self,
        module: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        stdout: int | None = None,
        stderr: IO[bytes] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Run a module; whoever starts it ends it."""
        ours, theirs = os.pipe() if stdout == subprocess.PIPE else (None, 1)
        birth = {
            "argv": [module, *arguments],
            "environment": {**os.environ, **(environment or {})},
            "folder": str(Path.cwd()),
        }
        try:
            pid = self._ask(birth, [0, theirs, 2 if stderr is None else stderr.fileno()])
        finally:
            if ours is not None:
                os.close(theirs)
        return Grown(pid, birth["argv"], None if ours is None else os.fdopen(ours, "rb"))  # type: ignore[arg-type]

    def close(self) -> None:
        """End it; what it has started goes on."""
        if self._process is not None and self._socket is not None:
            self._socket.close()
            self._process.wait()

    def _ask(self, birth: Mapping[str, Any], files: list[int]) -> int:
        if self._socket is None:
            self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                fd = theirs.fileno()
                self._process = subprocess.Popen([sys.executable, "-m", __name__, str(fd)], pass_fds=[fd])
        self._libc.prctl(SUBREAPER, 1, 0, 0, 0)
        try:
            socket.send_fds(self._socket, [json.dumps(birth).encode()], files)
            return int(self._socket.recv(100))
        finally:
            self._libc.prctl(SUBREAPER, 0, 0, 0, 0)


def _births(mother: socket.socket) -> dict[str, Any] | None:
    """Fork for whoever asks; returns in each child what it is to be, and None at the end."""
    while True:
        message, files, _, _ = socket.recv_fds(mother, MOST, 3)
        if not message:
            return None
        # Whose parent has ended is adopted by whoever asked.
        ours, theirs = os.pipe()
        middle = os.fork()
        if middle == 0:
            child = os.fork()
            if child != 0:
                os.write(theirs, str(child).encode())
                os._exit(0)
            os.close(ours)
            os.close(theirs)
            for number, file in enumerate(files):
                os.dup2(file, number)
                os.close(file)
            mother.close()
            birth: dict[str, Any] = json.loads(message)
            return birth
        for file in (*files, theirs):
            os.close(file)
        os.waitpid(middle, 0)
        with os.fdopen(ours, "rb") as told:
            mother.send(told.read())


def main() -> None:
    """Grow, then fork until nobody asks."""
    mother = socket.socket(fileno=int(sys.argv[1]))
    for module in GROWN:
        importlib.import_module(module)
    gc.freeze()
    birth = _births(mother)
    if birth is not None:
        os.environ.clear()
        os.environ.update(birth["environment"])
        os.chdir(birth["folder"])
        sys.argv = birth["argv"]
        # Those from before know what the mother's files can do.
        sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115
        runpy.run_module(birth["argv"][0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
