"""After an event, its organiser gets one request for the recap, and creates a prefilled draft with one click."""

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
from events.newsroom import recap_mails
from events.newsroom.recap_mails import send_recap_reminders
from events.newsroom.recaps import open_recap
from portal.content.records.topics import PageTopic
from portal.editorial.roles import Role
from portal.editorial.trash.deleting import put_into_trash
from portal.platform.tasks.periodic import periodic_tasks
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
from tests.essentials import BODY

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


def send_reminders(now=NOW) -> list[mail.EmailMessage]:
    mail.outbox.clear()
    send_recap_reminders(now)
    work_off()
    return list(mail.outbox)


def click_recap(ground, user, event, key: str = "", status: int = 302):
    response = newsroom_client(ground, user).post(f"{reverse('event_recap', args=[event.pk])}?date={key}")
    assert response.status_code == status
    return response


def test_organiser_gets_one_mail_with_a_link_to_the_recap(lorraine, event, organiser):
    (message,) = send_reminders()

    assert message.to == [organiser.email]
    assert "Nuit des fours" in message.subject
    path = f"{reverse('event_recap', args=[event.pk])}?date={date_of(event).key}"
    for text in (message.body, str(message.alternatives[0].content)):
        assert path in text
        assert "Halle de Thionville" in text
    assert send_reminders() == []
    assert send_reminders(NOW + timedelta(days=2)) == []


def test_mail_is_in_the_language_of_its_reader(event, organiser):
    UserProfile.objects.create(user=organiser, preferred_language="de")

    (message,) = send_reminders()

    assert "Ihre Veranstaltung" in message.body
    assert "10. März 2026" in message.body


def test_scheduler_sends_the_requests(event):
    names = {each.name: each for each in periodic_tasks()}

    names["events.periodic.remind_organisers_of_recaps"].run(NOW)
    work_off()

    assert len(mail.outbox) == 1


@pytest.mark.parametrize("why", ["event", "date", "draft", "not over", "old", "told", "told in German"])
def test_nobody_is_asked_for_an_unneeded_recap(lorraine, organiser, why):
    start = {"old": NOW - timedelta(days=30), "not over": NOW - timedelta(hours=1)}.get(why, START)
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

    assert send_reminders() == []


def test_recap_in_the_trash_is_asked_for_again(lorraine, event, organiser):
    deleted = make_recap(lorraine.calendar, event=event, occurrence=date_of(event))
    put_into_trash(deleted)

    assert len(send_reminders()) == 1
    assert open_recap(date_of(event), organiser).pk != deleted.pk


def test_reminder_that_fails_stops_no_other(lorraine, event, organiser, monkeypatch):
    make_event(lorraine.calendar, "Autre nuit", start=START, owner=organiser)
    organiser_of = recap_mails.organiser_of
    monkeypatch.setattr(recap_mails, "organiser_of", lambda page: 1 / 0 if page.pk == event.pk else organiser_of(page))
    with pytest.raises(ExceptionGroup):
        send_reminders()
    work_off()

    assert ["Autre nuit" in message.subject for message in mail.outbox] == [True]


def test_event_in_two_languages_has_one_request(lorraine, event, organiser):
    make_event(
        lorraine.calendars["de"], start=START, owner=organiser, translation_key=event.translation_key, place="Halle"
    )

    assert len(send_reminders()) == 1
    assert send_reminders() == []


def test_each_date_of_a_series_has_a_request(lorraine, organiser):
    make_event(lorraine.calendar, "Café", start=START, owner=organiser, recurrence="FREQ=WEEKLY;COUNT=3")

    (first,) = send_reminders()
    (second,) = send_reminders(NOW + timedelta(days=7))

    assert "10 mars" in first.body
    assert "17 mars" in second.body


