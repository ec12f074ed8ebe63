"""The calendar of the newsroom shows what happens on each day, on the person's own sites, filtered, in few queries."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from articles.models import ArticlePage
from portal.content.bulk.children import NewChildren
from portal.content.bulk.drafts import begin_draft, insert_pages
from portal.editorial.models import PlannedItem
from portal.editorial.roles import Role, group_of, section_group
from portal.newsletter.models import Sending
from tests.builders import (
    change,
    make_article,
    make_event,
    make_member,
    make_section,
    newsroom_client,
)
from tests.editorial.drafts import answer, draft, submit
from tests.newsletter.makers import make_newsletter

MAX_QUERIES = 40
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BAD = ["", "x", "0", "-1", "9" * 40, "2026-13-40", "0001-01-01", "9999-12-31", "\0", "é", "1,2", "None"]


@pytest.fixture(autouse=True)
def noon(lorraine, time_machine):
    """A Monday, a year after the sites' first pages were published, so that no day shows those instead of others."""
    time_machine.move_to(NOW, tick=False)
    Page.objects.update(first_published_at=NOW - 365 * DAY)


def plan(page, day, person=None, **facts) -> PlannedItem:
    return PlannedItem.objects.create(page=page.page_ptr, day=day, person=person, **facts)


def calendar(ground, user, **params) -> BeautifulSoup:
    response = newsroom_client(ground, user).get(reverse("planning"), params)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def shown(ground, user, **params) -> dict[str, str]:
    """The state of each entry by its time and title."""
    entries = calendar(ground, user, **params).select(".planning-entry")
    found = {
        " ".join(entry.select_one(".planning-entry__title").text.split()): entry.select_one(
            ".planning-entry__state"
        ).text
        for entry in entries
    }
    # Each site begins with some published pages.
    return {title: facts for title, facts in found.items() if "lorrain" not in title and "sarrois" not in title}


def titles(ground, user, **params) -> set[str]:
    return {title.lstrip("0123456789: ") for title in shown(ground, user, **params)}


def days_of(html: BeautifulSoup, title: str) -> list[str]:
    return [
        day.time["datetime"]
        for day in html.select(".planning-day")
        if any(title in entry.text for entry in day.select(".planning-entry__title"))
    ]


def test_every_source_is_named_by_its_state(lorraine, editor, approver):
    answer(submit(draft(lorraine, editor, "Approuvée", go_live_at=NOW + 2 * DAY), editor), approver)
    answer(submit(draft(lorraine, editor, "Sous embargo", embargo_until=NOW + 3 * DAY), editor), approver)
    draft(lorraine, editor, "Datée", go_live_at=NOW + 4 * DAY)
    plan(draft(lorraine, editor, "Prévue"), date(2026, 12, 5), editor)
    change(make_article(lorraine.section, "Finit"), expire_at=NOW + 6 * DAY)
    make_event(lorraine.calendar, "Nuit des forges", start=NOW + 7 * DAY)

    found = shown(lorraine, editor, view="list")

    assert found == {
        "13:00 Approuvée": "appears",
        "13:00 Sous embargo": "embargo ends",
        "13:00 Datée": "draft",
        "Prévue": "draft",
        "13:00 Finit": "taken down",
        "13:00 Nuit des forges": "takes place",
    }


def test_entry_names_its_person_and_section(lorraine, editor):
    plan(draft(lorraine, editor, "Prévue"), date(2026, 12, 5), editor, note="Avec photo")

    html = calendar(lorraine, editor, section=lorraine.section.pk)

    [entry] = [each for each in html.select(".planning-entry") if "Prévue" in each.text]
    assert f"{editor.username} · Rubrique fr" in " ".join(entry.small.text.split())
    assert "Avec photo" in entry.text


def test_review_is_due_when_its_reviewers_are_reminded(lorraine, editor, settings):
    settings.REVIEW_REMINDER_DAYS = 3
    submit(draft(lorraine, editor), editor)

    assert days_of(calendar(lorraine, editor), "Une usine") == ["2026-12-03"]


@pytest.mark.parametrize(("action", "state"), [("", "in review"), ("reject", "sent back")])
def test_draft_shows_its_state(lorraine, editor, approver, action, state):
    step = submit(draft(lorraine, editor, go_live_at=NOW + 10 * DAY), editor)
    if action:
        answer(step, approver, action, comment="Qui parle ?")

    found = shown(lorraine, editor, view="week", **{"from": "2026-12-07"})

    assert found == {"13:00 Une usine": state}


