"""People with permission move the calendar's entries; anybody else is told why not, and nothing changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from articles.models import ArticlePage
from portal.editorial.models import PlannedItem
from portal.editorial.planning.items import plan_new_page
from portal.editorial.roles import Role, group_of
from tests.builders import change, make_article, make_member, newsroom_client
from tests.editorial.drafts import answer, draft, submit
from tests.editorial.planning.written import complete

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon(time_machine):
    """A Monday."""
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def item(lorraine, editor):
    facts = {"day": date(2026, 12, 8), "note": "", "person": editor, "user": editor}
    return plan_new_page(ArticlePage, lorraine.section, "Prévue", **facts)


@pytest.fixture
def scheduled(lorraine, editor, approver):
    page = draft(lorraine, editor, "Approuvée", go_live_at=NOW + 2 * DAY)
    answer(submit(page, editor), approver)
    return ArticlePage.objects.get(pk=page.pk)


def drop(ground, user, page, day: str, **data):
    """Post the form that dragging submits."""
    return newsroom_client(ground, user).post(reverse("planning_move", args=[page.pk]), {"day": day, **data})


def said(response) -> str:
    return " ".join(" ".join(str(message).split()) for message in get_messages(response.wsgi_request))


def goes_live(page):
    revision = Page.objects.get(pk=page.pk).scheduled_revision
    return revision and revision.approved_go_live_at


def time_in_draft(page):
    return Page.objects.get(pk=page.pk).specific.get_latest_revision_as_object().go_live_at


def test_planned_item_moves_to_another_day(lorraine, editor, item):
    response = drop(lorraine, editor, item, "2026-12-10")

    item.refresh_from_db()
    assert item.day == date(2026, 12, 10)
    assert said(response) == "“Prévue” is now planned for Thursday 10 December."


def test_planned_item_moves_during_its_review(lorraine, editor, item):
    submit(complete(lorraine, Page.objects.get(pk=item.pk).specific, editor), editor)
    drop(lorraine, editor, item, "2026-12-10")

    item.refresh_from_db()
    assert item.day == date(2026, 12, 10)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_author_and_approver_move_a_publication_which_keeps_its_hour(lorraine, newsroom, scheduled, role):
    drop(lorraine, newsroom[role], scheduled, "2026-12-10")

    assert goes_live(scheduled) == NOW + 10 * DAY
    assert PageLogEntry.objects.filter(page=scheduled.pk, action="portal.schedule.moved").exists()


def test_time_is_typed_in_the_form(lorraine, editor, scheduled):
    drop(lorraine, editor, scheduled, "10.12.2026", time="8:30")

    assert timezone.localtime(goes_live(scheduled)).strftime("%d %H:%M") == "10 08:30"


def test_time_in_a_draft_moves_and_its_text_stays(lorraine, editor, approver):
    page = draft(lorraine, editor, go_live_at=NOW + 2 * DAY)
    before = page.get_latest_revision().content["title"]
    drop(lorraine, editor, page, "2026-12-10")

    assert time_in_draft(page) == NOW + 10 * DAY
    assert Page.objects.get(pk=page.pk).get_latest_revision().content["title"] == before


def test_mover_of_a_draft_is_no_author_of_its_text(lorraine, editor, approver):
    page = draft(lorraine, editor, go_live_at=NOW + 2 * DAY)
    drop(lorraine, approver, page, "2026-12-10")

    answer(submit(page, editor), approver)

    assert goes_live(page) == NOW + 10 * DAY


def test_form_offers_the_current_day(lorraine, editor, scheduled):
    response = newsroom_client(lorraine, editor).get(reverse("planning_move", args=[scheduled.pk]))

    assert response.context["form"].initial["day"] == date(2026, 12, 2)


def test_move_returns_to_the_calendar_that_it_came_from(lorraine, editor, item):
    here = f"{reverse('planning')}?view=week"

    assert drop(lorraine, editor, item, "2026-12-10", next=here).url == here


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_move_does_not_redirect_to_another_host(lorraine, editor, item, address):
    assert drop(lorraine, editor, item, "2026-12-10", next=address).url == reverse("planning")


@pytest.mark.parametrize("day", ["2026-11-29", "", "x", "2026-13-01", "\0", "0001-01-01", "9999-12-31"])
def test_impossible_day_is_an_error(lorraine, editor, item, scheduled, day):
    responses = [drop(lorraine, editor, page, day) for page in (item, scheduled)]

    assert all(response.context["form"].errors["day"] for response in responses)
    assert (PlannedItem.objects.get().day, goes_live(scheduled)) == (date(2026, 12, 8), NOW + 2 * DAY)


def test_embargo_is_a_clear_sentence(lorraine, editor, approver):
    page = draft(lorraine, editor, go_live_at=NOW + 9 * DAY, embargo_until=NOW + 8 * DAY)
    answer(submit(page, editor), approver)
    response = drop(lorraine, editor, page, "2026-12-02")

    assert "The embargo ends on" in str(response.context["form"].errors["day"])
    assert goes_live(page) == NOW + 9 * DAY


def test_embargo_of_a_draft_is_a_clear_sentence(lorraine, editor):
    page = draft(lorraine, editor, go_live_at=NOW + 9 * DAY, embargo_until=NOW + 8 * DAY)
    response = drop(lorraine, editor, page, "2026-12-02")

    assert "The embargo ends on" in str(response.context["form"].errors["day"])
    assert time_in_draft(page) == NOW + 9 * DAY


def test_draft_in_review_is_not_moved(lorraine, editor):
    page = draft(lorraine, editor, go_live_at=NOW + 2 * DAY)
    submit(page, editor)
    response = drop(lorraine, editor, page, "2026-12-10")

    assert said(response) == "“Une usine” is in review: its date can be moved after the answer."
    assert time_in_draft(page) == NOW + 2 * DAY


def test_locked_page_is_not_moved(lorraine, editor, approver, item):
    Page.objects.filter(pk=item.pk).update(locked=True, locked_by=approver, locked_at=NOW)
    response = drop(lorraine, editor, item, "2026-12-10")

    assert "has locked “Prévue”" in said(response)
    assert PlannedItem.objects.get().day == date(2026, 12, 8)


def test_colleague_does_not_move_a_publication(lorraine, scheduled):
    colleague = make_member("colleague", group_of(lorraine.site, Role.EDITOR))
    response = drop(lorraine, colleague, scheduled, "2026-12-10")

    assert said(response) == "You may not move “Approuvée”."
    assert goes_live(scheduled) == NOW + 2 * DAY


def test_colleague_is_offered_no_move_of_a_publication(lorraine, editor, scheduled):
    colleague = make_member("colleague", group_of(lorraine.site, Role.EDITOR))
    url = reverse("planning_move", args=[scheduled.pk])

    offered = [
        url in newsroom_client(lorraine, user).get(reverse("planning"), {"view": "week"}).content.decode()
        for user in (editor, colleague)
    ]
    assert offered == [True, False]


@pytest.mark.parametrize("role", list(Role))
def test_other_site_does_not_learn_of_the_page(lorraine, newsrooms, item, scheduled, role):
    member = newsrooms.saar.get(role) or make_member("x", group_of(newsrooms_site(newsrooms), Role.EDITOR))
    responses = [drop(lorraine, member, page, "2026-12-10") for page in (item, scheduled)]

    assert [response.status_code for response in responses] == [404, 404]
    assert (PlannedItem.objects.get().day, goes_live(scheduled)) == (date(2026, 12, 8), NOW + 2 * DAY)


def newsrooms_site(newsrooms):
    return newsrooms.saar[Role.EDITOR].groups.get().newsroom_role.site


def test_organiser_does_not_move_what_others_plan(lorraine, newsroom, item):
    assert drop(lorraine, newsroom[Role.ORGANISER], item, "2026-12-10").status_code == 404
    assert PlannedItem.objects.get().day == date(2026, 12, 8)


def test_page_without_a_date_is_not_moved(lorraine, editor):
    page = make_article(lorraine.section, "En ligne")
    response = drop(lorraine, editor, page, "2026-12-10")

    assert said(response) == "“En ligne” has no date that can be moved."


def test_expiry_is_not_moved_by_dragging(lorraine, editor):
    page = change(make_article(lorraine.section, "Finit"), expire_at=NOW + DAY)
    drop(lorraine, editor, page, "2026-12-10")

    assert Page.objects.get(pk=page.pk).expire_at == NOW + DAY
