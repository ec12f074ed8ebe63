"""Exports the public site as a folder of files: the pages that an anonymous reader gets."""

import mimetypes
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from django.core.management.base import CommandError
from django.http import FileResponse, HttpResponseNotFound
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site

from portal.media.sending import BY_PORTAL
from portal.moving.exporting.destinations import new_folder
from portal.moving.exporting.static_pages import (
    SCRIPT_ADDRESS,
    STYLE_ADDRESS,
    asks_for_password,
    forwarding_page,
    rewritten_page,
    rewritten_text,
    search_address,
)

# The maximum number of pages and filtered views per list in the copy.
MOST_VIEWS = 1000
MOST_STEPS = 5
# A line about the progress follows this many addresses.
PROGRESS = 250
# Later months are left out of the calendars, because an event may last for decades.
MONTHS_AHEAD = 24
LONGEST_NAME = 180
# Parameters beside the one filter: the page of the list, and the last day of a period.
WITH_A_FILTER = ("page", "last")
NOT_FOUND = "/page-that-does-not-exist/"
OK, PRIVATE, MISSING = 200, 401, 404
REDIRECTS = (301, 302, 303, 307, 308)
# Paths that need a server.
_OF_THE_SERVER = re.compile(r"/(?:admin|api|_util)(?:/|$)|/[a-z-]{2,12}/_\w+(?:/|$)|.*/opensearch\.xml$")
_ENDINGS = {"image/avif": ".avif", "image/webp": ".webp", "image/jpeg": ".jpg"}
# Calendars are left out, because their lines are folded within URLs.
_TEXTS = re.compile(r"xml|json|text/plain")


@dataclass(frozen=True, slots=True)
class CopiedAddress:
    """The site's response at an address: a file of the copy, a redirect to another address, or neither."""

    status: int
    file: str = ""
    target: str = ""
    content_type: str = ""


def export_static(site: Site, to: Path) -> Iterator[str]:
    with new_folder(to) as folder:
        copy = StaticCopy(site, folder)
        # Responses contain the files themselves, which a proxy would otherwise send.
        with override_settings(SENDFILE_HEADER=BY_PORTAL):
            yield from copy.save()
        copy.rewrite()
    yield f"{to}: {copy.pages:,} pages, {copy.files:,} other files."
    for address, (status, page) in sorted(copy.dead.items()):
        yield f"Leads nowhere ({'private' if status == PRIVATE else status}): {address}, linked from {page}"
    if copy.shortened:
        yield f"{len(copy.shortened):,} addresses of filtered lists lead to the lists without these filters."
    if copy.is_cut:
        yield f"The months of calendars end with {copy.last_month}; the lists have the later events, too."


