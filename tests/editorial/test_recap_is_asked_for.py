"""After an event: its organiser is asked for the recap once, opens it with one click, and finds it begun."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from time_machine import travel
from wagtail.models import Page
from wagtail.users.models import UserProfile

from events.models import AddedDate, ChangedDate, Occurrence, RecapPage
from events.newsroom.recap_reminders import send_recap_reminders
from events.newsroom.recaps import open_recap
from portal.core.models import PageTopic
from portal.core.tasks.periodic import periodic_tasks
from portal.editorial.roles import Role
from tests.builders import (
    change,
    make_draft,
    make_event,
    make_image,
    make_member,
    make_recap,
    make_topic,
    newsroom_client,
    work_off,
)

NOW = datetime(2026, 3, 10, 16, tzinfo=UTC)
# Over an hour ago.
START = NOW - timedelta(hours=3)


@pytest.fixture(autouse=True)
def _afterwards():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def organiser(newsroom):
    return newsroom[Role.ORGANISER]


@pytest.fixture
def event(lorraine, organiser):
    return make_event(lorraine.calendar, "Nuit des fours", start=START, owner=organiser, place="Halle de Thionville")


def date_of(event, **facts) -> Occurrence:
    return event.occurrences.get(**facts)


def asked(now=NOW) -> list[mail.EmailMessage]:
    """The letters that leave when the portal sees to it."""
    mail.outbox.clear()
    send_recap_reminders(now)
    work_off()
    return list(mail.outbox)


def press(ground, user, event, key: str = "", status: int = 302):
    response = newsroom_client(ground, user).post(f"{reverse('event_recap', args=[event.pk])}?date={key}")
    assert response.status_code == status
    return response


def test_organiser_gets_one_letter_with_the_way_to_the_recap(lorraine, event, organiser):
    (letter,) = asked()

    assert letter.to == [organiser.email]
    assert "Nuit des fours" in letter.subject
    path = f"{reverse('event_recap', args=[event.pk])}?date={date_of(event).key}"
    for text in (letter.body, str(letter.alternatives[0].content)):
        assert path in text
        assert "Halle de Thionville" in text
    assert asked() == []
    assert asked(NOW + timedelta(days=2)) == []


def test_letter_speaks_the_language_of_its_reader(event, organiser):
    UserProfile.objects.create(user=organiser, preferred_language="de")

    (letter,) = asked()

    assert "Ihre Veranstaltung" in letter.body
    assert "10. März 2026" in letter.body


def test_scheduler_sees_to_the_letters(event):
    names = {each.name: each for each in periodic_tasks()}

    names["events.periodic.remind_organisers_of_recaps"].see_to(NOW)
    work_off()

    assert len(mail.outbox) == 1


def test_scheduler_sees_to_endless_series_and_subscribed_calendars():
    names = {each.name for each in periodic_tasks()}

    assert {"events.periodic.extend_endless_series", "events.periodic.refresh_subscribed_calendars"} <= names


def test_nobody_is_asked_before_the_end(lorraine, organiser):
    make_event(lorraine.calendar, start=NOW - timedelta(hours=1), owner=organiser)

    assert asked() == []


@pytest.mark.parametrize("why", ["event", "date", "draft", "old", "told", "told in German"])
def test_nobody_is_asked_for_what_needs_no_recap(lorraine, organiser, why):
    start = NOW - timedelta(days=30) if why == "old" else START
    event = make_event(
        lorraine.calendar, start=start, owner=organiser, status="cancelled" if why == "event" else "scheduled"
    )
    if why == "date":
        event.occurrences.update(status="cancelled")
    if why == "draft":
        make_draft(event)
    if why == "told":
        make_recap(lorraine.calendar, event=event)
    if why == "told in German":
        other = make_event(lorraine.calendars["de"], start=start, translation_key=event.translation_key)
        make_recap(lorraine.calendars["de"], event=other)

    assert asked() == []


def test_event_in_two_languages_is_asked_for_once(lorraine, event, organiser):
    make_event(
        lorraine.calendars["de"], start=START, owner=organiser, translation_key=event.translation_key, place="Halle"
    )

    assert len(asked()) == 1
    assert asked() == []


def test_each_date_of_a_series_is_asked_for(lorraine, organiser):
    make_event(lorraine.calendar, "Café", start=START, owner=organiser, recurrence="FREQ=WEEKLY;COUNT=3")

    (first,) = asked()
    (second,) = asked(NOW + timedelta(days=7))

    assert "10 mars" in first.body
    assert "17 mars" in second.body


def test_author_is_asked_where_the_owner_has_gone(lorraine, newsroom, organiser):
    gone = make_member("gone", is_active=False)
    event = make_event(lorraine.calendar, start=START, owner=gone)
    event.save_revision(user=newsroom[Role.EDITOR]).publish(skip_permission_checks=True)

    (letter,) = asked()

    assert letter.to == [newsroom[Role.EDITOR].email]


def test_who_has_no_right_any_more_is_not_asked(event, organiser):
    organiser.groups.clear()

    assert asked() == []


def test_other_site_is_asked_about_its_own(lorraine, saar, newsrooms, event):
    make_event(saar.calendar, "Ofennacht", start=START, owner=newsrooms.saar[Role.ORGANISER])

    letters = {letter.to[0]: letter for letter in asked()}

    assert set(letters) == {newsrooms[side][Role.ORGANISER].email for side in (0, 1)}
    assert "Ofennacht" not in letters[newsrooms.lorraine[Role.ORGANISER].email].body


def test_one_click_opens_a_draft_that_has_what_the_event_has(lorraine, event, organiser):
    topic, picture = make_topic("Fonderie"), make_image()
    change(
        event,
        page_topics=[PageTopic(topic=topic)],
        lead_image=picture,
        lead_image_alt="Un four",
        lead_image_caption="Minuit",
        speakers=[{"type": "speaker", "value": {"name": "Claire Humbert", "role": "Fondeuse"}}],
        partners=[{"type": "partner", "value": {"name": "Agence du bassin", "url": ""}}],
    )

    response = press(lorraine, organiser, event)

    recap = RecapPage.objects.get(event=event)
    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[recap.pk])
    draft = recap.get_latest_revision_as_object()
    assert not draft.live
    assert draft.owner == organiser
    assert draft.get_parent().pk == lorraine.calendar.pk
    assert (draft.title, draft.event_date, draft.place) == ("Nuit des fours", date(2026, 3, 10), "Halle de Thionville")
    assert [link.topic for link in draft.page_topics.all()] == [topic]
    assert (draft.lead_image, draft.lead_image_alt, draft.lead_image_caption) == (picture, "Un four", "Minuit")
    assert [block.value["name"] for block in draft.speakers] == ["Claire Humbert"]
    assert [block.value["name"] for block in draft.partners] == ["Agence du bassin"]
    assert lorraine.reader().get(lorraine.address(recap)).status_code == 404


def test_second_click_opens_the_same_draft(lorraine, event, newsroom, organiser):
    first = press(lorraine, organiser, event)

    assert press(lorraine, organiser, event)["Location"] == first["Location"]
    assert press(lorraine, newsroom[Role.EDITOR], event)["Location"] == first["Location"]
    assert RecapPage.objects.filter(event=event).count() == 1


def test_recap_of_a_series_names_its_date(lorraine, organiser):
    event = make_event(
        lorraine.calendar,
        "Café",
        start=START - timedelta(days=7),
        owner=organiser,
        recurrence="FREQ=WEEKLY;COUNT=3",
    )
    for key in ("2026-03-03", "2026-03-10"):
        press(lorraine, organiser, event, key)

    recaps = RecapPage.objects.filter(event=event).order_by("event_date")
    assert [recap.occurrence.key for recap in recaps] == ["2026-03-03", "2026-03-10"]
    assert [recap.event_date for recap in recaps] == [date(2026, 3, 3), date(2026, 3, 10)]


def test_two_dates_of_one_day_have_a_recap_each(lorraine, newsroom, organiser):
    event = make_event(lorraine.calendar, "Visite", start=START, owner=organiser)
    event = change(event, added_dates=[AddedDate(day=date(2026, 3, 10), start_time=time(10), end_time=time(11))])
    keys = [row.key for row in event.occurrences.not_withdrawn()]
    assert len(keys) == 2
    for key in keys:
        press(lorraine, organiser, event, key)

    recaps = RecapPage.objects.filter(event=event)
    for recap in recaps:
        recap.get_latest_revision().publish(user=newsroom[Role.APPROVER])
    assert {recap.occurrence.key for recap in recaps.all()} == set(keys)


def test_cancelled_has_no_recap(lorraine, organiser, event):
    change(event, status="cancelled")

    press(lorraine, organiser, event)
    with pytest.raises(ValidationError):
        open_recap(date_of(event), organiser)

    assert not RecapPage.objects.filter(event=event).exists()


def test_cancelled_date_of_a_series_has_no_recap(lorraine, organiser):
    cancelled = ChangedDate(day=date(2026, 3, 10), kind=ChangedDate.Kind.CANCELLED)
    event = make_event(
        lorraine.calendar, start=START, owner=organiser, recurrence="FREQ=WEEKLY;COUNT=3", changed_dates=[cancelled]
    )

    assert date_of(event, key="2026-03-10").is_cancelled
    assert asked() == []
    press(lorraine, organiser, event, "2026-03-10")
    assert not RecapPage.objects.filter(event=event).exists()


def test_only_who_may_write_there_begins_a_recap(lorraine, newsrooms, newsroom, event):
    others = make_event(lorraine.calendar, "D’une autre", start=START)
    for person, which in (
        (newsroom[Role.ORGANISER], others),
        (newsrooms.saar[Role.EDITOR], event),
        (newsrooms.saar[Role.ORGANISER], event),
    ):
        with pytest.raises(PermissionDenied):
            open_recap(date_of(which), person)
        press(lorraine, person, which)
    assert not RecapPage.objects.filter(event__in=[event, others]).exists()


def test_opening_the_page_begins_nothing(lorraine, event, organiser):
    client = newsroom_client(lorraine, organiser)
    response = client.get(reverse("event_recap", args=[event.pk]))

    html = BeautifulSoup(response.content, "html.parser")
    assert html.select_one("main form[method=post] button").get_text(strip=True) == "Publish the recap"
    assert not RecapPage.objects.filter(event=event).exists()


@pytest.mark.parametrize("query", ["?date=2020-01-01", "?date=" + "x" * 30, "?date=%00"])
def test_date_that_there_is_not_is_not_found(lorraine, event, organiser, query):
    client = newsroom_client(lorraine, organiser)

    assert client.get(reverse("event_recap", args=[event.pk]) + query, follow=True).status_code == 404


def test_card_on_the_desk_opens_the_recap(lorraine, event, organiser):
    client = newsroom_client(lorraine, organiser)
    html = BeautifulSoup(client.get(reverse("wagtailadmin_home")).content, "html.parser")
    form = html.select_one("#panel-desk-ended_without_recap-section form[method=post], [id*=ended_without_recap] form")

    assert form.select_one("button").get_text(" ", strip=True).startswith("Publish the recap")
    assert form.select_one("input[name=csrfmiddlewaretoken]")
    assert client.post(form["action"]).status_code == 302
    assert RecapPage.objects.filter(event=event).exists()
    html = client.get(reverse("wagtailadmin_home")).content.decode()
    assert form["action"] not in html


def test_form_of_an_event_that_is_over_leads_to_its_recap(lorraine, event, organiser):
    coming = make_event(lorraine.calendar, start=NOW + timedelta(days=2), owner=organiser)
    client = newsroom_client(lorraine, organiser)

    for page, is_offered in ((event, True), (coming, False)):
        html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        assert (reverse("event_recap", args=[page.pk]) in html) is is_offered


def test_address_of_the_draft_is_its_own(lorraine, event, organiser):
    taken = f"{event.slug}-2026-03-10"
    make_recap(lorraine.calendar, "Ancien", slug=taken)

    press(lorraine, organiser, event)

    recap = RecapPage.objects.get(event=event)
    assert recap.slug != taken
    assert Page.objects.sibling_of(recap).filter(slug=recap.slug).count() == 1
