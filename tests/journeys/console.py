"""A process of the installation that loads Django once and executes Python code on demand."""

import json
import os
import subprocess
import sys
import tempfile
from typing import TextIO

from tests.database_copies import ROOT

COMMAND = "from tests.journeys.console import serve; serve()"


class Console:
    """Starts at once, and is ready when first used."""

    def __init__(self, environment: dict[str, str]):
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", COMMAND]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, lines: str) -> str:
        """The output of the code."""
        self.process.stdin.write(json.dumps(lines) + "\n")
        self.process.stdin.flush()
        status, printed, complained = json.loads(self.process.stdout.readline())
        assert status == 0, complained[-2000:]
        return printed

    def close(self) -> None:
        self.process.communicate(timeout=20)


def serve() -> None:
    """Runs in the other process: each piece of code in a forked child, without the cached state of earlier ones."""
    for request in sys.stdin:
        with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as complained:
            child = os.fork()
            if not child:
                _run(json.loads(request), printed, complained)
            _child, status = os.waitpid(child, 0)
            sys.stdout.write(json.dumps([status, _read(printed), _read(complained)]) + "\n")
            sys.stdout.flush()


def _run(lines: str, printed: TextIO, complained: TextIO) -> None:
    os.dup2(printed.fileno(), 1)
    os.dup2(complained.fileno(), 2)
    status = 1
    try:
        exec(lines, {})
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _read(file: TextIO) -> str:
    file.seek(0)
    return file.read()
