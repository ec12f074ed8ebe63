"""The most frequent requests need no more queries with ten sites than with one, in the newsroom and for readers."""

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Site

from portal.content.records.listing import StoryCard
from portal.content.serving.snapshot import snapshot_of
from portal.editorial.models import Role
from portal.editorial.roles import group_of
from tests.bench import newsroom
from tests.bench.bulk.network import create_sites, fill, portal_sites
from tests.bench.management.commands.generate_network import Command
from tests.builders import make_member

MAX_QUERIES = 40
MANY = 10
# Lists read the fields of their pages with one query for each kind among them, and other pages may have other kinds.
OTHER_KINDS = 2


@pytest.fixture(scope="module")
def first(module_db) -> Site:
    """The first site, before there are others."""
    create_sites(1, "fr")
    fill(30)
    return Site.objects.get(hostname="site-001.localhost")


@pytest.fixture(scope="module")
def people(first):
    editor = make_member("one-editor", group_of(first, Role.EDITOR))
    keeper = make_member("one-keeper", group_of(first, Role.SITE_ADMINISTRATOR))
    return {"editor": editor, "keeper": keeper, "network": make_member("one-network", is_superuser=True)}


def queries(client: Client, path: str) -> int:
    # Once a minute, a request also records that the session was used. The first request does this if it is due.
    with time_machine.travel(timezone.now(), tick=False):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
    return len(captured)


def costs(site: Site, people) -> dict[tuple[str, str], int]:
    found = {}
    for name, person in people.items():
        client = Client(headers={"host": site.hostname})
        client.force_login(person)
        found |= {(name, page): queries(client, path) for page, path, *_ in newsroom.paths_of(site, person)}
    return found


def reading(site: Site) -> list[int]:
    edition = snapshot_of(site.hostname, str(site.port)).editions["fr"]
    stories = (
        StoryCard.objects.filter(page__path__startswith=edition.home.path).select_related("page").order_by("page")[:3]
    )
    client = Client(headers={"host": site.hostname})
    return [queries(client, path) for path in [edition.home_url, *(edition.url_of(card.page) for card in stories)]]


def test_query_count_does_not_grow_with_the_number_of_sites(db, first, people):
    alone, alone_outside = costs(first, people), reading(first)

    assert create_sites(MANY, "fr") == MANY - 1
    fill(10)

    crowded = costs(first, people)
    # The network's explorer and choosers need more: docs/decisions.md, 19.
    assert all(crowded[name, page] <= MAX_QUERIES for name in people for page in ("dashboard",))
    # A network administrator's list of home pages has more rows in a larger network.
    same = [key for key in alone if key[0] != "network" and key[1] != "explorer, section"]
    grown = {key: (alone[key], crowded[key]) for key in same if crowded[key] > alone[key] + OTHER_KINDS}
    assert grown == {}
    assert reading(first) == alone_outside


def test_network_grows_to_the_requested_size(db, first, capsys):
    call_command(Command(), sites=3, pages=20)
    assert portal_sites().count() == 3
    assert StoryCard.objects.count() >= 3 * 20 * 0.9
    call_command(Command(), sites=3, pages=20)
    assert capsys.readouterr().out.splitlines()[-1].startswith("0 sites created")
