"""A recap cannot be submitted or published before its event ends, unless an approver waives this rule."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from time_machine import travel
from wagtail.models import PageLogEntry

from events.models import ChangedDate, RecapPage
from portal.content.publication import PublicationRefusedError
from portal.editorial.approval.completeness import WAIVED, checklist_of, missing_findings, waive
from portal.editorial.roles import Role
from tests.builders import make_event, make_image, newsroom_client
from tests.editorial.newsroom.test_recap_request import click_recap

NOW = datetime(2026, 3, 10, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _afternoon():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def people(newsroom):
    return newsroom[Role.ORGANISER], newsroom[Role.APPROVER]


def begin_recap(ground, organiser, start, key: str = "", **facts) -> RecapPage:
    """Create a draft of a recap that is complete, except that its event has not ended."""
    event = make_event(
        ground.calendar, "Nuit des fours", start=start, owner=organiser, lead_image=make_image(), **facts
    )
    click_recap(ground, organiser, event, key or event.occurrences.first().key)
    recap = RecapPage.objects.get(event=event).get_latest_revision_as_object()
    recap.standfirst = "Deux phrases."
    recap.body = [{"type": "paragraph", "value": "<p>À minuit, la halle était pleine.</p>"}]
    recap.save_revision(user=organiser)
    return RecapPage.objects.get(pk=recap.pk)


def finding_codes(recap) -> list[str]:
    latest = RecapPage.objects.get(pk=recap.pk).get_latest_revision_as_object()
    return [finding.code for finding in missing_findings(latest, NOW)]


def publish_as(recap, approver) -> None:
    recap.get_latest_revision().publish(user=approver)
    recap.refresh_from_db()


def test_recap_before_the_end_is_neither_submitted_nor_published(lorraine, people):
    organiser, approver = people
    recap = begin_recap(lorraine, organiser, NOW - timedelta(hours=1))
    assert finding_codes(recap) == ["early"]

    with pytest.raises(PublicationRefusedError, match="not over before 10 March 2026"):
        recap.get_workflow().start(recap, organiser)
    with pytest.raises(PublicationRefusedError, match="not over before"):
        publish_as(recap, approver)
    assert not RecapPage.objects.get(pk=recap.pk).live

    with travel(NOW + timedelta(hours=1), tick=False):
        publish_as(recap, approver)
    assert recap.live


def test_waiver_lets_the_recap_go_live_early_and_is_logged(lorraine, people):
    organiser, approver = people
    recap = begin_recap(lorraine, organiser, NOW - timedelta(hours=1))
    waive(recap.get_latest_revision_as_object(), approver, {"early:event"}, "Le ministre est parti.")

    publish_as(recap, approver)

    assert recap.live
    (entry,) = PageLogEntry.objects.filter(page=recap.pk, action=WAIVED)
    assert entry.user == approver
    assert entry.data["reason"] == "Le ministre est parti."
    assert "not over before" in entry.data["findings"][0]


def test_recap_may_be_approved_for_a_time_after_the_end(lorraine, people):
    organiser, _approver = people
    recap = begin_recap(lorraine, organiser, NOW - timedelta(hours=1))
    draft = recap.get_latest_revision_as_object()
    draft.go_live_at = NOW + timedelta(hours=2)
    draft.save_revision(user=organiser)

    assert finding_codes(recap) == []


def test_recap_of_a_date_waits_for_that_date_only(lorraine, people):
    organiser, approver = people
    facts = {"recurrence": "FREQ=WEEKLY;COUNT=3"}
    recap = begin_recap(lorraine, organiser, NOW - timedelta(days=7, hours=3), "2026-03-03", **facts)
    assert finding_codes(recap) == []
    publish_as(recap, approver)
    assert recap.live

    for day, missing in [(date(2026, 3, 17), ["early"]), (None, ["date"])]:
        draft = recap.get_latest_revision_as_object()
        draft.event_date = day
        draft.clean()
        assert [finding.code for finding in missing_findings(draft, NOW)] == missing


def test_recap_of_a_moved_date_waits_for_its_new_time(lorraine, people):
    organiser, _approver = people
    moved = ChangedDate(day=date(2026, 3, 10), new_day=date(2026, 3, 12))
    recap = begin_recap(
        lorraine,
        organiser,
        NOW - timedelta(days=7, hours=3),
        "2026-03-10",
        recurrence="FREQ=WEEKLY;COUNT=3",
        changed_dates=[moved],
    )

    assert finding_codes(recap) == ["early"]


def test_recap_without_its_event_is_published_at_any_time(lorraine, people):
    organiser, approver = people
    recap = begin_recap(lorraine, organiser, NOW - timedelta(hours=1))
    recap.event.delete()
    recap = RecapPage.objects.get(pk=recap.pk)

    publish_as(recap, approver)

    assert recap.live


def test_checklist_of_a_recap_lists_missing_and_recommended_parts(lorraine, people):
    organiser, _approver = people
    event = make_event(lorraine.calendar, "Nuit", start=NOW - timedelta(hours=3), owner=organiser, topics=[])
    click_recap(lorraine, organiser, event)
    recap = RecapPage.objects.get(event=event).get_latest_revision_as_object()

    shown = checklist_of(recap, organiser)
    assert [finding.code for finding in shown.missing] == ["body", "standfirst", "lead_image", "topic"]
    assert [finding.code for finding in shown.recommendations] == [
        "byline",
        "figures",
        "photos",
        "quote",
        "slides",
        "replay",
        "thanks",
    ]
    html = newsroom_client(lorraine, organiser).get(reverse("wagtailadmin_pages:edit", args=[recap.pk]))
    for words in ("Say what happened.", "A quote: one strong sentence", "The slides, or other documents."):
        assert words in html.content.decode()

    recap.people = 300
    recap.photos = [{"type": "photo", "value": {"image": make_image().pk, "alt": "", "caption": ""}}]
    recap.body = [{"type": "quote", "value": {"text": "Quelle nuit !", "source": "", "role": ""}}]
    recap.thanks = "<p>Merci à tous.</p>"
    recap.save_revision(user=organiser)
    shown = checklist_of(recap, organiser)
    assert [finding.code for finding in shown.recommendations] == ["byline", "slides", "replay"]
    assert "alt" in [finding.code for finding in shown.missing]


def test_author_of_a_changed_date_cannot_publish_it(lorraine, newsroom):
    """The four-eyes rule applies to a series' dates as to any text."""
    approver = newsroom[Role.APPROVER]
    facts = {"start": NOW + timedelta(days=1), "recurrence": "FREQ=WEEKLY;COUNT=3"}
    event = make_event(lorraine.calendar, "Café", **facts)
    draft = event.get_latest_revision_as_object()
    draft.changed_dates = [ChangedDate(day=date(2026, 3, 18), kind="cancelled", reason="Grève")]
    draft.save_revision(user=approver)

    with pytest.raises(PublicationRefusedError, match="Une autre personne"):
        draft.get_latest_revision().publish(user=approver)
    assert not event.occurrences.filter(status="cancelled").exists()