class StaticCopy:
    def __init__(self, site: Site, folder: Path):
        self.root, self.folder = site.root_url, folder
        parts = urlsplit(self.root)
        self.host, self.is_secure = parts.netloc, parts.scheme == "https" or settings.SECURE_SSL_REDIRECT
        self.client = Client(HTTP_HOST=self.host, raise_request_exception=False)
        self.saved: dict[str, CopiedAddress] = {}
        self.queue: deque[tuple[str, str]] = deque()
        self.views: Counter[str] = Counter()
        # The search page of each language, by the first part of its path.
        self.searches: dict[str, str] = {}
        # Broken URLs, each with its status and a page that links to it.
        self.dead: dict[str, tuple[int, str]] = {}
        # Links with several filters at once.
        self.shortened: set[str] = set()
        self.pages = 0
        today = timezone.localdate()
        self.last_month = f"{date(today.year, today.month, 1) + relativedelta(months=MONTHS_AHEAD):%Y-%m}"
        # Whether there are later months.
        self.is_cut = False

    @property
    def files(self) -> int:
        return len({found.file for found in self.saved.values() if found.file}) - self.pages

    # Crawling

    def save(self) -> Iterator[str]:
        """Save everything that the sitemap and the pages link to. Yields lines about the progress."""
        for name in ("landing", "sitemap", "robots"):
            self._expect(reverse(name), "")
        reported = 0
        while self.queue:
            key, page = self.queue.popleft()
            self.saved[key] = found = self._fetch(key)
            if found.status != OK and found.status not in REDIRECTS:
                self.dead.setdefault(unquote(key), (found.status, page))
            if len(self.saved) - len(self.queue) >= reported + PROGRESS:
                reported = len(self.saved) - len(self.queue)
                yield f"{reported:,} addresses saved, {len(self.queue):,} known ones to go."
        if self._end("/").status != OK:
            raise CommandError(f"{self.root} has no home page for readers: it answers {self._end('/').status}.")
        # It may link to itself.
        self.saved[NOT_FOUND] = CopiedAddress(0)
        self.saved[NOT_FOUND] = self._fetch(NOT_FOUND, status=MISSING)
        while self.queue:
            key, _page = self.queue.popleft()
            self.saved[key] = self._fetch(key)

    def _expect(self, key: str, page: str) -> None:
        if key not in self.saved:
            # This is set until the file is fetched.
            self.saved[key] = CopiedAddress(0)
            self.queue.append((key, page))

    def _fetch(self, key: str, status: int = OK) -> CopiedAddress:
        is_static = key.startswith(f"/{settings.STATIC_URL.strip('/')}/")
        response: Any = _static_file(key) if is_static else self.client.get(key, secure=self.is_secure)
        # Request each page as a first-time visitor.
        self.client.cookies.clear()
        try:
            if response.status_code in REDIRECTS:
                target = urljoin(f"{self.root}{key}", response["Location"])
                local = self._local(target, key)
                if local:
                    self._expect(local, key)
                # A members' page redirects to the sign-in.
                if not local and self._is_here(target):
                    return CopiedAddress(PRIVATE)
                return CopiedAddress(response.status_code, target=local or target)
            if response.status_code != status:
                return CopiedAddress(response.status_code)
            return self._store(key, response)
        finally:
            response.close()

    def _store(self, key: str, response: Any) -> CopiedAddress:
        kind = response.get("Content-Type", "").partition(";")[0]
        name = "404.html" if key == NOT_FOUND else file_name(key, kind)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for part in getattr(response, "streaming_content", None) or [response.content]:
                file.write(part)
        if kind == "text/html":
            html = path.read_text(encoding="utf-8")
            if asks_for_password(html):
                path.unlink()
                return CopiedAddress(PRIVATE)
            self.pages += 1
            if _language(key) not in self.searches and (address := search_address(html)):
                self.searches[_language(address)] = address
        self._follow(key, path, kind)
        return CopiedAddress(OK, name, "", kind)

    def _follow(self, key: str, path: Path, kind: str) -> None:
        """Queue everything that a file refers to."""

        def seen(address: str) -> str:
            if local := self._local(address, key):
                self._expect(local, key)
            return address

        if kind == "text/html":
            rewritten_page(path.read_text(encoding="utf-8"), self.root, seen, is_search=self._is_search(key))
        elif kind in ("text/css", "text/javascript", "application/javascript"):
            pattern = STYLE_ADDRESS if kind == "text/css" else SCRIPT_ADDRESS
            for found in pattern.finditer(path.read_text(encoding="utf-8")):
                seen(found[1])
        elif kind == "application/manifest+json":
            for address in re.findall(r'"(/[^"\s]*)"', path.read_text(encoding="utf-8")):
                seen(address)
        elif _TEXTS.search(kind):
            rewritten_text(path.read_text(encoding="utf-8"), self.root, seen)

    # Addresses

    def _is_here(self, address: str) -> bool:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and parts.netloc == self.host

    def _local(self, address: str, page: str) -> str | None:
        """The key of an address of this site: its path, and the part of its query that the copy supports; else None."""
        try:
            whole = urljoin(f"{self.root}{page}", address)
            if not self._is_here(whole):
                return None
            parts = urlsplit(whole)
        except ValueError:
            return None
        path = quote(unquote(parts.path or "/"), safe="/~!$&'()*+,;=:@|-._")
        if _OF_THE_SERVER.match(path) or self._is_too_late(parts.query):
            return None
        query = self._query(path, parts.query)
        return f"{path}?{query}" if query else path

    def _query(self, path: str, query: str) -> str:
        """Lists have their pages, and one filter at a time; the search page and files have no query."""
        pairs = [(name, value) for name, value in parse_qsl(query) if name != "v"]
        filters = [name for name, _value in pairs if name not in WITH_A_FILTER]
        if not pairs or self._is_search(path) or not path.endswith("/"):
            return ""
        text = urlencode(pairs)
        key = f"{path}?{text}"
        if key in self.saved:
            return text
        if len(filters) > 1 or self.views[path] >= MOST_VIEWS:
            self.shortened.add(key)
            return ""
        self.views[path] += 1
        return text

    def _is_too_late(self, query: str) -> bool:
        is_later = dict(parse_qsl(query)).get("month", "") > self.last_month
        self.is_cut = self.is_cut or is_later
        return is_later

    def _is_search(self, key: str) -> bool:
        return key.partition("?")[0] in self.searches.values()

    def _end(self, key: str) -> CopiedAddress:
        """The address at the end of the redirects."""
        found = self.saved[key]
        for _step in range(MOST_STEPS):
            if not found.target or found.target not in self.saved:
                break
            found = self.saved[found.target]
        return found

    def _address(self, address: str, page: str) -> str | None:
        """The replacement for an address in the copy; None for a broken address."""
        whole = urljoin(f"{self.root}{page}", address)
        if address.startswith("#") or not self._is_here(whole):
            return address
        key = self._local(address, page)
        if key is None:
            # The note on the search page explains why.
            is_left_out = address.endswith(".xml") or self._is_too_late(urlsplit(whole).query)
            return None if is_left_out else self._note(page)
        found = self._end(key) if key in self.saved else CopiedAddress(MISSING)
        if found.target:
            return found.target if found.status in REDIRECTS else None
        if not found.file:
            return None
        fragment = urlsplit(address).fragment
        new = public_path(found.file) + (f"#{fragment}" if fragment else "")
        return f"{self.root}{new}" if address.startswith(self.root) else new

    def _note(self, page: str) -> str | None:
        search = self.searches.get(_language(page))
        return public_path(self.saved[search].file) if search and search in self.saved else None

    # Rewriting

    def rewrite(self) -> None:
        for key, found in self.saved.items():
            path = self.folder / found.file

            def new(address: str, key: str = key) -> str | None:
                return self._address(address, key)

            if found.content_type == "text/html":
                html = path.read_text(encoding="utf-8")
                path.write_text(rewritten_page(html, self.root, new, is_search=self._is_search(key)), encoding="utf-8")
            elif found.file and _TEXTS.search(found.content_type):
                path.write_text(rewritten_text(path.read_text(encoding="utf-8"), self.root, new), encoding="utf-8")
        if self.saved["/"].target:
            home = forwarding_page(public_path(self._end("/").file))
            (self.folder / "index.html").write_text(home, encoding="utf-8")


