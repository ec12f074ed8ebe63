"""The configuration of gunicorn; the environment sets the address and the number of workers."""

from portal import env

HOST = env.text("HOST", "127.0.0.1", "The address that the web server listens on.")
PORT = env.number("PORT", 8000, "The port that the web server listens on.")

wsgi_app = "portal.wsgi:application"
bind = f"{HOST}:{PORT}"
workers = env.number("WEB_WORKERS", 1, "Processes of the web server; one or two for each core.")
worker_class = "gthread"
threads = env.number("WEB_THREADS", 4, "Threads in each of them.")
preload_app = True
# A URL with a long query gets an error page of the site, not one of gunicorn.
limit_request_line = 8190
limit_request_fields = 60
timeout = 60
max_requests = 20_000
max_requests_jitter = 2_000
# Nobody uses the socket by which it could be controlled, and its folder may be read-only.
control_socket_disable = True
# Requests in hand are answered before the end; systemd and containers wait a little longer.
graceful_timeout = 30
