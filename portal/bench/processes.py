"""How much processor time other processes have used, where the system tells it."""

import os
from pathlib import Path

PROC = Path("/proc")
# In /proc/<pid>/stat, counted from the field after the name, which can hold anything.
USER_TIME, SYSTEM_TIME = 11, 12


def processor_seconds(pid: int) -> float | None:
    """The time that a process on this machine has used since it began; None where it cannot be read."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[USER_TIME]) + int(fields[SYSTEM_TIME])) / os.sysconf("SC_CLK_TCK")


def is_named(pid: int, name: str) -> bool:
    """Whether a process of this name has that number here, and not on another machine or in another container."""
    try:
        return (PROC / str(pid) / "comm").read_text().strip() == name
    except OSError:
        return False


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()]
    except OSError:
        return []