def test_sent_newsletters_and_coming_digests_are_shown(lorraine, saar, approver):
    newsletter = make_newsletter(lorraine, title="La lettre", weekly_day=4, weekly_hour=7)
    for ground, letter, subject in ((lorraine, newsletter, "Numéro 1"), (saar, make_newsletter(saar), "Ausgabe")):
        Sending.objects.create(
            site=ground.site, newsletter=letter, kind="issue", slot=subject, subject=subject, content={}, created_at=NOW
        )

    html = calendar(lorraine, approver, view="week")

    assert days_of(html, "Numéro 1") == ["2026-11-30"]
    assert days_of(html, "La lettre") == ["2026-12-04"]
    assert "Ausgabe" not in html.text


def test_month_is_a_table_of_whole_weeks_from_monday_on(lorraine, editor):
    html = calendar(lorraine, editor, **{"from": "2026-12-15"})

    days = [day.time["datetime"] for day in html.select(".planning-table .planning-day")]
    assert (days[0], days[-1], len(days) % 7) == ("2026-11-30", "2027-01-03", 0)
    assert html.select_one(".planning-table th").text == "Monday"
    assert [day.time["datetime"] for day in html.select(".planning-day--today")] == ["2026-11-30"]


def test_other_sites_entries_are_absent(lorraine, saar, newsrooms, editor, approver):
    other = newsrooms.saar[Role.EDITOR]
    reviewed = newsrooms.saar[Role.APPROVER]
    answer(submit(draft(saar, other, "Fremd genehmigt", go_live_at=NOW + DAY), other), reviewed)
    draft(saar, other, "Fremd datiert", go_live_at=NOW + DAY)
    submit(draft(saar, other, "Fremd geprüft"), other)
    plan(draft(saar, other, "Fremd geplant"), date(2026, 12, 1), other, note="Fremde Notiz")
    change(make_article(saar.section, "Fremd läuft ab"), expire_at=NOW + DAY)
    make_event(saar.calendar, "Fremd findet statt", start=NOW + DAY)

    for view in ("month", "week", "list"):
        assert "Fremd" not in calendar(lorraine, editor, view=view).text
    assert "Fremd geplant" in titles(saar, other)


def test_organiser_sees_only_their_own_drafts(lorraine, editor, newsroom):
    plan(draft(lorraine, editor, "Secrète"), date(2026, 12, 1), note="Chut")

    assert titles(lorraine, newsroom[Role.ORGANISER]) == set()


def test_site_is_a_filter_for_people_of_several_sites(lorraine, saar):
    both = make_member("plume", *(group_of(ground.site, Role.EDITOR) for ground in (lorraine, saar)))
    draft(lorraine, both, "Ici", go_live_at=NOW + DAY)
    draft(saar, both, "Là", go_live_at=NOW + DAY)

    assert titles(lorraine, both) == {"Ici", "Là"}
    assert titles(lorraine, both, site=saar.site.pk) == {"Là"}


def test_site_is_no_filter_for_people_of_one_site(lorraine, saar, editor):
    assert calendar(lorraine, editor).select_one("select[name=site]") is None


def test_filters_offer_only_the_users_site(lorraine, saar, newsrooms, editor):
    make_section(saar.home, "Fremde Rubrik")

    options = " ".join(option.text for option in calendar(lorraine, editor).select(".planning__form option"))

    assert "Rubrique fr" in options
    assert "Fremde Rubrik" not in options
    assert newsrooms.saar[Role.EDITOR].username not in options


def test_filters_of_section_person_kind_and_state(lorraine, editor, approver):
    section = make_section(lorraine.home, "Culture")
    draft(lorraine, approver, "Ailleurs", parent=section, go_live_at=NOW + DAY)
    plan(draft(lorraine, editor, "La mienne"), date(2026, 12, 1), editor)
    make_event(lorraine.calendar, "Rencontre", start=NOW + DAY)

    def found(**params):
        return titles(lorraine, editor, view="week", **params)

    assert found(section=section.pk) == {"Ailleurs"}
    assert found(person="me") == {"La mienne"}
    assert found(person=approver.pk) == {"Ailleurs"}
    assert found(kind="event") == {"Rencontre"}
    assert found(state="event") == {"Rencontre"}
    assert found(kind="article", state="draft") == {"Ailleurs", "La mienne"}


