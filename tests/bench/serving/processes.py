"""CPU time of other processes, on systems with /proc."""

import os
from pathlib import Path

PROC = Path("/proc")
# Fields of /proc/<pid>/stat, counted after the name, which may contain spaces.
USER_TIME, SYSTEM_TIME = 11, 12


def processor_seconds(pid: int) -> float | None:
    """The CPU time of a process since its start; None if it cannot be read."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[USER_TIME]) + int(fields[SYSTEM_TIME])) / os.sysconf("SC_CLK_TCK")


def thread_seconds(pid: int) -> float | None:
    """The CPU time of a process with a single thread, in nanoseconds instead of ticks of the clock."""
    try:
        return int((PROC / str(pid) / "schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError):
        return None


def is_named(pid: int, name: str) -> bool:
    """Whether a process of this name has the id on this machine, not elsewhere or in a container."""
    try:
        return (PROC / str(pid) / "comm").read_text().strip() == name
    except OSError:
        return False


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()]
    except OSError:
        return []
