"""People who leave or have left: who takes over, when they left, and their work at the administrator's sites."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import LogContext

from portal.editorial.accounts.invitations import invite
from portal.editorial.records.accounts import AccountChange
from portal.editorial.roles import Role, group_of
from tests.builders import make_member, newsroom_client
from tests.editorial.drafts import draft, submit

LEFT = "/admin/office/people/left/"


def rows(client) -> list[list[str]]:
    page = BeautifulSoup(client.get(LEFT).content, "html.parser")
    return [[" ".join(cell.text.split()) for cell in row.select("td")] for row in page.select("table.listing tbody tr")]


def text_of(client, person) -> str:
    page = client.get(reverse("site_accounts_former", args=[person.pk]))
    return " ".join(BeautifulSoup(page.content, "html.parser").select_one("main").get_text(" ").split())


@pytest.fixture
def leaver(lorraine):
    return make_member("leaver", group_of(lorraine.site, Role.EDITOR), first_name="Lucie", last_name="Départ")


@pytest.fixture
def story(lorraine, leaver):
    """A text of the person, and one on the other site, which must not show."""
    return draft(lorraine, leaver, "Une usine")


@pytest.fixture
def heir(newsroom):
    return newsroom[Role.EDITOR]


@pytest.fixture
def left(lorraine, leaver, story, heir, administrator):
    data = {f"holder_{lorraine.site.pk}": heir.pk}
    assert administrator.post(reverse("site_accounts_leave", args=[leaver.pk]), data).status_code == 302
    return leaver


def test_person_who_left_is_listed_with_their_work_and_its_dates(lorraine, left, administrator):
    [[name, _when, roles, pages]] = rows(administrator)

    assert (name, roles, pages) == ("Lucie Départ", f"Editor of {lorraine.site.site_name}", "1")
    shown = text_of(administrator, left)
    assert "Lucie Départ left on" in shown
    assert "Une usine" in shown
    assert "changed the roles" in shown
    assert LEFT in administrator.get(reverse("site_accounts")).content.decode()


def test_later_changes_to_the_account_are_not_shown(lorraine, left, administrator):
    AccountChange.objects.create(
        account=left, actor=left, kind=AccountChange.Kind.ADDRESS, details="old@left.example → new@left.example"
    )

    assert "new@left.example" not in text_of(administrator, left)


def test_current_member_has_not_left(leaver, administrator):
    assert rows(administrator) == []
    assert administrator.get(reverse("site_accounts_former", args=[leaver.pk])).status_code == 404


def test_person_who_came_back_has_not_left(lorraine, left, administrator):
    left.groups.add(group_of(lorraine.site, Role.EDITOR))

    assert rows(administrator) == []


def test_person_who_lost_the_last_role_in_the_form_has_left(lorraine, leaver, newsroom, administrator):
    with LogContext(user=newsroom[Role.SITE_ADMINISTRATOR]):
        leaver.groups.clear()

    assert [row[0] for row in rows(administrator)] == ["Lucie Départ"]


def test_other_sites_see_neither_the_person_nor_their_work(lorraine, saar, newsrooms, left, administrator):
    there = newsroom_client(saar, newsrooms.saar[Role.SITE_ADMINISTRATOR])
    assert rows(there) == []
    assert there.get(reverse("site_accounts_former", args=[left.pk])).status_code == 404

    left.groups.add(group_of(saar.site, Role.EDITOR))
    draft(saar, left, "Ein Werk")

    assert rows(administrator)[0][3] == "1"
    assert "Ein Werk" not in text_of(administrator, left)


def test_network_administrators_see_people_who_left_all_sites(lorraine, saar, left):
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))
    assert [row[0] for row in rows(client)] == ["Lucie Départ"]

    left.groups.add(group_of(saar.site, Role.EDITOR))
    assert rows(client) == []


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_list_is_closed_to_other_roles(lorraine, newsroom, role):
    assert newsroom_client(lorraine, newsroom[role]).get(LEFT).status_code in (302, 403)


def test_list_needs_as_many_queries_for_many_people_as_for_one(
    lorraine, left, newsroom, administrator, django_assert_max_num_queries
):
    rows(administrator)
    with django_assert_max_num_queries(60) as few:
        rows(administrator)
    with LogContext(user=newsroom[Role.SITE_ADMINISTRATOR]):
        for number in range(5):
            make_member(f"person-{number}", group_of(lorraine.site, Role.EDITOR)).groups.clear()

    with django_assert_max_num_queries(len(few)):
        assert len(rows(administrator)) == 6


def leaving(client, person) -> str:
    """The page for recording that a person leaves."""
    return client.get(reverse("site_accounts_leave", args=[person.pk])).content.decode()


def test_page_needs_as_many_queries_for_many_drafts_as_for_one(
    lorraine, leaver, story, administrator, django_assert_max_num_queries
):
    leaving(administrator, leaver)
    with django_assert_max_num_queries(200) as few:
        leaving(administrator, leaver)
    for number in range(5):
        draft(lorraine, leaver, f"Texte {number}")

    with django_assert_max_num_queries(len(few)):
        leaving(administrator, leaver)


def test_person_who_has_not_accepted_an_invitation_takes_nothing_over(leaver, heir, story, administrator, newsroom):
    heir.first_name, heir.last_name = "Hugo", "Reprise"
    heir.save()
    invite(heir, newsroom[Role.SITE_ADMINISTRATOR])
    shown = leaving(administrator, leaver)
    assert "Hugo Reprise" not in shown

    type(heir).objects.filter(pk=heir.pk).update(last_login=timezone.now())
    assert "Hugo Reprise" in leaving(administrator, leaver)


def test_review_that_only_an_invited_person_could_answer_is_stranded(lorraine, leaver, story, administrator, newsroom):
    leaver.groups.add(group_of(lorraine.site, Role.APPROVER))
    invite(newsroom[Role.APPROVER], newsroom[Role.SITE_ADMINISTRATOR])
    submit(story, newsroom[Role.EDITOR])

    assert "Nobody else at" in leaving(administrator, leaver)
