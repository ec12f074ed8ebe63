"""Set-up for all tests: empty caches, no state of other tests, and two sites on request."""

import gc
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.template import Context
from django.template.base import Template
from django.test import Client, override_settings
from django.test.utils import instrumented_test_render
from django.utils import translation
from django_tasks_db.management.commands import db_worker
from hypothesis import settings as hypothesis_settings
from wagtail.models import Site

from portal.content import mail
from portal.content.serving import snapshot
from portal.content.serving.fragment_cache import fragments
from portal.editorial.roles import Role
from search.indexing.index import indexed_together
from search.network import _cache as network_cache
from tests.builders import (
    SampleSite,
    make_article,
    make_event,
    make_newsroom,
    make_portrait,
    make_recap,
    make_site,
    newsroom_client,
)
from tests.checkers.spared import (
    enlarge_statement_cache,
    idle_search_left_alone,
    known_blocks,
    known_faces,
    known_icons,
)
from tests.database_copies import DatabaseCopy, Installation, database_copy, installed
from tests.ready_database import ready_database

PLAIN_STATIC_FILES = {
    **django_settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The duration of an example depends on other load; `make bench` measures times.
hypothesis_settings.register_profile("suite", deadline=None)
hypothesis_settings.load_profile("suite")
IDLE_SEARCH = {"default": {**django_settings.WAGTAILSEARCH_BACKENDS["default"], "AUTO_UPDATE": False}}


# Modules with a test that needs the newsrooms.
_with_newsrooms: set[Path] = set()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With --dist loadgroup, tests that share fixtures of their module run in one worker, which builds them once.

    The journeys of writing run in one worker too, and all others in another: each has a server and a browser.
    """
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(
                pytest.mark.xdist_group(f"journeys-{'writing' if 'writing' in item.path.parts else 'others'}")
            )
        elif {"backups", "upgrades"} & set(item.path.parts):
            # Two restores at a time would fill the lock table of a PostgreSQL with its default settings.
            item.add_marker(pytest.mark.xdist_group("restores"))
        elif {"module_db", "module_network"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker per processor, plus one for the journeys, which mostly wait for their browser."""
    return (os.process_cpu_count() or 1) + (not config.getoption("--quick"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Exclude loaded objects from garbage collection, which would take 5 % of the time."""
    _with_newsrooms.update(
        item.path for item in session.items if "module_newsrooms" in getattr(item, "fixturenames", ())
    )
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def light_settings() -> Iterator[None]:
    """Static files without hashes, because no collectstatic has run, and a fast password hasher.

    Caches shared between processes are replaced by in-process caches.
    """
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    mark = uuid4().hex
    with override_settings(
        CACHES={alias: {**cache, "KEY_PREFIX": mark} for alias, cache in django_settings.CACHES.items()},
        STORAGES=PLAIN_STATIC_FILES,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture(autouse=True, scope="session")
def contexts_of_pages_only(django_test_environment) -> Iterator[None]:
    """`response.context` has only the context of the page's own template.

    Django would copy the context for each of the thousands of templates in a newsroom form.
    """
    rendering = threading.local()

    def render(template: Template, context: Context) -> str:
        if getattr(rendering, "page", False):
            return template.nodelist.render(context)
        rendering.page = True
        try:
            return instrumented_test_render(template, context)
        finally:
            rendering.page = False

    with mock.patch.object(Template, "_render", render):
        yield


@pytest.fixture(autouse=True, scope="session")
def spared() -> Iterator[None]:
    with known_blocks(), known_faces(), known_icons(), idle_search_left_alone():
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker) -> Iterator[None]:
    """pytest-django calls this just before it creates the test database."""
    enlarge_statement_cache()
    with django_db_blocker.unblock(), ready_database():
        yield


@pytest.fixture(autouse=True, scope="session")
def worker_in_the_transaction() -> Iterator[None]:
    """A worker closes old connections and those in a transaction. A test's connection is always in a transaction."""
    with mock.patch.object(db_worker, "close_old_connections"):
        yield


def empty_caches() -> None:
    """Empty this process's caches of sites."""
    snapshot._snapshots.clear()
    snapshot._neighbours.clear()
    network_cache.clear()
    fragments.clear()
    mail._silent_until = 0.0


@pytest.fixture(autouse=True)
def nothing_remembered(settings, light_settings) -> Iterator[None]:
    """Empty the caches: a rollback may restore a content version that another test has cached."""
    empty_caches()
    mark = uuid4().hex
    settings.CACHES = {alias: {**cache, "KEY_PREFIX": mark} for alias, cache in settings.CACHES.items()}
    with translation.override(settings.LANGUAGE_CODE):
        yield
    empty_caches()


@contextmanager
def rolled_back() -> Iterator[None]:
    """Roll back the block's writes, and empty the caches of sites."""
    Site.clear_site_root_paths_cache()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    Site.clear_site_root_paths_cache()


@pytest.fixture(scope="module")
def module_db(light_settings, django_db_setup, django_db_blocker) -> Iterator[None]:
    """A database for the whole module; changes by each test are rolled back."""
    with django_db_blocker.unblock(), rolled_back():
        yield


class Newsrooms(NamedTuple):
    """One member in each role, by site."""

    lorraine: dict[Role, Any]
    saar: dict[Role, Any]


@dataclass(frozen=True)
class Network:
    """Two sites with stories of their own; content of the second must never show on the first."""

    lorraine: SampleSite
    saar: SampleSite
    # None until a test needs them.
    newsrooms: Newsrooms | None = None
    # The site snapshots that a process has, by host, before any change.
    snapshots: dict[str, Any] = field(default_factory=dict)


@indexed_together()
def built_network() -> Network:
    lorraine = make_site("lorraine.localhost", ("fr", "de"))
    saar = make_site("saar.localhost", ("de", "fr"))
    for ground, word in ((lorraine, "lorrain"), (saar, "sarrois")):
        for section, calendar in zip(ground.sections.values(), ground.calendars.values(), strict=True):
            code = section.locale.language_code
            make_article(section, f"Article {word} {code}")
            make_portrait(section, f"Portrait {word} {code}")
            event = make_event(calendar, f"Rendez-vous {word} {code}")
            make_recap(calendar, f"Retour {word} {code}", event=event)
    return with_snapshots(Network(lorraine, saar))


def with_snapshots(network: Network) -> Network:
    for ground in (network.lorraine, network.saar):
        snapshot.snapshot_of(ground.site.hostname, str(ground.site.port))
    return replace(network, snapshots=dict(snapshot._snapshots))


def made_newsrooms(network: Network) -> Newsrooms:
    return Newsrooms(make_newsroom(network.lorraine), make_newsroom(network.saar))


@pytest.fixture(scope="session")
def network_copy(
    light_settings, django_db_setup, django_db_blocker, tmp_path_factory
) -> Iterator[Callable[[], DatabaseCopy[Network]]]:
    """Call it outside any transaction; the first call builds the network for all modules."""
    with ExitStack() as stack:

        @cache
        def once() -> DatabaseCopy[Network]:
            found = stack.enter_context(database_copy(built_network, tmp_path_factory.mktemp("network")))
            empty_caches()
            return found

        yield once
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture(scope="session")
def newsrooms_copy(
    network_copy: Callable[[], DatabaseCopy[Network]], django_db_blocker, tmp_path_factory
) -> Iterator[DatabaseCopy[Network]]:
    """The network with the newsrooms of both sites."""

    def build() -> Network:
        network = deepcopy(network_copy().content)
        return with_snapshots(replace(network, newsrooms=made_newsrooms(network)))

    with ExitStack() as stack:
        found = stack.enter_context(database_copy(build, tmp_path_factory.mktemp("newsrooms")))
        empty_caches()
        yield found
        with django_db_blocker.unblock():
            stack.close()


@contextmanager
def network_of(request: pytest.FixtureRequest, network_copy: DatabaseCopy[Network]) -> Iterator[Network]:
    with network_copy.here():
        if request.path not in _with_newsrooms:
            yield network_copy.content
            return
        newsrooms_copy: DatabaseCopy[Network] = request.getfixturevalue("newsrooms_copy")
        with newsrooms_copy.here():
            yield newsrooms_copy.content


@pytest.fixture(scope="module")
def module_network(
    request, network_copy: Callable[[], DatabaseCopy[Network]], light_settings, django_db_blocker
) -> Iterator[Network]:
    """Pages of the network are not indexed for search; a module that searches sets WAGTAILSEARCH_BACKENDS."""
    with override_settings(WAGTAILSEARCH_BACKENDS=IDLE_SEARCH), django_db_blocker.unblock():
        if connection.in_atomic_block:
            with rolled_back():
                yield built_network()
            return
        with network_of(request, network_copy()) as found, rolled_back():
            # A module's own fixtures may change the objects.
            yield deepcopy(found)


@pytest.fixture
def network(module_network: Network, db: None) -> Network:
    # The content version, which every change replaces, identifies snapshots.
    snapshot._snapshots.update(module_network.snapshots)
    return Network(module_network.lorraine.read_again(), module_network.saar.read_again())


@pytest.fixture(scope="module")
def module_newsrooms(module_network: Network) -> Newsrooms:
    return module_network.newsrooms or made_newsrooms(module_network)


@pytest.fixture
def newsrooms(module_newsrooms: Newsrooms, network: Network) -> Newsrooms:
    return deepcopy(module_newsrooms)


@pytest.fixture
def newsroom(newsrooms: Newsrooms) -> dict[Role, Any]:
    """One member for each role of the site under test."""
    return newsrooms.lorraine


@pytest.fixture
def administrator(lorraine: SampleSite, newsroom: dict[Role, Any]) -> Client:
    return newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])


@pytest.fixture
def lorraine(network: Network) -> SampleSite:
    """The site under test: in French, its main language, and in German."""
    return network.lorraine


@pytest.fixture
def saar(network: Network) -> SampleSite:
    """The other site, whose content is a decoy: in German, its main language, and in French."""
    return network.saar


@pytest.fixture
def media(settings, tmp_path) -> None:
    """A folder for the uploaded files of a test."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def reader(lorraine: SampleSite) -> Client:
    return lorraine.reader()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-24 12:01:00+00:00", tick=False) as clock:
        yield clock


@pytest.fixture
def installation(django_db_setup, django_db_blocker, tmp_path: Path) -> Iterator[Installation]:
    """A migrated installation without content, for the processes that a test starts.

    A test requests it before `db`, since no transaction may be open while the database is copied.
    """
    with django_db_blocker.unblock(), installed(tmp_path) as found:
        yield found
