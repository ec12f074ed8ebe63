"""No group lets all its members publish or approve at once, and a role's group publishes on its own site only."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import GroupPagePermission, Task
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from portal.editorial.models import FourEyesTask, RoleProposal
from portal.editorial.roles import Role, group_of
from tests.builders import make_member, newsroom_client
from tests.editorial.accounts.test_role_proposals import by_bulk_action, by_user_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return make_member("reseau", is_superuser=True)


@pytest.fixture(params=["shipped with Wagtail", "new", "for approval"])
def group_without_site(request, lorraine, root):
    """A group that may publish or approve, and is not a role of a site."""
    if request.param == "shipped with Wagtail":
        return Group.objects.get(name="Moderators")
    if request.param == "for approval":
        group = Group.objects.create(name="Relecture")
        FourEyesTask.objects.first().groups.add(group)
        return group
    client, address = newsroom_client(lorraine, root), reverse("wagtailusers_groups:add")
    panels = {panel.prefix: inline_formset([]) for panel in client.get(address).context["permission_panels"]}
    panels["page_permissions"] = inline_formset([{"page": lorraine.home.pk, "permissions": "publish_page"}])
    client.post(address, nested_form_data({"name": "Amis", **panels}))
    return Group.objects.get(name="Amis")


@pytest.mark.parametrize("door", [by_user_form, by_bulk_action])
def test_group_that_may_publish_and_belongs_to_no_site_gets_no_members(
    lorraine, newsroom, root, group_without_site, door
):
    page_text = door(newsroom_client(lorraine, root), newsroom[Role.EDITOR], group_without_site)

    assert not group_without_site.user_set.exists()
    assert not RoleProposal.objects.exists()
    assert "belongs to no site" in page_text
    assert "assigned as" not in page_text


@pytest.mark.parametrize("door", [by_user_form, by_bulk_action])
def test_group_without_a_site_that_may_only_edit_gets_members(lorraine, saar, newsrooms, root, door):
    group, publishing = Group.objects.create(name="Lecture"), Group.objects.create(name="Druck")
    for page in (lorraine.home, saar.home):
        GroupPagePermission.objects.create(group=group, page=page, permission_type="change")
    GroupPagePermission.objects.create(group=publishing, page=saar.home, permission_type="publish")

    page_text = door(newsroom_client(lorraine, root), newsrooms.lorraine[Role.EDITOR], group)

    assert group.user_set.get() == newsrooms.lorraine[Role.EDITOR]
    assert "belongs to no site" not in page_text
    assert ("1 user has been assigned as" in page_text) is (door is by_bulk_action)


def by_group_form(client, group, *pages):
    """Let a group publish these pages; return the response."""
    address = reverse("wagtailusers_groups:edit", args=[group.pk])
    panels = {panel.prefix: inline_formset([]) for panel in client.get(address).context["permission_panels"]}
    rows = [{"page": page.pk, "permissions": "publish_page"} for page in pages]
    panels["page_permissions"] = inline_formset(rows)
    return client.post(address, nested_form_data({"name": group.name, **panels}), follow=True)


def published_by(group) -> set[int]:
    granted = GroupPagePermission.objects.filter(group=group, permission__codename="publish_page")
    return set(granted.values_list("page", flat=True))


@pytest.mark.parametrize("has_members", [True, False])
def test_group_with_members_gets_no_right_to_publish(lorraine, newsroom, root, has_members):
    group = group_of(lorraine.site, Role.EDITOR)
    if not has_members:
        group.user_set.clear()

    page_text = by_group_form(newsroom_client(lorraine, root), group, lorraine.home).text

    assert bool(published_by(group)) is not has_members
    assert ("would give all members of the group the right to publish" in page_text) is has_members


def test_group_of_a_role_gets_no_pages_of_another_site(lorraine, saar, newsrooms, root):
    group = group_of(lorraine.site, Role.EDITOR)
    group.user_set.clear()
    german = lorraine.homes["de"]

    response = by_group_form(newsroom_client(lorraine, root), group, lorraine.home, german, saar.home)

    assert published_by(group) == set()
    shown = BeautifulSoup(response.content, "html.parser").select("#id_page_permissions-FORMS tr")
    assert ["This page does not belong to Lorraine" in row.text for row in shown] == [False, False, True]
    assert all(row.select("input[value=publish_page][checked]") for row in shown)


@pytest.fixture(params=["changed task", "new task", "new task of Wagtail"])
def task_with(request, lorraine, root):
    """Choose a group for an approval task; return the names of its groups, and the messages."""

    def choose(*groups):
        client, data = newsroom_client(lorraine, root), {"name": "Relecture", "groups": [group.pk for group in groups]}
        task = FourEyesTask.objects.get(groups=group_of(lorraine.site, Role.APPROVER))
        address = reverse("wagtailadmin_workflows:edit_task", args=[task.pk])
        if request.param != "changed task":
            kind = ["wagtailcore", "groupapprovaltask"] if "Wagtail" in request.param else ["editorial", "foureyestask"]
            address = reverse("wagtailadmin_workflows:add_task", args=kind)
        page_text = client.post(address, data, follow=True).text
        task = task if request.param == "changed task" else Task.objects.get(name="Relecture").specific
        return set(task.groups.all()), page_text

    return choose


def test_group_with_members_approves_in_no_task(lorraine, saar, newsrooms, root, task_with):
    full, empty = (Group.objects.create(name=name) for name in ("Amis", "Vide"))
    full.user_set.add(newsrooms.lorraine[Role.EDITOR])

    groups, page_text = task_with(full, empty, group_of(lorraine.site, Role.EDITOR), group_of(saar.site, Role.EDITOR))

    assert groups == {empty}
    assert "Amis: This would give all members" in page_text
    assert "Vide:" not in page_text


def test_group_of_a_task_gets_no_members(lorraine, newsroom, root, task_with):
    group = Group.objects.create(name="Vide")
    task_with(group)

    page_text = by_user_form(newsroom_client(lorraine, root), newsroom[Role.EDITOR], group)

    assert not group.user_set.exists()
    assert "belongs to no site" in page_text
