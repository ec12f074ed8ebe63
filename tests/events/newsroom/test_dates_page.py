"""The page of a series' dates: what readers see of a changed draft, and what a lock or a review permits."""

from datetime import UTC, datetime, time

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils.translation import override

from events.models import ChangedDate, EventPage
from portal.editorial.roles import Role
from tests.builders import make_event, newsroom_client
from tests.editorial.drafts import submit

FROZEN_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
START = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def series(lorraine) -> EventPage:
    return make_event(lorraine.calendar, "Café", start=START, recurrence="FREQ=WEEKLY;COUNT=3")


@pytest.fixture
def editor(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


@pytest.fixture
def in_review(series, editor, newsroom) -> EventPage:
    """The series with a cancelled date, which its author has sent for review."""
    cancel(editor, series)
    submit(series, newsroom[Role.EDITOR])
    return series


def address(event: EventPage) -> str:
    return reverse("event_dates", args=[event.pk])


def cancel(client, event: EventPage, day: str = "2026-03-10", reason: str = "Grève"):
    with override("en"):
        return client.post(address(event), {"action": "cancel", "date": day, "reason": reason}, follow=True)


def rows(client, event: EventPage) -> list[str]:
    """The words of each date, without its buttons."""
    html = BeautifulSoup(client.get(address(event)).content, "html.parser")
    return [" ".join(row.get_text(" ").split()) for row in html.select(".dates__list tbody th")]


def test_public_dates_say_nothing_about_readers(series, editor):
    assert not [row for row in rows(editor, series) if "Readers" in row]


def test_cancelled_date_in_a_draft_says_what_readers_see(series, editor):
    cancel(editor, series)

    [row] = [row for row in rows(editor, series) if "Readers see" in row]
    assert "Cancelled Grève Not sent for review yet Readers see: Tuesday 10 March 2026" in row
    assert "Takes place" not in row


def test_changed_hour_in_a_draft_says_what_readers_see(series, editor):
    series.changed_dates = [ChangedDate(day=datetime(2026, 3, 10).date(), new_start=time(15), new_end=time(17))]
    series.save_revision()

    [row] = [row for row in rows(editor, series) if "Readers see" in row]
    assert "15:00" in row.partition("Readers see")[0]
    assert "10:00" in row.partition("Readers see")[2]


def test_changes_in_review_are_not_shown_as_public(in_review, editor):
    [row] = [row for row in rows(editor, in_review) if "Readers see" in row]

    assert "In review, not public yet" in row


def test_dates_in_review_have_no_buttons_and_name_who_reviews(in_review, editor):
    html = BeautifulSoup(editor.get(address(in_review)).content, "html.parser")

    assert html.select(".dates__actions") == []
    assert "In review since" in html.select_one(".dates .help-warning").get_text()


def test_cancelling_a_date_in_review_is_refused_with_the_reason_that_was_typed(in_review, editor):
    response = cancel(editor, in_review, day="2026-03-17", reason="Le train est en retard")

    assert response.redirect_chain[-1][0] == address(in_review)
    text = response.content.decode()
    assert "In review since" in text
    assert "Le train est en retard" in text


def test_refused_cancellation_changes_no_date(in_review, editor):
    cancel(editor, in_review, day="2026-03-17")

    draft = EventPage.objects.get(pk=in_review.pk).get_latest_revision_as_object()
    assert [row.key for row in draft.changed_dates.all()] == ["2026-03-10"]


def test_link_to_a_date_of_an_event_in_review_adds_no_row(in_review, editor):
    form = editor.get(reverse("wagtailadmin_pages:edit", args=[in_review.pk]), {"changed_date": "2026-03-17"})

    html = BeautifulSoup(form.content, "html.parser")
    assert html.select_one("[name=changed_dates-TOTAL_FORMS]")["value"] == "1"
