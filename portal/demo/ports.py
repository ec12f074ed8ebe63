"""Finds a free port for the server; also run before anything is installed."""

import os
import socket
import sys

LAST = 65_535


def is_free(port: int) -> bool:
    """Whether a server can listen on this port of HOST."""
    try:
        socket.create_server((os.environ.get("HOST", "127.0.0.1"), port)).close()
    except OSError:
        return False
    return True


def refusal(port: int) -> str:
    """Why a server cannot listen there, in a sentence; empty if it can."""
    if is_free(port):
        return ""
    free = next((each for each in range(port + 1, min(port + 100, LAST + 1)) if is_free(each)), None)
    advice = f" Try: PORT={free} make demo" if free else ""
    return f"Port {port} is taken by another program.{advice}"


if __name__ == "__main__":
    given = sys.argv[1]
    if not given.isdecimal() or not 1 <= int(given) <= LAST:
        sys.exit(f"PORT={given} is no port: it takes 1 to {LAST}.")
    sys.exit(refusal(int(given)) or 0)
