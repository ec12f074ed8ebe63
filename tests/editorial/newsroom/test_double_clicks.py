"""Of simultaneous identical requests, such as a double click, none fails, and nothing is lost or created twice.

The requests run in threads. Each has its own connection to a separate database: a file, or a PostgreSQL database.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, NamedTuple

import pytest
from django.db import connections
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction

from events.models import EventPage
from portal.content.records.people import Person
from portal.content.records.trash import TrashedPage
from portal.editorial.roles import Role
from portal.newsletter.models import IssuePage
from search.models import SearchSettings
from tests.builders import (
    SampleSite,
    make_article,
    make_calendar,
    make_event,
    make_newsroom,
    make_section,
    make_site,
    newsroom_client,
)
from tests.newsletter.makers import make_newsletter
from tests.own_database import connected_to

CROWD = 4


class Staff(NamedTuple):
    ground: SampleSite
    people: dict[Role, Any]


@pytest.fixture(scope="module")
def staffed(own_database) -> Staff:
    with connected_to(own_database):
        ground = make_site("clicks.localhost", ("fr",))
        return Staff(ground, make_newsroom(ground))


@pytest.fixture
def staff(db, own_database, staffed) -> Iterator[Staff]:
    with connected_to(own_database):
        yield staffed


def click(staff: Staff, *requests: tuple[str, dict[str, Any]]) -> list[int]:
    """Post the data to each path at the same time as a site administrator; return the status codes, sorted."""
    ready = Barrier(len(requests))

    def post(request: tuple[str, dict[str, Any]]) -> int:
        try:
            client = newsroom_client(staff.ground, staff.people[Role.SITE_ADMINISTRATOR])
            ready.wait(timeout=30)
            return int(client.post(*request).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(requests)) as crowd:
        return sorted(crowd.map(post, requests))


def test_each_new_issue_gets_an_address_of_its_own(staff):
    newsletter = make_newsletter(staff.ground)
    period = {"title": "Lettre", "first": "01/11/2026", "last": "29/11/2026"}

    codes = click(staff, *[(reverse("newsletter_new_issue", args=[newsletter.pk]), period)] * CROWD)

    slugs = IssuePage.objects.child_of(newsletter).values_list("slug", flat=True)
    assert codes == [302] * CROWD
    assert len(set(slugs)) == CROWD


def test_page_is_copied_once(staff):
    page, section = make_article(staff.ground.section, "Copiée"), staff.ground.section
    form = {"new_title": "Copie", "new_slug": "copie", "new_parent_page": section.pk}

    codes = click(staff, *[(reverse("wagtailadmin_pages:copy", args=[page.pk]), form)] * CROWD)

    # The others get the form again, with an error that the slug is taken.
    assert codes == [200] * (CROWD - 1) + [302]
    assert Page.objects.child_of(section).filter(slug__startswith="copie").exclude(pk=page.pk).count() == 1


def test_page_moved_to_two_places_is_in_one(staff):
    section = staff.ground.section
    page = make_article(section, "Déplacée")
    places = [make_section(section, f"Place {number}") for number in range(CROWD)]

    codes = click(
        staff, *[(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, place.pk]), {}) for place in places]
    )

    counts = {each.pk: each.numchild for each in Page.objects.filter(pk__in=[section.pk, *(p.pk for p in places)])}
    assert codes == [302] * CROWD
    assert sum(counts[place.pk] for place in places) == 1
    assert counts[section.pk] == Page.objects.child_of(section).count()


def test_page_moved_and_unpublished_is_at_its_new_place(staff):
    section = staff.ground.section
    page, place = make_article(section, "Dépubliée"), make_section(section, "Archives")
    act = [
        (reverse("wagtailadmin_pages:move_confirm", args=[page.pk, place.pk]), {}),
        *[(reverse(f"wagtailadmin_pages:{name}", args=[page.pk]), {}) for name in ("unpublish", "lock")],
    ]

    click(staff, *act)

    page = Page.objects.get(pk=page.pk)
    assert page.get_parent().pk == place.pk
    assert not page.live
    assert Page.objects.get(pk=place.pk).numchild == 1


def test_only_one_of_two_pages_with_one_slug_is_moved(staff):
    section = staff.ground.section
    start, place = make_section(section, "Départ"), make_section(section, "Arrivée")
    pages = [make_article(parent, "Jumelle", slug="jumelle") for parent in (start, section)]
    path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"])

    codes = click(staff, *[(f"{path}?id={page.pk}", {"chooser": place.pk}) for page in pages])

    assert set(codes) <= {200, 302}
    assert Page.objects.child_of(place).filter(slug="jumelle").count() == 1


def test_privacy_is_set_once(staff):
    page = make_article(staff.ground.section, "Privée")
    form = {"restriction_type": "password", "password": "sésame"}

    codes = click(staff, *[(reverse("wagtailadmin_pages:set_privacy", args=[page.pk]), form)] * CROWD)

    assert codes == [200] * CROWD
    assert PageViewRestriction.objects.filter(page=page).count() == 1


def test_pages_are_deleted_in_bulk_once(staff):
    page = make_article(staff.ground.section, "Supprimée")
    path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])

    codes = click(staff, *[(f"{path}?id={page.pk}&next=/admin/", {})] * CROWD)

    assert codes == [302] + [404] * (CROWD - 1)
    assert TrashedPage.objects.filter(page=page.pk).count() == 1


def test_second_record_of_the_same_name_is_refused_with_a_message(staff):
    form = {"name": "Zoé Martin", "has_page": "on", "site": staff.ground.site.pk, "words-count": 0, "links-count": 0}
    path = reverse("wagtailsnippets_core_person:add")

    codes = click(staff, *[(path, form)] * CROWD)

    # If one request ends before the other begins, both records are saved, with different slugs.
    people = Person.objects.filter(name="Zoé Martin")
    assert set(codes) <= {302, 409}
    assert people.count() == codes.count(302) >= 1


def test_every_cancelled_date_is_saved(staff):
    event = make_event(make_calendar(staff.ground.section), "Marché", recurrence="FREQ=WEEKLY;COUNT=6")
    days = sorted(event.occurrences.values_list("key", flat=True))[-CROWD:]

    path = reverse("event_dates", args=[event.pk])
    codes = click(staff, *[(path, {"action": "cancel", "date": day}) for day in days])

    draft = EventPage.objects.get(pk=event.pk).get_latest_revision_as_object()
    assert codes == [302] * CROWD
    assert sorted(str(row.day) for row in draft.changed_dates.all()) == days


def test_every_synonym_is_saved(staff):
    site = staff.ground.site
    path = reverse("search_add", kwargs={"site": site.pk, "language": "fr", "kind": "synonyms"})
    words = [{"text": f"mot{number}", "same": "parole"} for number in range(3 * CROWD)]

    codes = click(staff, *[(path, each) for each in words])

    stored = {block.value["words"][0] for block in SearchSettings.for_site(site).synonyms}
    assert codes == [302] * len(words)
    assert stored == {each["text"] for each in words}