def _static_file(key: str) -> FileResponse | HttpResponseNotFound:
    """A static file of the installation, which the web server may send itself."""
    name = unquote(key).removeprefix(f"/{settings.STATIC_URL.strip('/')}/")
    try:
        return FileResponse(Path(finders.find(name) or staticfiles_storage.path(name)).open("rb"))
    except (OSError, SuspiciousFileOperation):
        return HttpResponseNotFound()


def _language(path: str) -> str:
    return urlsplit(path).path.strip("/").partition("/")[0]


def file_name(key: str, content_type: str) -> str:
    """The file of the copy for an address: `/fr/list/?page=2` is `fr/list/~page-2/`."""
    path, _mark, query = key.partition("?")
    names = [_safe(part) for part in unquote(path).split("/") if part]
    if query:
        names.append("~" + _safe(re.sub(r"[^\w.-]+", "-", unquote(query))))
    if content_type == "text/html":
        return "/".join([*names, "index.html"])
    ending = _ENDINGS.get(content_type) or mimetypes.guess_extension(content_type) or ""
    if path.endswith("/") or not names:
        # This is, for example, a picture, whose URL contains its size and format.
        return f"{names[0] if names else 'files'}/{sha256(key.encode()).hexdigest()[:24]}{ending}"
    return "/".join(names)


def _safe(name: str) -> str:
    """A name that is valid on every file system and cannot escape its folder."""
    name = re.sub(r"[\x00-\x1f/\\]", "-", name)
    if not name.strip("."):
        return "-"
    if len(name.encode()) <= LONGEST_NAME:
        return name
    pure = PurePosixPath(name)
    ending = pure.suffix if len(pure.suffix) < 10 else ""
    cut = name.encode()[: LONGEST_NAME - 40].decode(errors="ignore")
    return f"{cut}-{sha256(name.encode()).hexdigest()[:12]}{ending}"


def public_path(file: str) -> str:
    return quote("/" + file.removesuffix("index.html"), safe="/~!$&'()*+,;=:@-._")
