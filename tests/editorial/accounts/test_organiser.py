"""An organiser creates events and recaps in the calendars of their site or section, and nothing elsewhere."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from events.models import EventPage
from portal.editorial.roles import Role, group_of
from tests.builders import (
    make_calendar,
    make_member,
    make_section,
    make_section_member,
    newsroom_client,
)
from tests.checkers.refusals import is_refused
from tests.events.forms import complete_event_form, event_form


@pytest.fixture
def organiser(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.ORGANISER])


def add(client, parent, model: str, **data):
    path = reverse("wagtailadmin_pages:add", args=[*model.split("."), parent.pk])
    return client.post(path, data) if data else client.get(path)


@pytest.mark.parametrize(
    "model",
    ["articles.articlepage", "articles.portraitpage", "home.sectionpage", "home.standardpage", "events.calendarpage"],
)
def test_organiser_cannot_create_other_pages(lorraine, organiser, model):
    for parent in (lorraine.calendar, lorraine.section, lorraine.home):
        assert is_refused(add(organiser, parent, model))


@pytest.mark.parametrize("model", ["events.eventpage", "events.recappage"])
def test_organiser_adds_to_no_other_calendar(lorraine, saar, organiser, model):
    for parent in (lorraine.section, saar.calendar, make_section(lorraine.home, "Bois")):
        assert is_refused(add(organiser, parent, model))
        add(organiser, parent, model, **event_form(title="Intrus", slug="intrus"))
    assert not Page.objects.filter(title="Intrus").exists()


def test_organiser_of_a_site_announces_in_all_its_calendars_even_new_ones(lorraine, saar, newsrooms):
    client = newsroom_client(lorraine, make_member("partout", group_of(lorraine.site, Role.ORGANISER)))
    later = [make_calendar(make_section(ground.home, "Bois")) for ground in (lorraine, saar)]

    for calendar in (*lorraine.calendars.values(), later[0]):
        assert add(client, calendar, "events.eventpage").status_code == 200
    for place in (*saar.calendars.values(), later[1], lorraine.section, later[0].get_parent()):
        assert is_refused(add(client, place, "events.eventpage"))


def test_new_calendar_is_for_the_organisers_of_its_section_only(lorraine, saar, newsroom):
    section, beside = make_section(lorraine.home, "Bois"), make_section(lorraine.home, "Pierre")
    client = newsroom_client(lorraine, make_section_member(lorraine, Role.ORGANISER, section))

    assert add(client, make_calendar(section), "events.eventpage").status_code == 200
    for calendar in (make_calendar(beside), lorraine.calendar, saar.calendar):
        assert is_refused(add(client, calendar, "events.eventpage"))


def test_calendar_moved_to_another_site_belongs_to_its_organisers(lorraine, saar, newsrooms):
    calendar = make_calendar(make_section(lorraine.home, "Bois"))
    groups = [group_of(ground.site, Role.ORGANISER) for ground in (lorraine, saar)]
    of_lorraine, of_saar = (newsroom_client(lorraine, make_member(f"organiser-{group.pk}", group)) for group in groups)

    calendar.move(make_section(saar.home, "Holz"), pos="last-child")

    assert is_refused(add(of_lorraine, calendar, "events.eventpage"))
    assert add(of_saar, calendar, "events.eventpage").status_code == 200


def test_calendar_moved_to_another_section_belongs_to_its_organisers(lorraine, newsroom):
    before, after = make_section(lorraine.home, "Bois"), make_section(lorraine.home, "Pierre")
    calendar = make_calendar(before)
    of_before, of_after = (
        newsroom_client(lorraine, make_section_member(lorraine, Role.ORGANISER, section)) for section in (before, after)
    )

    calendar.move(after, pos="last-child")

    assert is_refused(add(of_before, calendar, "events.eventpage"))
    assert add(of_after, calendar, "events.eventpage").status_code == 200


def test_event_of_an_organiser_waits_for_approval(lorraine, organiser):
    response = add(organiser, lorraine.calendar, "events.eventpage", **event_form(**{"action-publish": "1"}))

    assert response.status_code == 302
    event = EventPage.objects.get(slug="rencontre-du-bois")
    assert not event.live
    assert "Rencontre du bois" not in lorraine.reader().get("/fr/calendrier/").content.decode()

    form = complete_event_form(lorraine.calendar.locale, **{"action-submit": "1"})
    organiser.post(reverse("wagtailadmin_pages:edit", args=[event.pk]), form)
    assert EventPage.objects.get(pk=event.pk).workflow_in_progress


def test_draft_may_lack_its_date_but_not_be_submitted(lorraine, organiser):
    add(organiser, lorraine.calendar, "events.eventpage", **event_form(start="", end=""))
    event = EventPage.objects.get(slug="rencontre-du-bois")
    assert event.latest_revision.as_object().start is None

    form = event_form(start="", end="", **{"action-submit": "1"})
    response = organiser.post(reverse("wagtailadmin_pages:edit", args=[event.pk]), form)

    assert "start" in response.context["form"].errors
    assert not EventPage.objects.get(pk=event.pk).workflow_in_progress


def test_slug_of_a_published_event_cannot_change(lorraine, newsroom, organiser):
    add(organiser, lorraine.calendar, "events.eventpage", **complete_event_form(lorraine.calendar.locale))
    event = EventPage.objects.get(slug="rencontre-du-bois")
    event.latest_revision.publish(user=newsroom[Role.APPROVER])

    response = organiser.post(reverse("wagtailadmin_pages:edit", args=[event.pk]), event_form(slug="autre"))

    assert "slug" in response.context["form"].errors
    assert EventPage.objects.get(pk=event.pk).get_latest_revision_as_object().slug == "rencontre-du-bois"