@pytest.mark.parametrize("name", ["view", "from", "site", "section", "person", "kind", "state", "p"])
def test_bad_parameter_gives_the_default(lorraine, editor, name):
    draft(lorraine, editor, "Datée", go_live_at=NOW + DAY)

    assert [titles(lorraine, editor, **{name: value}) for value in BAD] == [{"Datée"}] * len(BAD)


def test_filters_can_be_sent_empty_and_show_no_error(lorraine, editor):
    html = calendar(lorraine, editor, state="x", section="x")

    assert html.select(".planning__form [required], .planning__form [aria-invalid]") == []


def test_filter_shows_what_was_chosen(lorraine, editor):
    html = calendar(lorraine, editor, person="me", view="week", **{"from": "2026-12-08"})

    fields = html.select(".planning__form :is(option[selected], input)")
    assert {field["value"] for field in fields} == {"", "me", "week", "2026-12-08"}


def test_section_of_another_site_is_no_filter(lorraine, saar, editor):
    draft(lorraine, editor, "Datée", go_live_at=NOW + DAY)

    assert titles(lorraine, editor, section=saar.section.pk) == {"Datée"}


def test_empty_day_offers_to_plan(lorraine, editor):
    day = calendar(lorraine, editor).select_one('[data-day="2026-12-01"]')

    link = day.select_one(".planning-day__plan")
    assert "Plan something" in link.text
    assert "day=2026-12-01" in link["href"]


def test_past_day_offers_no_plan(lorraine, editor):
    html = calendar(lorraine, editor)

    past = next(day for day in html.select(".planning-day") if day.time["datetime"] == "2026-11-29")
    assert past.select_one(".planning-day__plan") is None


def test_full_day_leads_to_its_list(lorraine, editor):
    for number in range(8):
        plan(draft(lorraine, editor, f"Prévue {number}"), date(2026, 12, 8), editor)

    html = calendar(lorraine, editor, state="draft", **{"from": "2026-12-08"})

    more = html.select_one('[data-day="2026-12-08"] .planning-day__more a')
    assert "and 2 more" in more.text
    listed = newsroom_client(lorraine, editor).get(more["href"]).content.decode()
    assert all(f"Prévue {number}" in listed for number in range(8))


def test_late_items_of_earlier_months_come_first(lorraine, editor, approver):
    plan(draft(lorraine, editor, "En retard"), date(2026, 11, 20), editor)
    plan(page := draft(lorraine, editor, "En relecture"), date(2026, 11, 20), editor)
    submit(page, editor)

    late = calendar(lorraine, editor, view="week").select_one(".planning__late")

    assert "En retard" in late.text
    assert "En relecture" not in late.text


def test_calendar_is_in_the_menu(lorraine, editor):
    html = newsroom_client(lorraine, editor).get(reverse("wagtailadmin_home")).content.decode()

    assert f'"url": "{reverse("planning")}"' in html


def test_dates_of_section_members_are_those_of_their_section(lorraine, editor):
    other = make_section(lorraine.home, "Culture")
    member = make_member("relecteur", section_group(lorraine.site, Role.REVIEWER, other))
    draft(lorraine, editor, "Dehors", go_live_at=NOW + DAY)
    draft(lorraine, editor, "Dedans", parent=other, go_live_at=NOW + DAY)

    assert titles(lorraine, member) == {"Dedans"}


def test_ten_thousand_planned_items_need_few_queries(lorraine, editor):
    plan_many(lorraine, editor, 10_000)
    client = newsroom_client(lorraine, editor)
    client.get(reverse("planning"))

    for view in ("month", "week", "list"):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(reverse("planning"), {"view": view})

        assert response.status_code == 200
        assert len(queries) <= MAX_QUERIES, view
        assert len(response.content) < 1_000_000


def plan_many(ground, user, number: int) -> None:
    children = NewChildren.below(ground.section)
    pages = []
    for each in range(number):
        page = ArticlePage(title=f"Prévue {each}", draft_title=f"Prévue {each}", owner=user)
        page.locale = ground.section.locale
        begin_draft(page, ground.section, children.unique_slug(f"prevue-{each}"))
        pages.append(page)
    revisions = insert_pages(children, pages, user)
    days = [date(2026, 12, 1) + timedelta(days=each % 28) for each in range(number)]
    PlannedItem.objects.bulk_create(
        PlannedItem(page_id=page.pk, day=day, person=user, revision=revision)
        for page, day, revision in zip(pages, days, revisions, strict=True)
    )
