"""Measures pages of the admin, as an editor and a site administrator of one site and as a network administrator."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from wagtail.models import Page, Site

from portal.content.records.listing import StoryCard
from portal.editorial.models import Role
from portal.editorial.roles import group_of, set_up_newsroom
from tests.bench.bulk.network import portal_sites
from tests.bench.direct import measure as measure_directly
from tests.bench.figures import Figures
from tests.bench.samples import NothingToMeasureError, Sample
from tests.bench.serving.urls import CONSTANT

DEFAULT_WORD = "a"


def measure(seconds: float) -> list[Figures]:
    """The figures, of the constant view first; raises NothingToMeasureError if there is no site."""
    site = portal_sites().select_related("root_page").order_by("pk").first()
    if site is None:
        raise NothingToMeasureError("There is no site.")
    host = f"{site.hostname}:{site.port}"
    with override_settings(ROOT_URLCONF="tests.bench.serving.urls"), _people(site) as people:
        figures = [measure_directly(Sample("constant view", host, [CONSTANT]), seconds)]
        for name, person in people.items():
            client = Client(headers={"host": host})
            client.force_login(person)
            for page, path in paths_of(site, person):
                figures.append(measure_directly(Sample(f"{name}: {page}", host, [path]), seconds, client))
    return figures


@contextmanager
def _people(site: Site) -> Iterator[dict[str, Any]]:
    """Create an editor and an administrator of the site and one of the network, and roll back at the end."""
    with transaction.atomic():
        set_up_newsroom(site)
        users = get_user_model().objects
        people = {}
        for role in (Role.EDITOR, Role.SITE_ADMINISTRATOR):
            people[role.value] = users.create(username=f"bench-{role.value}")
            people[role.value].groups.add(group_of(site, role))
        people["network"] = users.create(username="bench-network", is_superuser=True)
        yield people
        transaction.set_rollback(True)


def paths_of(site: Site, person: Any) -> Iterator[tuple[str, str]]:
    """Name and path of the most frequent pages: dashboard, explorer, editing page, page search, choosers."""
    home = site.root_page
    section = home.get_children().filter(numchild__gt=0).first() or home
    word = _word(home)
    yield "dashboard", reverse("wagtailadmin_home")
    if person.is_superuser:
        # Other users are redirected to the home page of their site.
        yield "explorer, root", reverse("wagtailadmin_explore_root")
    yield "explorer, home", reverse("wagtailadmin_explore", args=[home.pk])
    yield "explorer, section", reverse("wagtailadmin_explore", args=[section.pk])
    articles = StoryCard.objects.filter(page__path__startswith=home.path, page__content_type__model="articlepage")
    newest = articles.order_by("-pk").first()
    if newest is not None:
        yield "editing page", reverse("wagtailadmin_pages:edit", args=[newest.pk])
    yield "page search", reverse("wagtailadmin_pages:search") + f"?q={word}"
    yield "page chooser", reverse("wagtailadmin_choose_page")
    yield "page chooser, search", reverse("wagtailadmin_choose_page_search") + f"?q={word}"
    yield "images", reverse("wagtailimages:index")


def _word(home: Page) -> str:
    """The longest word in the newest titles."""
    titles = home.get_descendants().order_by("-pk").values_list("title", flat=True)[:20]
    words = sorted((word for title in titles for word in title.split() if word.isalpha()), key=len)
    return words[-1] if words else DEFAULT_WORD
