"""From hosts and paths to pages: whose view it was, which sections it counts for, and on which day of the site."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import batched
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.http.request import split_domain_port
from wagtail.models import Page, Site

from portal.content.pages.pages import PortalPage
from portal.content.serving.editions import Edition
from portal.content.serving.routing import LONGEST_STEP, MOST_STEPS
from portal.content.serving.snapshot import SiteSnapshot, snapshot_of
from portal.content.visibility import STEP
from portal.readership.counting.counter import DOCUMENTS
from portal.readership.documents import documents_of
from portal.readership.models import ReadershipChoices
from portal.readership.subjects import Subjects, key_of_form

USUAL_PORT = "443" if settings.HTTPS else "80"
# A query asks for the pages of so many paths, each of which has some pages above it.
PATHS_A_QUERY = 60
KEYS_A_QUERY = 5000


@dataclass(frozen=True)
class Target:
    """A public page, with the home page and the sections that it lies in (a section lies in itself).

    Or what is no page of the tree: a document; the form to register for the event `form_of`; or a topic, an author or
    the search by its kind and key.
    """

    site: int
    zone: ZoneInfo
    page: int = 0
    places: tuple[int, ...] = ()
    document: int = 0
    form_of: int = 0
    kind: str = ""
    key: int = 0


def targets_of(addresses: Collection[tuple[str, str]]) -> dict[tuple[str, str], Target]:
    """The page of each (host, path) as WSGI gives them; what is no public page of a site that counts, and
    no document, is absent."""
    by_edition: dict[tuple[int, str], list[tuple[tuple[str, str], list[str]]]] = defaultdict(list)
    editions: dict[tuple[int, str], Edition] = {}
    silent = set(ReadershipChoices.objects.filter(is_counting=False).values_list("site", flat=True))
    documents: dict[tuple[str, str], Target] = {}
    forms: dict[tuple[str, str], tuple[Edition, int]] = {}
    found: dict[tuple[str, str], Target] = {}
    subjects = Subjects()
    snapshots: dict[str, SiteSnapshot | None] = {}
    for host, path in addresses:
        if host not in snapshots:
            hostname, port = split_domain_port(host)
            snapshots[host] = snapshot_of(hostname, port or USUAL_PORT) if hostname else None
        snapshot = snapshots[host]
        if snapshot is None or snapshot.site.pk in silent:
            continue
        if not (given := [step for step in _decoded(path).split("/") if step]):
            continue
        language, *steps = given
        if path.startswith(DOCUMENTS):
            documents[host, path] = Target(snapshot.site.pk, snapshot.default.zone, document=_key(steps))
            continue
        if language not in snapshot.editions or not _is_path(steps):
            continue
        edition = snapshot.editions[language]
        if event := key_of_form(steps):
            forms[host, path] = (edition, event)
            continue
        if (subject := subjects.kind_and_key(edition, steps)) is not None:
            kind, number = subject
            home = (edition.home.pk,)
            found[host, path] = Target(edition.site.pk, edition.zone, places=home, kind=kind, key=number)
            continue
        key = (snapshot.site.pk, language)
        editions[key] = edition
        by_edition[key].append(((host, path), steps))
    known: set[tuple[int, int]] = set()
    for site in {target.site for target in documents.values()}:
        keys = {target.document for target in documents.values() if target.site == site}
        known.update((site, key) for key in documents_of(site).filter(pk__in=keys).values_list("pk", flat=True))
    found |= {address: each for address, each in documents.items() if (each.site, each.document) in known}
    found.update(_forms(forms))
    for key, asked in by_edition.items():
        for some in batched(asked, PATHS_A_QUERY):
            found.update(_found(editions[key], some))
    return found


def hosts_of_the_network() -> set[str]:
    return set(Site.objects.values_list("hostname", flat=True))


def _decoded(path: str) -> str:
    """WSGI gives the bytes of a path as Latin-1 (PEP 3333)."""
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


def _key(steps: list[str]) -> int:
    """The number in `/documents/12/name.pdf`, or none."""
    return int(steps[0]) if steps and steps[0].isascii() and steps[0].isdecimal() and len(steps[0]) <= 18 else 0


def _is_path(steps: list[str]) -> bool:
    return len(steps) <= MOST_STEPS and all(len(step) <= LONGEST_STEP and "\0" not in step for step in steps)


def _forms(
    asked: dict[tuple[str, str], tuple[Edition, int]],
) -> Iterator[tuple[tuple[str, str], Target]]:
    """The forms to register for events that are public, and of the edition below whose address they are asked for."""
    paths: dict[int, str] = {}
    for some in batched({key for _edition, key in asked.values()}, KEYS_A_QUERY):
        paths.update(Page.objects.live().filter(pk__in=some).values_list("pk", "path"))
    for address, (edition, key) in asked.items():
        if paths.get(key, "").startswith(edition.home.path):
            yield address, Target(edition.site.pk, edition.zone, form_of=key)


def _found(
    edition: Edition, asked: Collection[tuple[tuple[str, str], list[str]]]
) -> Iterator[tuple[tuple[str, str], Target]]:
    home = edition.home
    wanted = {home.url_path + "/".join(steps[:end]) + "/" for _key, steps in asked for end in range(1, len(steps) + 1)}
    slugs = {step for _key, steps in asked for step in steps}
    # `slug` has an index, `url_path` has none.
    pages = Page.objects.live().filter(slug__in=slugs, url_path__in=wanted, path__startswith=home.path).order_by()
    rows = pages.values_list("url_path", "pk", "path", "content_type") if wanted else ()
    known = {url_path: facts for url_path, *facts in rows}
    sections = dict(Page.objects.filter(path__in=edition.sections).values_list("path", "pk"))
    for key, steps in asked:
        pk, path, content_type = home.pk, home.path, home.content_type_id
        rest = steps
        while rest and (below := known.get(home.url_path + "/".join(steps[: len(steps) - len(rest) + 1]) + "/")):
            pk, path, content_type = below
            rest = rest[1:]
        # Such as the list of a section, or a month of a calendar; but not the search, which is no page.
        if (not rest or _has_route(content_type, rest, edition)) and not edition.is_private(path):
            ends = range(len(home.path) + STEP, len(path) + 1, STEP)
            above = tuple(sections[path[:end]] for end in ends if path[:end] in sections)
            yield key, Target(edition.site.pk, edition.zone, pk, (home.pk, *above))


def _has_route(content_type: int, rest: list[str], edition: Edition) -> bool:
    model = ContentType.objects.get_for_id(content_type).model_class()
    return model is not None and issubclass(model, PortalPage) and model.has_route_below(rest, edition)
