"""Where the web server listens, and with how many processes and threads.

The settings read it as well, though gunicorn alone needs it: so `manage.py check`, which goes before each reload, finds
a value that would end the web server.
"""

from typing import NamedTuple

from portal import env

LAST_PORT = 65_535


class Listening(NamedTuple):
    host: str
    port: int
    workers: int
    threads: int


def read() -> Listening:
    return Listening(
        env.text("HOST", "127.0.0.1", "The address that the web server listens on."),
        env.number("PORT", 8000, "The port that the web server listens on.", least=1, most=LAST_PORT),
        env.number("WEB_WORKERS", 1, "Processes of the web server; one or two for each core.", least=1),
        env.number("WEB_THREADS", 4, "Threads in each of them.", least=1),
    )
