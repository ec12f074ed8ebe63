"""Resolves hosts and paths: the page that was viewed, its sections, and the day in the site's time zone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.http.request import split_domain_port
from wagtail.models import Collection, Page, Site

from portal.content.pages.pages import PortalPage
from portal.content.records.people import Person
from portal.content.records.settings import SiteSettings
from portal.content.serving.editions import CATALOGUE_WORDS, SEARCH_WORDS, Edition
from portal.content.serving.routing import LONGEST_STEP, MAX_STEPS
from portal.content.serving.snapshot import SiteSnapshot, snapshot_of
from portal.content.visibility import STEP
from portal.media.models import Document
from portal.readership.counting.counter import DOCUMENTS
from portal.readership.models import ReadershipChoices, SubjectKind

# The first step of a registration form's path. The second is the primary key of the event's page.
REGISTRATION = "_registration"
USUAL_PORT = "443" if settings.HTTPS else "80"
# The number of paths that one query resolves, each with some pages above it.
PATHS_PER_QUERY = 60
KEYS_PER_QUERY = 5000


class Subjects:
    """Finds the subject at a path. A site's authors are queried once."""

    def __init__(self) -> None:
        self.authors: dict[int, Mapping[str, int]] = {}

    def kind_and_key(self, edition: Edition, steps: list[str]) -> tuple[str, int] | None:
        """The kind and primary key of the subject at these path steps below the language; None if there is none."""
        if steps == [SEARCH_WORDS[edition.language]["search"]]:
            return SubjectKind.SEARCH.value, 0
        if len(steps) != 2:
            return None
        word, slug = steps
        words = CATALOGUE_WORDS[edition.language]
        if word == words["topics"] and (topic := edition.topic_at(slug)):
            return SubjectKind.TOPIC.value, topic.pk
        if word == words["people"] and (author := self._authors_at(edition).get(slug)):
            return SubjectKind.AUTHOR.value, author
        return None

    def _authors_at(self, edition: Edition) -> Mapping[str, int]:
        key = edition.site.pk
        if key not in self.authors:
            people = Person.objects.available_at(edition.site).filter(has_page=True)
            self.authors[key] = dict(people.values_list("slug", "pk"))
        return self.authors[key]


def key_of_form(steps: list[str]) -> int:
    """The primary key of the event page whose registration form is at these steps; 0 for any other path."""
    return number_in(steps[1]) if len(steps) == 3 and steps[0] == REGISTRATION else 0


def number_in(step: str) -> int:
    """A primary key in a path, or 0."""
    return int(step) if step.isascii() and step.isdecimal() and len(step) <= 18 else 0


def documents_of(site: int) -> QuerySet[Document]:
    """The documents that are not in another site's folder."""
    roots = SiteSettings.objects.exclude(site=site).exclude(media_collection=None)
    others = Q(pk__in=[])
    for path in roots.values_list("media_collection__path", flat=True):
        others |= Q(path__startswith=path)
    return Document.objects.exclude(collection__in=Collection.objects.filter(others).values("pk"))


# A host and a path, as WSGI has them.
type Address = tuple[str, str]


@dataclass(frozen=True)
class Target:
    """A public page with the home page and the sections that contain it (a section contains itself).

    It may also be a document, the registration form of the event `form_of`, or a topic, an author or the search, by
    kind and key.
    """

    site: int
    zone: ZoneInfo
    page: int = 0
    places: tuple[int, ...] = ()
    document: int = 0
    form_of: int = 0
    kind: str = ""
    key: int = 0


