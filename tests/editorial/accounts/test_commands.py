"""Commands that set up newsrooms and accounts: they can be repeated, and report invalid arguments."""

import re
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import CommandError, call_command
from wagtail.models import GroupPagePermission, WorkflowPage

from portal.editorial.models import RoleGroup
from portal.editorial.roles import Role, group_of, media_collection, section_group
from tests.builders import make_calendar, make_section, make_site, work_off


def run(name: str, *args: str) -> str:
    output = StringIO()
    call_command(name, *args, stdout=output)
    return output.getvalue()


def rights() -> set:
    return set(GroupPagePermission.objects.values_list("group__name", "page", "permission__codename"))


def test_setup_of_every_site_can_be_repeated(network):
    for _again in range(2):
        output = run("setup_editorial")
        assert "lorraine.localhost: " in output
        assert "saar.localhost: " in output
        before = rights(), RoleGroup.objects.count(), WorkflowPage.objects.count()
    assert before == (rights(), RoleGroup.objects.count(), WorkflowPage.objects.count())
    assert {role.role for role in RoleGroup.objects.filter(site=network.lorraine.site)} == set(Role) - {Role.REVIEWER}


def test_single_site_is_set_up(lorraine, saar):
    run("setup_editorial", "--site", "LORRAINE.localhost")

    assert RoleGroup.objects.filter(site=lorraine.site).exists()
    assert not RoleGroup.objects.filter(site=saar.site).exists()


def test_permissions_granted_by_hand_are_removed(lorraine, saar):
    run("setup_editorial")
    before = rights()
    GroupPagePermission.objects.create(
        group=group_of(lorraine.site, Role.EDITOR), page=saar.home.page_ptr, permission_type="publish"
    )

    run("setup_editorial")

    assert rights() == before


def test_new_section_gets_its_groups_at_the_next_setup(lorraine):
    run("setup_editorial")
    section = make_section(lorraine.home, "Bois")
    calendar = make_calendar(section)

    run("setup_editorial")

    group = RoleGroup.objects.get(site=lorraine.site, role=Role.ORGANISER, section=section.pk).group
    assert list(GroupPagePermission.objects.filter(group=group).values_list("page", flat=True)) == [calendar.pk]


def test_account_has_its_role_and_no_password_yet(lorraine):
    output = run("create_role_user", "--site", "lorraine.localhost", "--role", "approver", "anna")

    anna = get_user_model().objects.get(username="anna")
    assert list(anna.groups.all()) == [group_of(lorraine.site, Role.APPROVER)]
    assert (anna.is_superuser, anna.is_staff) == (False, False)
    link = re.search(r"http://localhost:8000(/admin/password_reset/confirm/\S+)", output)[1]
    form = lorraine.reader().get(link, follow=True)
    assert form.status_code == 200
    assert "new_password1" in form.content.decode()


def test_account_with_an_address_is_invited_by_mail(lorraine):
    output = run("create_role_user", "--site", "lorraine.localhost", "--role", "approver", "--email", "a@b.org", "anna")

    work_off()
    assert [message.to for message in mail.outbox] == [["a@b.org"]]
    assert "password_reset" not in output
    link = re.search(r"http://localhost:8000(/admin/invitation/\S+)", mail.outbox[0].body)[1]
    assert "new_password1" in lorraine.reader().get(link, follow=True).content.decode()


def test_organiser_writes_in_the_calendars_of_one_section_in_every_language(lorraine):
    make_calendar(make_section(lorraine.home, "Bois"))

    run("create_role_user", "--site", "lorraine.localhost", "--role", "organiser", "--section", "rubrique", "otto")

    group = get_user_model().objects.get(username="otto").groups.get()
    assert group == section_group(lorraine.site, Role.ORGANISER, lorraine.sections["de"])
    places = GroupPagePermission.objects.filter(group=group).values_list("page", flat=True)
    assert set(places) == {calendar.pk for calendar in lorraine.calendars.values()}


def test_organiser_without_a_section_writes_in_all_calendars_of_the_site(lorraine, saar):
    elsewhere = make_calendar(make_section(lorraine.home, "Bois"))

    run("create_role_user", "--site", "lorraine.localhost", "--role", "organiser", "otto")

    group = get_user_model().objects.get(username="otto").groups.get()
    places = GroupPagePermission.objects.filter(group=group).values_list("page", flat=True)
    assert set(places) == {elsewhere.pk, *(calendar.pk for calendar in lorraine.calendars.values())}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--site", "nowhere.localhost", "--role", "editor", "x"], "No site has the host nowhere.localhost"),
        (["--site", "lorraine.localhost", "--role", "king", "x"], "no role king. Roles: editor"),
        (["--site", "lorraine.localhost", "--role", "reviewer", "x"], "name it with --section"),
        (["--site", "lorraine.localhost", "--role", "editor", "--section", "rubrique", "x"], "leave out --section"),
        (["--site", "lorraine.localhost", "--role", "organiser", "--section", "mer", "x"], "has no section mer"),
        (["--site", "lorraine.localhost", "--role", "editor", "TAKEN"], "The name TAKEN is taken"),
        (["--site", "lorraine.localhost", "--role", "editor", "not a name"], "valid username"),
        (["--site", "lorraine.localhost", "--role", "editor", "--email", "nothing", "x"], "valid email address"),
        (["--site", "lorraine.localhost", "--role", "organiser", "--section", "sans-agenda", "x"], "no calendar"),
    ],
)
def test_invalid_arguments_are_reported_and_change_nothing(lorraine, args, words):
    make_section(lorraine.home, "Sans agenda", slug="sans-agenda")
    get_user_model().objects.create(username="taken")

    with pytest.raises(CommandError, match=re.escape(words)):
        run("create_role_user", *args)

    assert get_user_model().objects.count() == 1


def test_two_sites_on_one_host_are_distinguished_by_port(db):
    make_site("same.localhost", port=8001)
    make_site("same.localhost", name="Other", port=8002)

    with pytest.raises(CommandError, match="add the port"):
        run("setup_editorial", "--site", "same.localhost")
    run("setup_editorial")

    editors = RoleGroup.objects.filter(role=Role.EDITOR, site__hostname="same.localhost")
    assert editors.values("group").distinct().count() == 2
    assert len({media_collection(role.site) for role in editors}) == 2
