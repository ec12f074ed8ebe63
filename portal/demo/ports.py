"""Finds a free port for the server. It also runs before any package is installed."""

import os
import socket
import sys

LAST = 65_535


def is_free(port: int) -> bool:
    """Whether a server can listen on this port at HOST."""
    try:
        socket.create_server((os.environ.get("HOST", "127.0.0.1"), port)).close()
    except OSError:
        return False
    return True


def problem_with(port: int) -> str:
    """The reason why a server cannot listen on this port, as a sentence; empty if it can."""
    if is_free(port):
        return ""
    free = next((each for each in range(port + 1, min(port + 100, LAST + 1)) if is_free(each)), None)
    advice = f" Try: PORT={free} make demo" if free else ""
    return f"Port {port} is in use by another program.{advice}"


if __name__ == "__main__":
    given = sys.argv[1]
    if not given.isdecimal() or not 1 <= int(given) <= LAST:
        sys.exit(f"PORT={given} is not a port number: it must be between 1 and {LAST}.")
    sys.exit(problem_with(int(given)) or 0)
