"""Reads a running WordPress through its REST API, one request at a time."""

from base64 import b64encode
from collections.abc import Callable, Collection, Iterator
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils.translation import gettext as _

from events.importing.fetch import FetchError, PrivateHostError, fetch, host_with_port
from portal.moving.sources.rest import EVENTS, TERM_FIELDS, RestReader, channel_of, has_events
from portal.moving.wordpress.records import ExportError, Record
from portal.moving.wordpress.values import MOST_PARTS_OF_FILE, json_value

ON_A_PAGE = 50
MOST_PAGES = 4_000
MOST_BYTES = 60_000_000
# Limits for the whole site. An endless site would fill the disk, and nobody can stop the reading.
MOST_BYTES_IN_ALL, MOST_SECONDS = 4_000_000_000, 3 * 60 * 60
# The wait before a retry if the site is busy.
PAUSES = (2, 10, 30)
BUSY = (429, 500, 502, 503, 504)
# The request was refused without a sign-in, or the URL does not exist on an older or smaller site.
CLOSED = (400, 401, 403, 404)


class RestSite:
    """`address` is that of the front page. A user and an application password add drafts and private posts.

    `with_revisions` adds earlier versions, with one request for each text. Only public hosts are read, and those in
    `private_hosts`. Only the command line may set these: users of the newsroom must not reach internal services.
    """

    def __init__(
        self,
        address: str,
        user: str = "",
        password: str = "",
        pause: Callable[[str, int, int], None] = lambda step, done, total: None,
    ):
        self.address = address.rstrip("/")
        pair = f"{user}:{password}".encode()
        self.authorization = f"Basic {b64encode(pair).decode()}" if user else ""
        self.with_revisions = False
        self.private_hosts: Collection[str] = ()
        self.pause = pause
        self.done = 0
        self.bytes, self.until = 0, monotonic() + MOST_SECONDS
        if self.authorization and urlsplit(address).scheme != "https":
            raise ExportError(_("A password is only sent to an address that begins with https."))

    def records(self) -> Iterator[Record]:
        """Raises ExportError if the site cannot be read."""
        try:
            root = self._get("")
            if not isinstance(root, dict) or "wp/v2" not in (root.get("namespaces") or []):
                raise ExportError(_("%(address)s has no REST API of WordPress.") % {"address": self.address})
            yield channel_of(root, self.address)
            yield from self._read(root)
        except PrivateHostError as error:
            hint = _("For a trial, the command import_wordpress reads it with --private-host %(host)s.")
            host = host_with_port(self.address)
            raise ExportError(f"{self.address}: {error} {hint % {'host': host}}") from error
        except FetchError as error:
            raise ExportError(f"{self.address}: {error}") from error
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            reason = _("%(address)s responds with something that WordPress does not.")
            raise ExportError(reason % {"address": self.address}) from error

    def _read(self, root: dict[str, Any]) -> Iterator[Record]:
        reader = RestReader()
        for page in self._pages("wp/v2/users", may_be_closed=True):
            yield from reader.users(page)
        for name, taxonomy in (("categories", "category"), ("tags", "post_tag")):
            # All terms are read at once, because a term may come before its parent.
            rows = (row for page in self._pages(f"wp/v2/{name}") for row in page)
            fields = [{key: row[key] for key in TERM_FIELDS if key in row} for row in rows]
            yield from reader.terms(fields, taxonomy)
        for page in self._pages("wp/v2/media", may_be_closed=True):
            yield from reader.media(page)
        # The menus of block themes. In this context, everybody reads their source.
        for page in self._pages("wp/v2/navigation", may_be_closed=True, context="embed"):
            yield from reader.posts(page)
        if self.authorization:
            for page in self._pages("wp/v2/menus", may_be_closed=True):
                reader.menus(page)
            for page in self._pages("wp/v2/menu-items", may_be_closed=True):
                yield from reader.menu_entries(page)
            for page in self._pages("wp/v2/blocks", may_be_closed=True, **self._all()):
                yield from reader.posts(page)
            yield from reader.widgets(self._list("wp/v2/sidebars"), self._list("wp/v2/widgets"))
        for name in ("pages", "posts"):
            for page in self._pages(f"wp/v2/{name}", orderby="id", order="asc", **self._all()):
                yield from reader.posts(page)
                if self.authorization and self.with_revisions:
                    yield from self._revisions(reader, name, page)
        if has_events(root):
            for page in self._pages(f"{EVENTS}/events", "events", may_be_closed=True, start_date="1970-01-02"):
                yield from reader.events(page)

    def _revisions(self, reader: RestReader, name: str, posts: list[dict[str, Any]]) -> Iterator[Record]:
        for post in posts:
            for page in self._pages(f"wp/v2/{name}/{post['id']}/revisions", may_be_closed=True, context="edit"):
                yield from reader.revisions(page)

    def _all(self) -> dict[str, Any]:
        return {"context": "edit", "status": "any"} if self.authorization else {}

    def _list(self, route: str) -> list[dict[str, Any]]:
        """A list without pages, which only administrators may read; empty for others."""
        try:
            found: list[dict[str, Any]] = self._get(route, context="edit")
        except FetchError as error:
            if error.status in CLOSED:
                return []
            raise
        return found

    def _pages(
        self, route: str, key: str = "", *, may_be_closed: bool = False, **query: str
    ) -> Iterator[list[dict[str, Any]]]:
        for number in range(1, MOST_PAGES + 1):
            try:
                found = self._get(route, per_page=str(ON_A_PAGE), page=str(number), **query)
            except FetchError as error:
                # There is no page after the last one.
                if error.status in CLOSED and (number > 1 or may_be_closed):
                    return
                raise
            rows = found[key] if key else found
            self.done += len(rows)
            self.pause("fetching", self.done, 0)
            yield rows
            if len(rows) < ON_A_PAGE:
                return

    def _get(self, route: str, **query: str) -> Any:
        address = f"{self.address}/wp-json/{route}" + (f"?{urlencode(query)}" if query else "")
        if self.bytes > MOST_BYTES_IN_ALL or monotonic() > self.until:
            raise ExportError(_("%(address)s is too large or too slow to be read.") % {"address": self.address})
        for wait in (*PAUSES, None):
            try:
                found = fetch(
                    address,
                    accept="application/json",
                    max_bytes=MOST_BYTES,
                    private_hosts=self.private_hosts,
                    authorization=self.authorization,
                )
                self.bytes += len(found.body or b"")
                return json_value((found.body or b"").decode("utf-8-sig"), MOST_PARTS_OF_FILE)
            except FetchError as error:
                if error.status not in BUSY or wait is None:
                    raise
                sleep(wait)
        return None
