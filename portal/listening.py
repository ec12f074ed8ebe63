"""The address of the web server, and its processes and threads. The settings read these values, too.

So `manage.py check`, which runs before each reload, detects invalid ones.
"""

from typing import NamedTuple

from portal import env

LAST_PORT = 65_535
# The environment variable with the workers that serve requests during a reload.
FORMER_WORKERS = "PORTAL_FORMER_WORKERS"
# The environment variable that marks the processes of the web server.
WEB_SERVER = "PORTAL_WEB_SERVER"


class Listening(NamedTuple):
    host: str
    port: int
    workers: int
    threads: int


def read() -> Listening:
    return Listening(
        env.text("HOST", "127.0.0.1", "The address that the web server listens on."),
        env.number("PORT", 8000, "The port that the web server listens on.", least=1, most=LAST_PORT),
        env.number("WEB_WORKERS", 1, "Processes of the web server; one or two per core.", least=1),
        env.number("WEB_THREADS", 4, "Threads in each process of the web server.", least=1),
    )
