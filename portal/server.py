"""The configuration of gunicorn; the environment sets the address and the number of workers."""

import gc
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from portal import listening, logs
from portal.platform.operation.log_lines import JsonLine

LISTENING = listening.read()

wsgi_app = "portal.wsgi:application"
bind = f"{LISTENING.host}:{LISTENING.port}"
workers = LISTENING.workers
worker_class = "portal.web_worker.EvenWorker"
threads = LISTENING.threads
preload_app = True
# A URL with a long query gets an error page of the site, not one of gunicorn.
limit_request_line = 8190
limit_request_fields = 60
timeout = 60
max_requests = 20_000
max_requests_jitter = 2_000
# Nobody uses the socket by which it could be controlled, and its folder may be read-only.
control_socket_disable = True
# No proxy in front sets them, and one that passes them on would let a client choose which address is asked.
forwarder_headers = ""
# Requests in hand are answered before the end; systemd and containers wait a little longer.
graceful_timeout = 30


class JsonLogger(Logger):
    """Writes gunicorn's own lines as those of the portal are written."""

    def _set_handler(self, log: Any, output: str | None, fmt: Any, stream: Any = None) -> None:
        super()._set_handler(log, output, JsonLine(), stream)


if logs.read_format() == "json":
    logger_class = JsonLogger

FORMER_WORKERS = "PORTAL_FORMER_WORKERS"
# Words for whoever has started it at a terminal.
SAYS_WHEN_READY = "PORTAL_SAYS_WHEN_READY"


def on_reload(server: Any) -> None:
    """Begin anew in this same process (SIGHUP): gunicorn would keep the code and the settings that it has loaded.

    The sockets stay open, and the former workers answer until the new ones can: `when_ready` ends them.
    """
    # As it was at the start; the present one has what was read from `.env`.
    lines = Path("/proc/self/environ").read_bytes().split(b"\0")
    environment = {name: value for name, _equals, value in (line.partition(b"=") for line in lines) if name}
    environment[b"GUNICORN_PID"] = str(os.getpid()).encode()
    environment[b"GUNICORN_FD"] = ",".join(str(each.fileno()) for each in server.LISTENERS).encode()
    environment[FORMER_WORKERS.encode()] = ",".join(map(str, server.WORKERS)).encode()
    # A second one on the way would end the process.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.chdir(server.START_CTX["cwd"])
    os.execve(sys.executable, sys.orig_argv, environment)  # noqa: S606 - its own command


def when_ready(server: Any) -> None:
    """The code is loaded, and its workers begin now: the former ones answer what they have in hand, and end."""
    # A collection of garbage need not go through all the code, which takes it 0.2 seconds in the middle of an answer.
    gc.freeze()
    for worker in os.environ.pop(FORMER_WORKERS, "").split(","):
        if worker:
            with suppress(ProcessLookupError):
                os.kill(int(worker), signal.SIGTERM)
    if words := os.environ.pop(SAYS_WHEN_READY, ""):
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()
