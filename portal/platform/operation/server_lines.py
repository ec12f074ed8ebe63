"""The lines of gunicorn, in the format of the portal's own: its messages, and one for each request if wanted."""

import re
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from portal import logs
from portal.platform.operation.log_lines import JsonLine, TextLine

# The part of a path that may be a secret: what follows the name of a form (`/fr/_registration/…`), and long words of
# letters and digits.
SECRET = re.compile(r"(?<=/_)([^/]+/).+|(?<![^\W_])(?=[^\W\d_]*\d)(?=\d*[^\W\d_])[\w:=-]{16,}")


class ServerLines(Logger):  # type: ignore[misc]
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        line = JsonLine() if logs.read().form == "json" else TextLine()
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(line)

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Log a request without its query and the reader's address; the proxy's log has the address with the id."""
        if not self.access_log_enabled:
            return
        headers = dict(resp.headers)
        facts = {
            "request": headers.get("X-Request-ID", ""),
            "host": environ.get("HTTP_HOST", ""),
            "method": environ["REQUEST_METHOD"],
            "path": path_without_secrets(environ["PATH_INFO"]),
            "status": int(resp.status_code),
            "bytes": resp.sent,
            "milliseconds": round(request_time.total_seconds() * 1000),
        }
        words = "%(method)s %(host)s%(path)s %(status)s, %(milliseconds)s ms, %(bytes)s bytes [request=%(request)s]"
        self.access_log.info(words, facts, extra={"facts": facts})


def path_without_secrets(path: str) -> str:
    return SECRET.sub(lambda found: f"{found[1] or ''}…", path)
