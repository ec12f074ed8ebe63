"""The setting ALLOWED_HOSTS: a list of hosts, or the sites of the database."""

from collections.abc import Callable, Iterator
from threading import Lock
from time import monotonic
from typing import ClassVar

from django.db import DatabaseError, InterfaceError
from django.http.request import validate_host

from portal import env

SITES = "sites"
# Seconds between two queries for hosts that are not in memory: anybody can send any host.
PAUSE = 1.0
PAUSE_AFTER_FAILURE = 5.0


class SiteHosts(list[str]):
    """The hosts of all sites in the database, and those of the setting beside the word `sites`.

    They are compared in memory. Only a host that is not among them can lead to a query, one per second and process. If
    the database does not respond, the last known hosts are served. `KnownSite` refuses hosts that were removed since.
    """

    # Set by the app that has the table.
    query: ClassVar[Callable[[], frozenset[str]]]

    def __init__(self, words: list[str]):
        super().__init__(words)
        self.others = [word for word in words if word != SITES]
        self._known: frozenset[str] | None = None
        self._next = 0.0
        self._lock = Lock()

    def __iter__(self) -> Iterator[str]:
        # Django compares until one matches, so that the query is only reached by an unknown host.
        yield from self.others
        known = self._known or frozenset()
        yield from known
        yield from self.latest() - known

    def latest(self) -> frozenset[str]:
        """The hosts of the database, at most a second old. Raises the database's error if none were ever read."""
        if (known := self._known) is not None:
            if monotonic() < self._next or not self._lock.acquire(blocking=False):
                return known
        else:
            self._lock.acquire()
        try:
            if monotonic() >= self._next or self._known is None:
                self._read()
            return self._known or frozenset()
        finally:
            self._lock.release()

    def _read(self) -> None:
        try:
            self._known, self._next = SiteHosts.query(), monotonic() + PAUSE
        except (DatabaseError, InterfaceError):
            if self._known is None:
                raise
            self._next = monotonic() + PAUSE_AFTER_FAILURE

    def is_unknown(self, host: str) -> bool:
        """Whether no site had this host at the last query; False before the first one."""
        return self._known is not None and host not in self._known and not validate_host(host, self.others)


# Proxies ask for these, whatever the setting is.
SITE_HOSTS = SiteHosts([SITES])


def read() -> list[str]:
    found = env.hosts(
        "ALLOWED_HOSTS",
        ["localhost", ".localhost", "127.0.0.1", "[::1]"],
        "Host names that are served; each must also be a site’s host. sites: all hosts of the sites.",
    )
    if found == [SITES]:
        return SITE_HOSTS
    return SiteHosts(found) if SITES in found else found
