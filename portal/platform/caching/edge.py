"""Stands before Django: gives readers a kept answer as long as it is what would be rendered for them now."""

import secrets
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from django.utils.http import parse_etags

from portal.platform.caching.at_once import ONLY_KEPT, NotKeptError
from portal.platform.caching.kept import KEEP, KeptAnswer, Key, Memory
from portal.platform.caching.parameters import KNOWN, has_personal_cookie
from portal.platform.caching.public_answers import OF_NOT_MODIFIED
from portal.platform.caching.quick_state import asked_database, quick_state
from portal.platform.operation import changes
from portal.platform.operation.log_lines import GIVEN

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

LONGEST_QUERY = 200
LONGEST_PATH = 1_000
LONGEST_HOST = 255
# In seconds; whoever has waited for so long renders the answer as well.
LONGEST_WAIT = 10
# So many times a reader waits for another where the content changes meanwhile.
MOST_TURNS = 3
# In seconds; so long nothing is asked of a database that has not answered, and Django says what readers are told.
LONGEST_DOUBT = 5
# In seconds: so long an answer waits for the mark in a thread, and in the loop of a worker, which all others wait for.
LONGEST_IN_THREAD, LONGEST_IN_LOOP = 1.0, 0.1
# The loop opens a connection to the database if it has answered a thread in the last so many seconds.
WELL = 1
# Below these nothing is kept, and nothing should wait for the database: monitors, files, the newsroom.
PASSING = ("/-/", "/admin/", "/documents/", "/pictures/", "/share/", "/theme-", settings.STATIC_URL)
# What the API takes for a question in JSON; it refuses others.
JSON = ("", "*/*", "application/json", "application/json, text/plain, */*")
# Rare; Django knows what they ask for.
UNUSUAL = ("HTTP_AUTHORIZATION", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE", "HTTP_RANGE")


def key_of(environ: dict[str, Any]) -> Key | None:
    """The key of a question whose answer may be kept; None if it is one person's, or asks for what no view reads."""
    host, path, query = environ.get("HTTP_HOST", ""), environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if (
        environ["REQUEST_METHOD"] not in ("GET", "HEAD")
        or environ.get("SCRIPT_NAME")
        or not 0 < len(host) <= LONGEST_HOST
    ):
        return None
    if path.startswith(PASSING) or any(name in environ for name in UNUSUAL):
        return None
    if len(query) > LONGEST_QUERY or len(path) > LONGEST_PATH:
        return None
    if has_personal_cookie(environ):
        return None
    if query and not KNOWN.issuperset(name for name, _value in parse_qsl(query, keep_blank_values=True)):
        return None
    accept = environ.get("HTTP_ACCEPT", "")
    if path.startswith("/api/") and accept not in JSON:
        return None
    # A feed is plain XML for browsers.
    is_for_browser = path.endswith((".rss", ".atom")) and "text/html" in accept
    return Key(_scheme(environ), host, path, query, "html" if is_for_browser else "")


def _scheme(environ: dict[str, Any]) -> str:
    """As Django reads it, a proxy that may be believed included."""
    if settings.SECURE_PROXY_SSL_HEADER:
        header, secure = settings.SECURE_PROXY_SSL_HEADER
        if (told := environ.get(header)) is not None:
            return "https" if told.split(",", 1)[0].strip() == secure else "http"
    return str(environ["wsgi.url_scheme"])


def present_state(longest: float = LONGEST_IN_THREAD) -> changes.ContentState | None:
    """What the database says of its content; None if it does not answer in so many seconds."""
    if not connection.in_atomic_block and connection.close_at and time.monotonic() >= connection.close_at:
        connection.close()
    try:
        return quick_state(longest)
    except (DatabaseError, InterfaceError):
        # Django makes a new connection, or says what readers are to be told.
        if not connection.in_atomic_block:
            connection.close()
        return None


class KeptAnswers:
    """The WSGI application around Django's. A worker renders an answer once; who asks for the same meanwhile waits."""

    # The web server asks for a kept answer first (`ONLY_KEPT`).
    gives_kept = True

    def __init__(self, application: Application, megabytes: int):
        self.application = application
        self.memory = Memory(megabytes * 1024 * 1024)
        self._doubtful_until, self._well_until, self._loop_rests_until = 0.0, 0.0, 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        key = key_of(environ)
        if ONLY_KEPT in environ:
            return self._give_at_once(key, environ, start_response)
        if key is None:
            return self.application(environ, start_response)
        turns = 0
        while True:
            # Asked anew after each wait: the content as well may be another by then.
            state = self._state()
            if state is None or state.mark is None:
                return self.application(environ, start_response)
            kept = self.memory.get(key)
            if kept is not None and kept.is_right(state.mark, now := timezone.now()):
                return self._give(key, kept, now, environ, start_response)
            # What may not be kept for one is rendered for all who have waited at once.
            if turns == MOST_TURNS or self.memory.was_unkept(key):
                break
            if (running := self.memory.turn(key)) is None:
                try:
                    return self._render(key, state, environ, start_response)
                finally:
                    self.memory.done(key)
            running.wait(LONGEST_WAIT)
            turns += 1
        return self._render(key, state, environ, start_response)

    def _give_at_once(
        self, key: Key | None, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Give a kept answer, or raise NotKeptError: nothing is rendered or packed, and nobody waited for."""
        kept = self.memory.get(key) if key else None
        if key is None or kept is None or not kept.has_body_for(environ.get("HTTP_ACCEPT_ENCODING", "")):
            raise NotKeptError
        state = self._state_at_once()
        if state is None or state.mark is None or not kept.is_right(state.mark, now := timezone.now()):
            raise NotKeptError
        return self._give(key, kept, now, environ, start_response)

    def _state(self) -> changes.ContentState | None:
        if time.monotonic() < self._doubtful_until:
            return None
        state = present_state()
        if state is None:
            self._doubtful_until = time.monotonic() + LONGEST_DOUBT
        else:
            self._well_until = time.monotonic() + WELL
        return state

    def _state_at_once(self) -> changes.ContentState | None:
        """The state, unless the database may keep the loop waiting: threads find out whether it answers."""
        now = time.monotonic()
        if now < max(self._doubtful_until, self._loop_rests_until):
            return None
        if asked_database().connection is None and now >= self._well_until:
            return None
        state = present_state(LONGEST_IN_LOOP)
        if state is None:
            self._loop_rests_until = time.monotonic() + LONGEST_DOUBT
        return state

    def _render(
        self,
        key: Key,
        state: changes.ContentState,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
    ) -> Iterable[bytes]:
        made: list[KeptAnswer] = []
        # The middleware puts the answer here if everybody may have it.
        environ[KEEP] = (state, made)
        answer = self.application(environ, start_response)
        if made:
            self.memory.put(key, made[0])
        else:
            self.memory.forget(key)
        return answer

    def _give(
        self, key: Key, kept: KeptAnswer, now: datetime, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        headers = kept.headers_at(now)
        given = environ.get("HTTP_X_REQUEST_ID", "")
        own = ("X-Request-ID", given if GIVEN.fullmatch(given) else secrets.token_hex(8))
        if _has_it(kept, environ):
            start_response("304 Not Modified", [*(pair for pair in headers if pair[0] in OF_NOT_MODIFIED), own])
            return [b""]
        encoding = kept.encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        is_new = encoding not in kept.bodies
        body = kept.body(encoding)
        if is_new:
            self.memory.count_again(key, kept)
        packing = [("Content-Encoding", encoding)] if encoding else []
        start_response("200 OK", [*headers, *packing, ("Content-Length", str(len(body))), own])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def _has_it(kept: KeptAnswer, environ: dict[str, Any]) -> bool:
    """Whether the reader has this answer already (RFC 9110, section 13.1.2).

    There is no date by which that could be told: what is taken away changes a page, and no date in it.
    """
    if not (known := environ.get("HTTP_IF_NONE_MATCH")):
        return False
    tag, tags = dict(kept.headers)["ETag"].removeprefix("W/"), parse_etags(known)
    return "*" in tags or tag in {each.removeprefix("W/") for each in tags}
