"""A planned item is a draft with a day, a person and a note. It leaves the calendar once it is published or scheduled."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Page, PageLogEntry
from wagtail.users.models import UserProfile

from articles.models import ArticlePage
from portal.editorial.dashboard.lists import Dashboard
from portal.editorial.mails.comments import notify_of_comments
from portal.editorial.models import PlannedItem
from portal.editorial.offboarding.act import offboard
from portal.editorial.offboarding.holdings import holdings_at
from portal.editorial.planning.items import PLAN_CHANGED
from portal.editorial.roles import Role, group_of
from portal.platform.operation.changes import content_version
from tests.builders import make_member, newsroom_client, work_off
from tests.editorial.actions import publish_as_system
from tests.editorial.drafts import answer, submit
from tests.editorial.planning.written import TUESDAY, complete, plan, write

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(time_machine):
    """A Monday."""
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def anna(lorraine):
    return make_member("anna", group_of(lorraine.site, Role.EDITOR), first_name="Anna", last_name="Petit")


def form(ground, chosen=None, **facts) -> dict:
    known = {"title": "Une usine", "kind": "articlepage", "place": ground.section.pk, "day": "8.12.2026"}
    return {**known, "person": chosen.pk if chosen else "", "note": "Avec photo", **facts}


def post(ground, user, **data):
    return newsroom_client(ground, user).post(reverse("planning_add"), data)


def calendar(ground, user) -> str:
    return newsroom_client(ground, user).get(reverse("planning"), {"from": "2026-12-08"}).content.decode()


def test_planned_item_is_a_draft_in_its_section(lorraine, editor, anna):
    post(lorraine, editor, **form(lorraine, anna))

    page = ArticlePage.objects.get(title="Une usine")
    assert (page.live, page.get_parent().pk, page.owner, page.has_unpublished_changes) == (
        False,
        lorraine.section.pk,
        anna,
        True,
    )
    item = page.planned_item
    assert (item.day, item.person, item.note, item.created_by) == (TUESDAY, anna, "Avec photo", editor)


def test_planned_item_is_in_the_calendar_to_be_written(lorraine, editor, anna):
    plan(lorraine, editor, anna)

    day = BeautifulSoup(calendar(lorraine, editor), "html.parser").select_one('[data-day="2026-12-08"]')

    assert "Une usine" in day.text
    assert "to be written · Anna Petit" in " ".join(day.text.split())


@pytest.mark.parametrize("kind", ["articlepage", "portraitpage", "eventpage", "recappage", "standardpage"])
def test_each_kind_of_page_can_be_planned(lorraine, editor, kind):
    place = {"eventpage": lorraine.calendar, "recappage": lorraine.calendar, "standardpage": lorraine.home}
    post(lorraine, editor, **form(lorraine, kind=kind, place=place.get(kind, lorraine.section).pk))

    page = PlannedItem.objects.get().page.specific
    assert page._meta.model_name == kind
    assert newsroom_client(lorraine, editor).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 256),
        ("kind", "sectionpage"),
        ("kind", "eventpage"),
        ("place", "999999"),
        ("place", "x"),
        ("day", "29.11.2026"),
        ("day", "2026-99-99"),
        ("day", "1.1.9999"),
        ("person", "999999"),
        ("note", "x" * 1001),
    ],
)
def test_invalid_form_plans_nothing_and_says_why(lorraine, editor, field, value):
    response = post(lorraine, editor, **form(lorraine, **{field: value}))

    assert response.context["form"].errors
    assert not PlannedItem.objects.exists()


def test_section_of_another_site_is_not_offered(lorraine, saar, editor):
    post(lorraine, editor, **form(lorraine, place=saar.section.pk))

    assert not PlannedItem.objects.exists()


def test_person_of_another_site_is_not_offered(lorraine, newsrooms, editor):
    post(lorraine, editor, **form(lorraine, newsrooms.saar[Role.EDITOR]))

    assert not PlannedItem.objects.exists()


def test_person_who_may_not_write_there_is_an_error(lorraine, editor, newsroom):
    response = post(lorraine, editor, **form(lorraine, newsroom[Role.ORGANISER]))

    assert "may not write there" in str(response.context["form"].errors["person"])
    assert not PlannedItem.objects.exists()


def test_organiser_plans_only_below_calendars(lorraine, newsroom):
    organiser = newsroom[Role.ORGANISER]
    post(lorraine, organiser, **form(lorraine))
    post(lorraine, organiser, **form(lorraine, kind="eventpage", place=lorraine.calendar.pk))

    assert [item.page.specific._meta.model_name for item in PlannedItem.objects.all()] == ["eventpage"]


def test_person_in_charge_gets_a_mail_in_their_language(lorraine, editor, anna):
    UserProfile.objects.update_or_create(user=anna, defaults={"preferred_language": "en"})
    post(lorraine, editor, **form(lorraine, anna))
    work_off()

    [message] = mail.outbox
    assert message.to == [anna.email]
    assert message.subject == "“Une usine” is planned for Tuesday 8 December 2026"
    assert reverse("wagtailadmin_pages:edit", args=[PlannedItem.objects.get().page_id]) in message.body
    assert "Avec photo" in message.body


def test_own_plan_is_not_mailed(lorraine, editor):
    post(lorraine, editor, **form(lorraine, editor))
    work_off()

    assert mail.outbox == []


def test_new_person_gets_the_draft_and_a_mail(lorraine, editor, approver, anna):
    item = plan(lorraine, approver, editor)
    work_off()
    mail.outbox.clear()
    url = reverse("planning_item", args=[item.page_id])
    newsroom_client(lorraine, approver).post(url, {"day": "9.12.2026", "person": anna.pk, "note": ""})
    work_off()

    item.refresh_from_db()
    assert (item.day, item.person, item.page.owner) == (date(2026, 12, 9), anna, anna)
    assert [message.to for message in mail.outbox] == [[anna.email]]


def test_changes_of_the_plan_are_in_the_history_of_the_page(lorraine, approver, anna):
    item = plan(lorraine, approver)
    client, url = newsroom_client(lorraine, approver), reverse("planning_item", args=[item.page_id])
    client.post(url, {"day": "9.12.2026", "person": anna.pk, "note": ""})
    client.post(url, {"remove": "1"})

    with override("en"):
        history = [str(entry.message) for entry in PageLogEntry.objects.filter(action=PLAN_CHANGED).order_by("pk")]
    assert history == ["Planned for Wednesday 9 December: Anna Petit", "Removed the plan"]


def test_page_that_somebody_else_has_locked_cannot_be_handed_over(lorraine, editor, approver, anna):
    item = plan(lorraine, approver, editor)
    Page.objects.filter(pk=item.page_id).update(locked=True, locked_by=editor)

    url = reverse("planning_item", args=[item.page_id])
    newsroom_client(lorraine, approver).post(url, {"day": "9.12.2026", "person": anna.pk, "note": ""})

    assert Page.objects.get(pk=item.page_id).owner == editor


@pytest.mark.parametrize("title", ["???", "x" * 255])
def test_two_items_with_a_title_that_gives_no_slug_have_different_slugs(lorraine, editor, title):
    for _time in range(2):
        plan(lorraine, editor, title=title)

    assert Page.objects.filter(title=title).exclude(slug="").values("slug").distinct().count() == 2


def test_person_in_charge_gets_a_mail_about_another_day(lorraine, approver, anna):
    item = plan(lorraine, approver, anna)
    work_off()
    mail.outbox.clear()
    newsroom_client(lorraine, approver).post(reverse("planning_move", args=[item.page_id]), {"day": "2026-12-10"})
    work_off()

    assert [message.to for message in mail.outbox] == [[anna.email]]


def test_person_in_charge_follows_the_comments(lorraine, approver, anna):
    page = plan(lorraine, approver, anna).page
    comment = page.wagtail_admin_comments.create(user=approver, text="Qui parle ?", contentpath="title")
    changes = {"new_comments": [comment], "new_replies": [], "resolved_comments": []}
    work_off()
    mail.outbox.clear()
    notify_of_comments(page, approver, changes)
    work_off()

    assert [message.to for message in mail.outbox] == [[anna.email]]


def test_plan_of_another_site_is_not_found(lorraine, saar, newsrooms, editor):
    item = plan(saar, newsrooms.saar[Role.EDITOR])
    url = reverse("planning_item", args=[item.page_id])

    assert newsroom_client(lorraine, editor).get(url).status_code == 404
    assert newsroom_client(lorraine, editor).post(url, {"remove": "1"}).status_code == 404
    assert PlannedItem.objects.exists()


def test_removed_plan_leaves_the_draft(lorraine, editor):
    item = plan(lorraine, editor)
    newsroom_client(lorraine, editor).post(reverse("planning_item", args=[item.page_id]), {"remove": "1"})

    assert not PlannedItem.objects.open().exists()
    assert "Une usine" not in calendar(lorraine, editor)
    assert Page.objects.filter(pk=item.page_id).exists()


def test_editor_shows_the_plan(lorraine, editor, anna):
    item = plan(lorraine, editor, anna)

    html = newsroom_client(lorraine, anna).get(reverse("wagtailadmin_pages:edit", args=[item.page_id])).content

    box = BeautifulSoup(html, "html.parser").select_one("#plan-heading").parent
    assert " ".join(box.text.split()).startswith("Planned for Tuesday 8 December 2026, Anna Petit Avec photo")


def test_published_page_leaves_its_planned_day(lorraine, editor, approver):
    item = plan(lorraine, editor, editor)
    before = "planning-entry--planned" in calendar(lorraine, editor)
    publish_as_system(complete(lorraine, Page.objects.get(pk=item.page_id).specific, editor))

    assert before
    assert "planning-entry--planned" not in calendar(lorraine, editor)


def test_scheduled_page_is_shown_at_its_time_only(lorraine, editor, approver):
    item = plan(lorraine, approver, editor)
    page = complete(lorraine, write(item, editor), editor, go_live_at=NOW + timedelta(days=8, hours=2))
    answer(submit(page, editor), approver)

    html = BeautifulSoup(calendar(lorraine, editor), "html.parser")

    states = [
        entry.select_one(".planning-entry__state").text
        for entry in html.select(".planning-entry")
        if "Une usine" in entry.text
    ]
    assert states == ["appears"]


def test_day_that_passed_without_a_text_is_late(lorraine, editor, anna, time_machine):
    plan(lorraine, editor, anna, title="Oubliée", day=date(2026, 12, 1))
    sent = plan(lorraine, editor, anna, title="Envoyée", day=date(2026, 12, 1))
    submit(complete(lorraine, write(sent, anna), anna), anna)
    time_machine.move_to(NOW + timedelta(days=2), tick=False)

    assert [entry.title for entry in Dashboard(editor, NOW + timedelta(days=2)).late] == ["Oubliée"]


def test_day_is_late_only_when_it_is_over(lorraine, editor):
    plan(lorraine, editor, day=date(2026, 11, 30))

    dashboard = Dashboard(editor, NOW)
    assert ([entry.title for entry in dashboard.entries], dashboard.late) == (["Une usine"], [])


def test_dashboard_counts_what_is_planned_for_this_person(lorraine, saar, newsrooms, editor, anna):
    plan(lorraine, editor, anna)
    plan(lorraine, editor, editor)
    plan(saar, newsrooms.saar[Role.EDITOR])

    html = BeautifulSoup(newsroom_client(lorraine, anna).get(reverse("wagtailadmin_home")).content, "html.parser")

    link = html.select_one(".today__count a")
    assert link.text == "Planned for you (1)"
    listed = newsroom_client(lorraine, anna).get(link["href"]).content.decode()
    assert listed.count("planning-entry--planned") == 1


def test_item_of_today_goes_out_today(lorraine, editor, anna):
    plan(lorraine, editor, anna, day=date(2026, 11, 30))

    html = BeautifulSoup(newsroom_client(lorraine, editor).get(reverse("wagtailadmin_home")).content, "html.parser")

    line = " ".join(html.select_one(".today__part li").text.split())
    assert line == "Une usine to be written · Anna Petit · Lorraine (French) › Rubrique fr"


def test_item_for_somebody_else_is_not_among_its_planners_drafts(lorraine, editor, anna):
    plan(lorraine, editor, anna)

    def drafts(user):
        return [row.title for row in Dashboard(user, NOW).rows["drafts"]]

    assert (drafts(editor), drafts(anna)) == ([], ["Une usine"])


def test_person_who_leaves_hands_over_their_planned_items(lorraine, newsroom, editor, anna):
    item = plan(lorraine, newsroom[Role.SITE_ADMINISTRATOR], anna)
    sites = holdings_at(anna, type(lorraine.site).objects.filter(pk=lorraine.site.pk))
    offboard(anna, newsroom[Role.SITE_ADMINISTRATOR], sites, {lorraine.site.pk: editor}, closes=True)

    item.refresh_from_db()
    assert item.person == editor


def test_plans_leave_cached_responses_fresh(lorraine, editor, anna):
    item = plan(lorraine, editor)
    before = content_version()
    item.day, item.person = date(2026, 12, 10), anna
    item.save()

    assert content_version() == before