def test_author_is_asked_if_the_owner_is_inactive(lorraine, newsroom, organiser):
    gone = make_member("gone", is_active=False)
    event = make_event(lorraine.calendar, start=START, owner=gone)
    event.save_revision(user=newsroom[Role.EDITOR]).publish(skip_permission_checks=True)

    (message,) = send_reminders()

    assert message.to == [newsroom[Role.EDITOR].email]


def test_organiser_without_permission_is_not_asked(event, organiser):
    organiser.groups.clear()

    assert send_reminders() == []


def test_each_site_gets_requests_for_its_own_events(lorraine, saar, newsrooms, event):
    make_event(saar.calendar, "Ofennacht", start=START, owner=newsrooms.saar[Role.ORGANISER])

    messages = {message.to[0]: message for message in send_reminders()}

    assert set(messages) == {newsrooms[side][Role.ORGANISER].email for side in (0, 1)}
    assert "Ofennacht" not in messages[newsrooms.lorraine[Role.ORGANISER].email].body


def test_one_click_creates_a_draft_with_the_events_data(lorraine, event, organiser):
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

    response = click_recap(lorraine, organiser, event)

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
    first = click_recap(lorraine, organiser, event)

    assert click_recap(lorraine, organiser, event)["Location"] == first["Location"]
    assert click_recap(lorraine, newsroom[Role.EDITOR], event)["Location"] == first["Location"]
    assert RecapPage.objects.filter(event=event).count() == 1


def test_recap_of_any_past_date_of_a_series_can_be_begun(lorraine, organiser):
    first = START - timedelta(days=14)
    event = make_event(lorraine.calendar, start=first, owner=organiser, recurrence="FREQ=WEEKLY;COUNT=4")
    make_event(lorraine.calendar, "Autre", start=first, owner=organiser, recurrence="FREQ=DAILY;COUNT=9")
    client = newsroom_client(lorraine, organiser)

    html = BeautifulSoup(client.get(reverse("event_recap", args=[event.pk])).content, "html.parser")
    links = {link.text: link["href"] for link in html.select("main ul a[href*='date=']")}

    assert [words.split(",")[0] for words in links] == ["Tuesday 3 March 2026", "Tuesday 24 February 2026"]
    client.post(links["Tuesday 24 February 2026, from 14:00 to 16:00"])
    assert RecapPage.objects.get(event=event).event_date == date(2026, 2, 24)


def test_recap_shows_the_days_of_its_event(lorraine, organiser, event):
    edit = click_recap(lorraine, organiser, event).url

    html = BeautifulSoup(newsroom_client(lorraine, organiser).get(edit).content, "html.parser")

    chosen = html.select_one("#id_event-chooser [data-chooser-title]").text
    assert chosen.strip() == "Nuit des fours · Tuesday 10 March 2026"


def test_recap_of_a_series_names_its_date(lorraine, organiser):
    event = make_event(
        lorraine.calendar,
        "Café",
        start=START - timedelta(days=7),
        owner=organiser,
        recurrence="FREQ=WEEKLY;COUNT=3",
    )
    for key in ("2026-03-03", "2026-03-10"):
        click_recap(lorraine, organiser, event, key)

    recaps = RecapPage.objects.filter(event=event).order_by("event_date")
    assert [recap.occurrence.key for recap in recaps] == ["2026-03-03", "2026-03-10"]
    assert [recap.event_date for recap in recaps] == [date(2026, 3, 3), date(2026, 3, 10)]


def test_two_dates_of_one_day_have_a_recap_each(lorraine, newsroom, organiser):
    event = make_event(lorraine.calendar, "Visite", start=START, owner=organiser, lead_image=make_image())
    event = change(event, added_dates=[AddedDate(day=date(2026, 3, 10), start_time=time(10), end_time=time(11))])
    keys = [row.key for row in event.occurrences.not_withdrawn()]
    assert len(keys) == 2
    for key in keys:
        click_recap(lorraine, organiser, event, key)

    recaps = RecapPage.objects.filter(event=event)
    for recap in recaps:
        draft = recap.get_latest_revision_as_object()
        draft.standfirst, draft.body = "Deux phrases.", BODY
        draft.save_revision(user=organiser).publish(user=newsroom[Role.APPROVER])
    assert {recap.occurrence.key for recap in recaps.all()} == set(keys)


