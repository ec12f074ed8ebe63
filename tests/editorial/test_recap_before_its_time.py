"""A recap waits for the end of its event: at submission and at publication, unless an approver lets it go, on record."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from time_machine import travel
from wagtail.models import PageLogEntry

from events.models import ChangedDate, RecapPage
from portal.core.publication import PublicationRefusedError
from portal.editorial.approval.completeness import WAIVED, checklist_of, outstanding, waive
from portal.editorial.roles import Role
from tests.builders import make_event, make_image, make_topic, newsroom_client
from tests.editorial.test_recap_is_asked_for import press

pytestmark = pytest.mark.usefixtures("checklist")
NOW = datetime(2026, 3, 10, 16, tzinfo=UTC)


@pytest.fixture
def checklist():
    """The checklist stands in the gate."""


@pytest.fixture(autouse=True)
def _afternoon():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def people(newsroom):
    return newsroom[Role.ORGANISER], newsroom[Role.APPROVER]


def begun(ground, organiser, start, key: str = "", **facts) -> RecapPage:
    """The draft of a recap to which nothing is missing but the end of its event."""
    event = make_event(
        ground.calendar,
        "Nuit des fours",
        start=start,
        owner=organiser,
        lead_image=make_image(),
        lead_image_alt="Un four",
        topics=[make_topic()],
        **facts,
    )
    press(ground, organiser, event, key or event.occurrences.first().key)
    recap = RecapPage.objects.get(event=event).get_latest_revision_as_object()
    recap.standfirst = "Deux phrases."
    recap.body = [{"type": "paragraph", "value": "<p>À minuit, la halle était pleine.</p>"}]
    recap.save_revision(user=organiser)
    return RecapPage.objects.get(pk=recap.pk)


def gaps(recap) -> list[str]:
    latest = RecapPage.objects.get(pk=recap.pk).get_latest_revision_as_object()
    return [gap.code for gap in outstanding(latest, NOW)]


def let_go(recap, approver) -> None:
    recap.get_latest_revision().publish(user=approver)
    recap.refresh_from_db()


def test_recap_of_what_is_over_is_published(lorraine, people):
    organiser, approver = people
    recap = begun(lorraine, organiser, NOW - timedelta(hours=3))

    let_go(recap, approver)

    assert recap.live


def test_recap_before_the_end_is_neither_submitted_nor_published(lorraine, people):
    organiser, approver = people
    recap = begun(lorraine, organiser, NOW - timedelta(hours=1))
    assert gaps(recap) == ["early"]

    with pytest.raises(PublicationRefusedError, match="not over before 10 March 2026"):
        recap.get_workflow().start(recap, organiser)
    with pytest.raises(PublicationRefusedError, match="not over before"):
        let_go(recap, approver)
    assert not RecapPage.objects.get(pk=recap.pk).live

    with travel(NOW + timedelta(hours=1), tick=False):
        let_go(recap, approver)
    assert recap.live


def test_approver_lets_it_go_before_its_time_and_the_history_says_so(lorraine, people):
    organiser, approver = people
    recap = begun(lorraine, organiser, NOW - timedelta(hours=1))
    waive(recap.get_latest_revision_as_object(), approver, {"early:event"}, "Le ministre est parti.")

    let_go(recap, approver)

    assert recap.live
    (entry,) = PageLogEntry.objects.filter(page=recap.pk, action=WAIVED)
    assert entry.user == approver
    assert entry.data["reason"] == "Le ministre est parti."
    assert "not over before" in entry.data["findings"][0]


def test_organiser_cannot_let_it_go(lorraine, people):
    organiser, _approver = people
    recap = begun(lorraine, organiser, NOW - timedelta(hours=1))

    client = newsroom_client(lorraine, organiser)
    client.post(reverse("checklist", args=[recap.pk]), {"gap": ["early:event"], "reason": "Pressée."})

    assert gaps(recap) == ["early"]


def test_recap_may_be_approved_for_a_time_after_the_end(lorraine, people):
    organiser, _approver = people
    recap = begun(lorraine, organiser, NOW - timedelta(hours=1))
    draft = recap.get_latest_revision_as_object()
    draft.go_live_at = NOW + timedelta(hours=2)
    draft.save_revision(user=organiser)

    assert gaps(recap) == []


def test_recap_of_a_date_waits_for_that_date_and_not_for_the_series(lorraine, people):
    organiser, approver = people
    facts = {"recurrence": "FREQ=WEEKLY;COUNT=3"}
    recap = begun(lorraine, organiser, NOW - timedelta(days=7, hours=3), "2026-03-03", **facts)
    assert gaps(recap) == []
    let_go(recap, approver)
    assert recap.live

    for day, missing in [(date(2026, 3, 17), ["early"]), (None, ["date"])]:
        draft = recap.get_latest_revision_as_object()
        draft.event_date = day
        draft.clean()
        assert [gap.code for gap in outstanding(draft, NOW)] == missing


def test_moved_date_is_waited_for_where_it_was_moved_to(lorraine, people):
    organiser, _approver = people
    moved = ChangedDate(day=date(2026, 3, 10), new_day=date(2026, 3, 12))
    recap = begun(
        lorraine,
        organiser,
        NOW - timedelta(days=7, hours=3),
        "2026-03-10",
        recurrence="FREQ=WEEKLY;COUNT=3",
        changed_dates=[moved],
    )

    assert gaps(recap) == ["early"]


def test_recap_without_its_event_is_published_at_any_time(lorraine, people):
    organiser, approver = people
    recap = begun(lorraine, organiser, NOW - timedelta(hours=1))
    recap.event.delete()
    recap = RecapPage.objects.get(pk=recap.pk)

    let_go(recap, approver)

    assert recap.live


def test_draft_asks_for_what_is_missing(lorraine, people):
    organiser, _approver = people
    event = make_event(lorraine.calendar, "Nuit", start=NOW - timedelta(hours=3), owner=organiser)
    press(lorraine, organiser, event)
    recap = RecapPage.objects.get(event=event).get_latest_revision_as_object()

    shown = checklist_of(recap, organiser)
    assert [gap.code for gap in shown.missing] == ["body", "standfirst", "lead_image", "topic"]
    assert [wish.code for wish in shown.wishes] == ["figures", "photos", "quote", "slides", "replay", "thanks"]
    html = newsroom_client(lorraine, organiser).get(reverse("wagtailadmin_pages:edit", args=[recap.pk]))
    for words in ("Tell what happened.", "A quote: one strong sentence", "The slides, or other documents."):
        assert words in html.content.decode()

    recap.people = 300
    recap.photos = [{"type": "photo", "value": {"image": make_image().pk, "alt": "", "caption": ""}}]
    recap.body = [{"type": "quote", "value": {"text": "Quelle nuit !", "source": "", "role": ""}}]
    recap.thanks = "<p>Merci à tous.</p>"
    recap.save_revision(user=organiser)
    shown = checklist_of(recap, organiser)
    assert [wish.code for wish in shown.wishes] == ["slides", "replay"]
    assert "alt" in [gap.code for gap in shown.missing]


def test_exception_of_ones_own_is_not_let_go_by_its_author(lorraine, newsroom):
    """The rule of two holds for the dates of a series as for any text."""
    approver = newsroom[Role.APPROVER]
    event = make_event(
        lorraine.calendar,
        "Café",
        start=NOW + timedelta(days=1),
        recurrence="FREQ=WEEKLY;COUNT=3",
        place="Halle",
        standfirst="Un café.",
        topics=[make_topic()],
    )
    draft = event.get_latest_revision_as_object()
    draft.changed_dates = [ChangedDate(day=date(2026, 3, 18), kind="cancelled", reason="Grève")]
    draft.save_revision(user=approver)

    with pytest.raises(PublicationRefusedError, match="Une autre personne"):
        draft.get_latest_revision().publish(user=approver)
    assert not event.occurrences.filter(status="cancelled").exists()
