"""An autosave saves all valid fields; an invalid field keeps its former value and is named in the response."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from articles.models import ArticlePage
from events.models import EventPage
from events.records.series import AddedDate, Break, ChangedDate
from portal.editorial.roles import Role
from tests.builders import change, make_article, make_draft, make_event, newsroom_client
from tests.editorial.editor.test_conflicting_edits import edit_path, opened
from tests.editorial.forms import article_form
from tests.events.forms import event_form

NO_DATE = "31 février 2027"
START = datetime(2027, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def client(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


@pytest.fixture
def event(lorraine, client):
    """A draft from nine to twelve in Paris."""
    client.post(new_event(lorraine), event_form())
    return EventPage.objects.get(slug="rencontre-du-bois")


def new_event(lorraine) -> str:
    return reverse("wagtailadmin_pages:add", args=["events", "eventpage", lorraine.calendar.pk])


def autosave(client, page, form):
    mark = opened(client, page)
    return client.post(edit_path(page), form | mark, headers={"accept": "application/json"}).json()


def latest(page):
    return type(page).objects.get(pk=page.pk).get_latest_revision_as_object()


def test_invalid_date_is_unchanged_and_the_rest_is_saved(client, event):
    response = autosave(client, event, event_form(start=NO_DATE, standfirst="Une matinée.", contact_email="anne@"))

    draft = latest(event)
    assert draft.standfirst == "Une matinée."
    assert (draft.start, draft.contact_email) == (START, "")
    assert (response["is_partial"], response["note"]) == (True, "Not saved: Start, E-mail.")
    assert "February 2027 has only 28 days." in [each["reason"] for each in response["not_saved"]]


def test_new_event_is_saved_without_its_invalid_date(lorraine, client):
    form = event_form(start=NO_DATE, end="")

    response = client.post(new_event(lorraine), form, headers={"accept": "application/json"}).json()

    draft = EventPage.objects.get(pk=response["pk"]).get_latest_revision_as_object()
    assert (draft.title, draft.start, draft.end) == ("Rencontre du bois", None, None)
    assert response["note"] == "Not saved: Start."


def test_time_zone_is_unchanged_until_its_effect_is_chosen(client, event):
    response = autosave(client, event, event_form(standfirst="Une matinée.", time_zone="Europe/Helsinki"))

    draft = latest(event)
    assert (draft.standfirst, draft.time_zone, draft.start) == ("Une matinée.", "Europe/Paris", START)
    assert response["note"] == "Not saved: Time zone."


def with_dates(rows, initial):
    added = nested_form_data({"added_dates": inline_formset(rows, initial=initial)})
    return event_form(**added)


def test_valid_rows_are_saved(client, event):
    """Three dates: the first exists already, and the second is new."""
    event.added_dates = [AddedDate(day=date(2027, 3, 9))]
    event.save()
    event.save_revision()
    first = {"id": event.added_dates.get().pk, "day": NO_DATE, "start_time": "14:00"}

    response = autosave(client, event, with_dates([first, {"day": NO_DATE}, {"day": "2027-03-23"}], initial=1))

    added = [(each.day.day, each.start_time and each.start_time.hour) for each in latest(event).added_dates.all()]
    assert sorted(added) == [(9, 14), (23, None)]
    assert (
        response["note"] == "Not saved: Added date: Day, Added date (the whole new row; first fill in or correct: Day)."
    )


def test_invalid_row_of_a_live_event_is_unchanged(lorraine, client):
    """The row has no key until it is published."""
    event = make_event(lorraine.calendar, start=START, slug="rencontre-du-bois")
    autosave(client, event, with_dates([{"day": "2027-03-09"}], initial=0))

    response = autosave(client, event, with_dates([{"id": "", "day": NO_DATE}, {"day": "2027-03-23"}], initial=1))

    assert [each.day.day for each in latest(event).added_dates.all()] == [9, 23]
    assert response["note"] == "Not saved: Added date: Day."


def test_past_expiry_does_not_prevent_saving_the_text(lorraine, client):
    yesterday = timezone.localtime().replace(second=0, microsecond=0) - timedelta(days=1)
    story = change(make_article(lorraine.section, slug="une-usine"), expire_at=yesterday)
    shown = f"{yesterday:%Y-%m-%d %H:%M}"

    response = autosave(client, story, article_form(standfirst="Cent postes.", expire_at=shown))

    assert latest(story).standfirst == "Cent postes."
    assert "not_saved" not in response


def test_field_that_is_not_saved_makes_nobody_an_author(lorraine, newsroom, event):
    before = event.latest_revision_id

    other = newsroom_client(lorraine, newsroom[Role.APPROVER])
    response = autosave(other, event, event_form(start=NO_DATE, price_currency="EUR"))

    assert response["note"] == "Not saved: Start."
    assert EventPage.objects.get(pk=event.pk).latest_revision_id == before


def test_unsaved_row_makes_nobody_an_author(lorraine, newsroom, event):
    before = event.latest_revision_id
    form = with_dates([{"day": NO_DATE}], initial=0) | {"price_currency": "EUR"}

    response = autosave(newsroom_client(lorraine, newsroom[Role.APPROVER]), event, form)

    assert response["note"] == "Not saved: Added date (the whole new row; first fill in or correct: Day)."
    assert EventPage.objects.get(pk=event.pk).latest_revision_id == before


def test_start_after_an_invalid_end_does_not_prevent_saving_the_text(client, event):
    response = autosave(client, event, event_form(start="2027-03-05 10:00", end=NO_DATE, standfirst="Une matinée."))

    draft = latest(event)
    assert (draft.standfirst, draft.start) == ("Une matinée.", START)
    assert response["note"] == "Not saved: End, Start."


def test_expiry_before_an_invalid_embargo_is_not_saved(lorraine, client):
    """The former expiry is in the past, so it would be invalid on its own."""
    today = timezone.localtime().replace(second=0, microsecond=0)
    past, embargo = today - timedelta(days=1), today + timedelta(days=20)
    story = make_draft(make_article(lorraine.section, slug="une-usine"))
    story.expire_at, story.embargo_until = past, embargo
    story.save_revision()

    form = article_form(standfirst="Cent postes.", embargo_until=NO_DATE, expire_at=f"{embargo:%Y-%m-01 10:00}")
    response = autosave(client, story, form)

    draft = latest(story)
    assert (draft.standfirst, draft.expire_at, draft.embargo_until) == ("Cent postes.", past, embargo)
    assert response["note"] == "Not saved: Embargo until, Expiry date/time."


def test_date_that_is_changed_twice_is_saved_once(client, event):
    twice = [{"id": "", "day": "2027-03-09", "place": place} for place in ("Metz", "Nancy")]

    response = autosave(client, event, event_form(recurrence="FREQ=WEEKLY;COUNT=5", changed_dates=twice))

    assert [each.place for each in latest(event).changed_dates.all()] == ["Metz"]
    assert response["not_saved"] == [{"path": ["changed_dates-1-day"], "reason": "2027-03-09 is changed twice."}]


@pytest.fixture
def doubled(event):
    """A draft in which two rows change the same date."""
    event.recurrence = "FREQ=WEEKLY;COUNT=5"
    event.changed_dates = [ChangedDate(day=date(2027, 3, 9), place=place) for place in ("Metz", "Nancy")]
    event.save(clean=False)
    event.save_revision(clean=False)
    return event


def test_already_invalid_rows_do_not_prevent_saving_others(client, doubled):
    rows = [
        {"id": each.pk, "day": "2027-03-09", "kind": "changed", "place": each.place, "ORDER": number}
        for number, each in enumerate(doubled.changed_dates.all(), start=1)
    ]
    added = inline_formset([*rows, {"id": "", "day": "2027-03-16", "place": "Toul", "ORDER": 3}], initial=2)
    form = event_form(recurrence=doubled.recurrence, standfirst="Une matinée.")

    response = autosave(client, doubled, form | nested_form_data({"changed_dates": added}))

    draft = latest(doubled)
    assert draft.standfirst == "Une matinée."
    assert [each.place for each in draft.changed_dates.all()] == ["Metz", "Nancy", "Toul"]
    assert "note" not in response


def test_already_invalid_pause_does_not_prevent_saving_a_new_one(client, event):
    event.breaks = [Break(first_day=date(2027, 4, 9), last_day=date(2027, 4, 2))]
    event.save(clean=False)
    event.save_revision(clean=False)
    stored = {"id": event.breaks.get().pk, "first_day": "2027-04-09", "last_day": "2027-04-02", "reason": "Pâques"}
    rows = inline_formset([stored, {"id": "", "first_day": "2027-07-01"}], initial=1)

    response = autosave(client, event, event_form() | nested_form_data({"breaks": rows}))

    assert [(each.first_day.month, each.reason) for each in latest(event).breaks.all()] == [(4, ""), (7, "")]
    assert response["note"] == "Not saved: Pause."


def test_list_without_its_row_count_is_unchanged_and_named(client, event):
    form = with_dates([{"day": "2027-03-09"}], initial=0) | {"standfirst": "Une matinée."}
    del form["added_dates-TOTAL_FORMS"]

    response = autosave(client, event, form)

    assert latest(event).standfirst == "Une matinée."
    assert response["note"] == "Not saved: Added date."


def test_new_page_with_an_invalid_slug_gets_a_slug_from_its_title(lorraine, client):
    address = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])
    form = article_form(slug="une/usine", standfirst="Cent postes.")

    response = client.post(address, form, headers={"accept": "application/json"}).json()

    draft = ArticlePage.objects.get(pk=response["pk"]).get_latest_revision_as_object()
    assert (draft.slug, draft.standfirst) == ("une-usine", "Cent postes.")
    assert response["note"] == "Not saved: Address."


def test_form_with_a_wrong_row_count_is_refused(client, event):
    response = autosave(client, event, event_form(standfirst="Une matinée.") | {"added_dates-TOTAL_FORMS": "2000"})

    assert response["error_code"] == "refused"
    assert latest(event).standfirst == ""


def test_manual_save_shows_the_error_of_the_date(client, event):
    response = client.post(
        edit_path(event), event_form(start=NO_DATE, standfirst="Une matinée.") | opened(client, event)
    )

    assert "start" in response.context["form"].errors
    assert latest(event).standfirst != "Une matinée."


def test_row_of_a_deleted_story_is_saved_once_with_the_next_choice(lorraine, client):
    gone, other = make_article(lorraine.section, "Partie"), make_article(lorraine.section, "Autre")
    story = make_draft(make_article(lorraine.section, slug="une-usine"))
    form = article_form(related_stories=inline_formset([{"story": gone.pk}]))
    form |= autosave(client, story, form)["field_updates"] | {"related_stories-0-story": other.pk}
    gone.delete()

    for text in ("Un", "Deux", "Trois"):
        form |= autosave(client, story, form | {"standfirst": text})["field_updates"]

    assert [row.story_id for row in latest(story).related_stories.all()] == [other.pk]