def test_cancelled_event_has_no_recap(lorraine, organiser, event):
    change(event, status="cancelled")

    click_recap(lorraine, organiser, event)
    with pytest.raises(ValidationError):
        open_recap(date_of(event), organiser)

    assert not RecapPage.objects.filter(event=event).exists()


def test_cancelled_date_of_a_series_has_no_recap(lorraine, organiser):
    cancelled = ChangedDate(day=date(2026, 3, 10), kind=ChangedDate.Kind.CANCELLED)
    event = make_event(
        lorraine.calendar, start=START, owner=organiser, recurrence="FREQ=WEEKLY;COUNT=3", changed_dates=[cancelled]
    )

    assert date_of(event, key="2026-03-10").is_cancelled
    assert send_reminders() == []
    click_recap(lorraine, organiser, event, "2026-03-10")
    assert not RecapPage.objects.filter(event=event).exists()


def test_people_without_permission_cannot_start_a_recap(lorraine, newsrooms, newsroom, event):
    others = make_event(lorraine.calendar, "D’une autre", start=START)
    for person, which in (
        (newsroom[Role.ORGANISER], others),
        (newsrooms.saar[Role.EDITOR], event),
        (newsrooms.saar[Role.ORGANISER], event),
    ):
        with pytest.raises(PermissionDenied):
            open_recap(date_of(which), person)
        click_recap(lorraine, person, which)
    assert not RecapPage.objects.filter(event__in=[event, others]).exists()


def test_get_request_creates_no_recap(lorraine, event, organiser):
    client = newsroom_client(lorraine, organiser)
    response = client.get(reverse("event_recap", args=[event.pk]))

    html = BeautifulSoup(response.content, "html.parser")
    assert html.select_one("main form[method=post] button").get_text(strip=True) == "Write the recap"
    assert not RecapPage.objects.filter(event=event).exists()


@pytest.mark.parametrize("query", ["?date=2020-01-01", "?date=" + "x" * 30, "?date=%00"])
def test_unknown_date_is_not_found(lorraine, event, organiser, query):
    client = newsroom_client(lorraine, organiser)

    assert client.get(reverse("event_recap", args=[event.pk]) + query).status_code == 404


def test_button_on_the_dashboard_opens_the_recap(lorraine, event, organiser):
    client = newsroom_client(lorraine, organiser)
    html = BeautifulSoup(client.get(reverse("wagtailadmin_home")).content, "html.parser")
    form = html.select_one(
        "#panel-dashboard-ended_without_recap-section form[method=post], [id*=ended_without_recap] form"
    )

    assert form.select_one("button").get_text(" ", strip=True).startswith("Write the recap")
    assert form.select_one("input[name=csrfmiddlewaretoken]")
    assert client.post(form["action"]).status_code == 302
    assert RecapPage.objects.filter(event=event).exists()
    html = client.get(reverse("wagtailadmin_home")).content.decode()
    assert form["action"] not in html


def test_form_of_a_past_event_links_to_its_recap(lorraine, event, organiser):
    coming = make_event(lorraine.calendar, start=NOW + timedelta(days=2), owner=organiser)
    client = newsroom_client(lorraine, organiser)

    for page, is_offered in ((event, True), (coming, False)):
        html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        assert (reverse("event_recap", args=[page.pk]) in html) is is_offered


def test_draft_gets_a_free_slug(lorraine, event, organiser):
    taken = f"{event.slug}-2026-03-10"
    make_recap(lorraine.calendar, "Ancien", slug=taken)

    click_recap(lorraine, organiser, event)

    recap = RecapPage.objects.get(event=event)
    assert recap.slug != taken
    assert Page.objects.sibling_of(recap).filter(slug=recap.slug).count() == 1
