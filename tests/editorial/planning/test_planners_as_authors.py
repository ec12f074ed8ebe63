"""The planner of an item counts as the author of its title, until somebody else writes the text."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from wagtail.models import Page

from portal.content.publication import PublicationRefusedError
from portal.editorial.models import PlannedItem
from portal.editorial.roles import Role, group_of
from tests.builders import make_member, newsroom_client
from tests.editorial.drafts import answer, submit
from tests.editorial.planning.written import complete, plan, write

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(time_machine):
    """A Monday before the planned day."""
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def anna(lorraine):
    return make_member("anna", group_of(lorraine.site, Role.EDITOR), first_name="Anna", last_name="Petit")


def test_planner_may_approve_what_somebody_else_wrote(lorraine, approver, anna):
    item = plan(lorraine, approver, anna)
    page = complete(lorraine, write(item, anna), anna)

    answer(submit(page, anna), approver)

    assert Page.objects.get(pk=page.pk).live


def test_planner_may_approve_what_is_no_longer_planned(lorraine, approver, anna):
    item = plan(lorraine, approver, anna)
    page = complete(lorraine, write(item, anna), anna)
    newsroom_client(lorraine, anna).post(reverse("planning_item", args=[item.page_id]), {"remove": "1"})

    answer(submit(page, anna), approver)

    assert Page.objects.get(pk=page.pk).live


def test_draft_is_planned_again(lorraine, editor, anna):
    item = plan(lorraine, editor, anna)
    url = reverse("planning_item", args=[item.page_id])
    client = newsroom_client(lorraine, editor)
    client.post(url, {"remove": "1"})
    client.post(url, {"day": "9.12.2026", "person": anna.pk, "note": ""})

    assert [(each.day, each.person) for each in PlannedItem.objects.open()] == [(date(2026, 12, 9), anna)]


def test_planner_may_not_approve_their_own_title_alone(lorraine, approver):
    item = plan(lorraine, approver)
    page = Page.objects.get(pk=item.page_id).specific

    with pytest.raises(PublicationRefusedError):
        page.get_latest_revision().publish(user=approver)
    assert not page.permissions_for_user(approver).can_publish()


def test_planner_who_also_writes_may_not_approve(lorraine, approver, anna):
    item = plan(lorraine, approver, anna)
    page = complete(lorraine, write(item, anna), anna)
    page = write(item, approver, standfirst="Deux phrases de plus.")

    with pytest.raises(PublicationRefusedError):
        answer(submit(page, anna), approver)


def test_planner_cannot_hide_their_text_in_the_version_of_the_plan(lorraine, approver, anna):
    item = plan(lorraine, approver, anna)
    page = Page.objects.get(pk=item.page_id).specific
    draft = page.get_latest_revision_as_object()
    draft.standfirst = "Deux phrases du planificateur."
    draft.save_revision(user=approver, overwrite_revision=item.revision)
    page = complete(lorraine, page, anna, standfirst="Deux phrases du planificateur.")

    with pytest.raises(PublicationRefusedError):
        answer(submit(page, anna), approver)


def test_writer_of_a_planned_item_may_not_approve(lorraine, approver, editor):
    item = plan(lorraine, editor, approver)
    page = complete(lorraine, write(item, approver), approver)

    with pytest.raises(PublicationRefusedError):
        answer(submit(page, editor), approver)


def test_copy_of_a_planned_title_has_its_planner_as_author(lorraine, approver):
    item = plan(lorraine, approver)
    page = Page.objects.get(pk=item.page_id).specific
    data = {"new_title": page.title, "new_slug": f"{page.slug}-2", "new_parent_page": lorraine.section.pk}
    newsroom_client(lorraine, approver).post(reverse("wagtailadmin_pages:copy", args=[page.pk]), data)

    copied = Page.objects.get(slug=f"{page.slug}-2").specific
    assert not copied.permissions_for_user(approver).can_publish()
