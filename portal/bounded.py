"""Runs one of our modules on an untrusted file, in its own process with limited memory and time.

It does not import Django, so the process starts fast.
"""

import resource
import subprocess
import sys
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).parent.parent


def command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module in the project's folder; the module reads the file from standard input."""
    return [sys.executable, "-X", "utf8", "-m", module, *arguments]


def run(
    module: str, *arguments: str, file: IO[bytes], deadline: float, output: IO[bytes] | None = None
) -> tuple[bytes, bool]:
    """The output of the module, and whether it ended within `deadline` seconds and its own limits.

    `file` has a file descriptor, positioned at the start. If there is an `output`, which also has one, the module
    writes to it. Raise OSError if no process starts.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the callers' own literals
            command(module, *arguments),
            stdin=file,
            stdout=output or subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT,
            timeout=deadline,
            check=False,
        )
    except subprocess.TimeoutExpired as stopped:
        return stopped.output or b"", False
    return done.stdout or b"", done.returncode == 0


def limit_this_process(memory: int, seconds: int) -> None:
    """Limit this process to `memory` bytes more than it has now, and to `seconds` of CPU time."""
    # This does not use `getrusage`, because it includes the parent process.
    used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (used + memory, used + memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
