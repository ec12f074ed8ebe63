"""The configuration of gunicorn; the environment sets the address and the number of workers.

It needs a proxy in front: a client that sends or reads slowly occupies a thread.
"""

import gc
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from portal import listening, logs

# Until `when_ready`, garbage collection is off: imported modules stay in memory, and scanning them takes a sixth of the
# start-up time.
gc.disable()
LISTENING = listening.read()

wsgi_app = "portal.wsgi:application"
bind = f"{LISTENING.host}:{LISTENING.port}"
workers = LISTENING.workers
worker_class = "gthread"
threads = LISTENING.threads
# A worker accepts only as many requests as it has threads; a free worker takes the next one from the shared socket.
worker_connections = threads
# An idle connection would occupy one of these few threads. Proxies on the same machine reconnect quickly.
keepalive = 0
preload_app = True
# Before the settings are loaded.
raw_env = [f"{listening.WEB_SERVER}=yes"]
# A URL with a long query gets the site's error page, not gunicorn's.
limit_request_line = 8190
limit_request_fields = 60
timeout = 60
max_requests = 20_000
max_requests_jitter = 2_000
# The gunicorn control socket is not used, and its folder may be read-only.
control_socket_disable = True
# Proxies in front do not set these headers. If a proxy passed them on, clients could choose the address.
forwarder_headers = ""
# Running requests are finished before the end; systemd and containers wait a little longer.
graceful_timeout = 30

logger_class = "portal.platform.operation.server_lines.ServerLines"
accesslog = "-" if logs.read().each_request else None

# The text to print in a terminal once requests are served.
SAYS_WHEN_READY = "PORTAL_SAYS_WHEN_READY"


def on_reload(server: Any) -> None:
    """Re-execute this process (SIGHUP): with `preload_app`, gunicorn would keep the loaded code and settings.

    The sockets stay open, and the former workers serve requests until `when_ready` ends them.
    """
    # The original environment, without variables from `.env`.
    lines = Path("/proc/self/environ").read_bytes().split(b"\0")
    environment = {name: value for name, _equals, value in (line.partition(b"=") for line in lines) if name}
    environment[b"GUNICORN_PID"] = str(os.getpid()).encode()
    environment[b"GUNICORN_FD"] = ",".join(str(each.fileno()) for each in server.LISTENERS).encode()
    environment[listening.FORMER_WORKERS.encode()] = ",".join(map(str, server.WORKERS)).encode()
    # Without this, a second signal in the meantime would end the process.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.chdir(server.START_CTX["cwd"])
    os.execve(sys.executable, sys.orig_argv, environment)  # noqa: S606 - its own command


def when_ready(server: Any) -> None:
    """End the old workers: they finish their requests and exit. The code is loaded, and the new workers start now."""
    # Freezing keeps garbage collection from scanning all code, which would take 0.2 seconds during a response.
    gc.freeze()
    gc.enable()
    for worker in os.environ.pop(listening.FORMER_WORKERS, "").split(","):
        if worker:
            with suppress(ProcessLookupError):
                os.kill(int(worker), signal.SIGTERM)
    if words := os.environ.pop(SAYS_WHEN_READY, ""):
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()