def targets_of(addresses: set[Address]) -> dict[Address, Target]:
    """The targets of URLs that lead to a public page or document of a site with counting."""
    documents: dict[Address, Target] = {}
    forms: dict[Address, tuple[Edition, int]] = {}
    pages: dict[tuple[int, str], list[tuple[Address, list[str]]]] = defaultdict(list)
    found: dict[Address, Target] = {}
    subjects = Subjects()
    snapshots = counting_snapshots({host for host, _path in addresses})
    for address in addresses:
        host, path = address
        # WSGI has the bytes of a path as Latin-1 (PEP 3333).
        decoded = path.encode("latin-1", "replace").decode("utf-8", "replace")
        language, *steps = [step for step in decoded.split("/") if step] or [""]
        if (snapshot := snapshots.get(host)) is None:
            continue
        if path.startswith(DOCUMENTS):
            key = number_in(steps[0]) if steps else 0
            documents[address] = Target(snapshot.site.pk, snapshot.default.zone, document=key)
        elif (edition := snapshot.editions.get(language)) is None or not _is_path(steps):
            continue
        elif event := key_of_form(steps):
            forms[address] = edition, event
        elif subject := subjects.kind_and_key(edition, steps):
            kind, key = subject
            found[address] = Target(edition.site.pk, edition.zone, places=(edition.home.pk,), kind=kind, key=key)
        else:
            pages[snapshot.site.pk, language].append((address, steps))
    found.update(_documents(documents))
    found.update(_forms(forms))
    for (_site, language), requests in pages.items():
        snapshot = snapshots[requests[0][0][0]]
        for some in batched(requests, PATHS_PER_QUERY):
            found.update(_pages(snapshot.editions[language], some))
    return found


def hosts_of_the_network() -> set[str]:
    return set(Site.objects.values_list("hostname", flat=True))


def counting_snapshots(hosts: set[str]) -> dict[str, SiteSnapshot]:
    """The sites at these hosts that count their readers."""
    silent = set(ReadershipChoices.objects.filter(is_counting=False).values_list("site", flat=True))
    found = {}
    for host in hosts:
        hostname, port = split_domain_port(host)
        snapshot = snapshot_of(hostname, port or USUAL_PORT) if hostname else None
        if snapshot and snapshot.site.pk not in silent:
            found[host] = snapshot
    return found


def _is_path(steps: list[str]) -> bool:
    return len(steps) <= MAX_STEPS and all(len(step) <= LONGEST_STEP and "\0" not in step for step in steps)


def _documents(requests: dict[Address, Target]) -> Iterator[tuple[Address, Target]]:
    by_site: dict[int, set[int]] = defaultdict(set)
    for target in requests.values():
        by_site[target.site].add(target.document)
    existing = {
        (site, key)
        for site, keys in by_site.items()
        for key in documents_of(site).filter(pk__in=keys).values_list("pk", flat=True)
    }
    yield from ((address, each) for address, each in requests.items() if (each.site, each.document) in existing)


def _forms(requests: dict[Address, tuple[Edition, int]]) -> Iterator[tuple[Address, Target]]:
    paths: dict[int, str] = {}
    for some in batched({key for _edition, key in requests.values()}, KEYS_PER_QUERY):
        paths.update(Page.objects.live().filter(pk__in=some).values_list("pk", "path"))
    for address, (edition, key) in requests.items():
        if paths.get(key, "").startswith(edition.home.path):
            yield address, Target(edition.site.pk, edition.zone, form_of=key)


def _pages(edition: Edition, requests: Sequence[tuple[Address, list[str]]]) -> Iterator[tuple[Address, Target]]:
    home = edition.home
    url_paths = {
        home.url_path + "/".join(steps[:end]) + "/" for _address, steps in requests for end in range(1, len(steps) + 1)
    }
    slugs = {step for _address, steps in requests for step in steps}
    # `slug` has an index; `url_path` has none.
    pages = Page.objects.live().filter(slug__in=slugs, url_path__in=url_paths, path__startswith=home.path).order_by()
    rows = pages.values_list("url_path", "pk", "path", "content_type") if url_paths else ()
    existing = {url_path: facts for url_path, *facts in rows}
    sections = dict(Page.objects.filter(path__in=edition.sections).values_list("path", "pk"))
    for address, steps in requests:
        pk, path, content_type = home.pk, home.path, home.content_type_id
        depth = 0
        while depth < len(steps) and (below := existing.get(home.url_path + "/".join(steps[: depth + 1]) + "/")):
            pk, path, content_type = below
            depth += 1
        rest = steps[depth:]
        # The rest may be a route of the page, such as a section's list or a calendar's month.
        if (not rest or _has_route(content_type, rest, edition)) and not edition.is_private(path):
            ends = range(len(home.path) + STEP, len(path) + 1, STEP)
            above = tuple(sections[path[:end]] for end in ends if path[:end] in sections)
            yield address, Target(edition.site.pk, edition.zone, pk, (home.pk, *above))


def _has_route(content_type: int, rest: list[str], edition: Edition) -> bool:
    model = ContentType.objects.get_for_id(content_type).model_class()
    return model is not None and issubclass(model, PortalPage) and model.has_route_below(rest, edition)
