"""The dashboard begins with today: scheduled publications, tasks for this person, late items, and buttons to write."""

from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision

from portal.editorial.dashboard.lists import Dashboard
from portal.editorial.roles import Role
from tests.builders import change, make_article, newsroom_client
from tests.editorial.drafts import answer, draft, rewrite, submit


@pytest.fixture
def noon(time_machine):
    """A Monday at noon."""
    time_machine.move_to(datetime(2026, 11, 30, 12, tzinfo=timezone.get_default_timezone()), tick=False)
    return timezone.now()


def today(ground, user) -> BeautifulSoup:
    html = newsroom_client(ground, user).get(reverse("wagtailadmin_home")).content
    first = BeautifulSoup(html, "html.parser").select_one(".w-dashboard section:not(.w-summary)")
    assert "today" in first["class"]
    return first


def part(ground, user, heading: str) -> list[str]:
    """The rows of one part, each as its link and its note."""
    found = next(each for each in today(ground, user).select(".today__part") if each.h3.get_text() == heading)
    return [line.get_text(" ", strip=True) for line in found.select("li")]


def test_dashboard_names_the_day(lorraine, editor, noon):
    assert today(lorraine, editor).h2.get_text() == "Monday 30 November"


def test_todays_publications_are_listed_by_their_hour(lorraine, saar, newsrooms, editor, approver, noon):
    for hours, title in ((6, "Ce soir"), (3, "Tantôt"), (20, "Demain")):
        answer(submit(draft(lorraine, editor, title, go_live_at=noon + timedelta(hours=hours)), editor), approver)
    draft(saar, newsrooms.saar[Role.EDITOR], "Ailleurs", go_live_at=noon + timedelta(hours=3))

    assert part(lorraine, editor, "Goes out today") == [
        "15:00 Tantôt appears · Lorraine (French) › Rubrique fr",
        "18:00 Ce soir appears · Lorraine (French) › Rubrique fr",
    ]


def test_writer_sees_when_their_next_pages_appear(lorraine, saar, newsrooms, editor, approver, noon):
    other = newsrooms.lorraine[Role.ORGANISER]
    for hours, author, title in ((48, editor, "Mercredi"), (3, editor, "Tantôt"), (30, other, "D’un autre")):
        page = draft(lorraine, author, title, go_live_at=noon + timedelta(hours=hours))
        answer(submit(page, author), approver)
    foreign = draft(saar, newsrooms.saar[Role.EDITOR], "Ailleurs", go_live_at=noon + timedelta(hours=48))
    answer(submit(foreign, newsrooms.saar[Role.EDITOR]), newsrooms.saar[Role.APPROVER])

    assert part(lorraine, editor, "Your next publications") == [
        "Mercredi Wednesday 2 December, 12:00 · Lorraine (French) › Rubrique fr"
    ]


def test_number_of_waiting_texts_links_to_their_list(lorraine, saar, newsrooms, editor, approver):
    for title in ("Une", "Deux"):
        submit(draft(lorraine, editor, title), editor)
    submit(draft(saar, newsrooms.saar[Role.EDITOR]), newsrooms.saar[Role.EDITOR])

    assert part(lorraine, approver, "For you") == ["Waiting for you (2) the oldest just now"]
    link = today(lorraine, approver).select_one(".today__count a")
    page = BeautifulSoup(newsroom_client(lorraine, approver).get(reverse("wagtailadmin_home")).content, "html.parser")
    assert page.select_one(link["href"]) is not None


def test_text_that_was_sent_back_waits_for_its_writer(lorraine, editor, approver):
    answer(submit(draft(lorraine, editor), editor), approver, "reject", "Le chiffre est faux.")

    assert part(lorraine, editor, "For you") == ["Sent back to you (1) the oldest just now"]
    assert part(lorraine, approver, "For you") == []


def test_overdue_publication_is_late(lorraine, saar, newsrooms, editor, approver, noon):
    yesterday = noon - timedelta(days=1)
    draft(lorraine, editor, "Jamais approuvée", go_live_at=yesterday)
    answer(submit(draft(lorraine, editor, "Approuvée", go_live_at=noon + timedelta(hours=1)), editor), approver)
    Revision.objects.filter(approved_go_live_at__isnull=False).update(approved_go_live_at=yesterday)
    change(make_article(lorraine.section, "Encore en ligne"), expire_at=yesterday)
    draft(saar, newsrooms.saar[Role.EDITOR], "Ailleurs", go_live_at=yesterday)

    assert sorted(entry.title for entry in Dashboard(editor, noon).late) == [
        "Approuvée",
        "Encore en ligne",
        "Jamais approuvée",
    ]
    assert len(part(lorraine, editor, "Late")) == 3


def test_correction_of_a_page_that_was_published_in_time_is_not_late(lorraine, editor, noon):
    page = make_article(lorraine.section)
    Page.objects.filter(pk=page.pk).update(last_published_at=noon - timedelta(days=2))
    rewrite(page, editor, title="Corrigée", go_live_at=noon - timedelta(days=2, hours=1))

    assert Dashboard(editor, noon).late == []


def test_late_entries_are_not_in_the_calendar(lorraine, editor, noon):
    draft(lorraine, editor, "Jamais approuvée", go_live_at=noon - timedelta(hours=3))

    assert Dashboard(editor, noon).entries == []


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.EDITOR, ["Article", "Portrait", "Event", "Recap", "Live coverage", "Dossier", "Page"]),
        (Role.ORGANISER, ["Event", "Recap"]),
    ],
)
def test_all_buttons_to_write_stay_on_the_dashboard(lorraine, newsroom, role, offered):
    draft(lorraine, newsroom[role], "La mienne")

    assert [link.get_text() for link in today(lorraine, newsroom[role]).select("a.button")] == offered
