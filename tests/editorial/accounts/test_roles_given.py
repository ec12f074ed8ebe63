"""The roles that a site administrator can grant, and the access of a person without a role."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.users.models import UserProfile

from portal.editorial.roles import Role, group_of
from tests.builders import make_calendar, make_member, make_section, make_section_member, newsroom_client
from tests.editorial.site_admin.test_site_admin import USERS, code


def invite(client, *roles, **facts):
    data = {"first_name": "Nina", "last_name": "Weber", "email": "nina@example.org", **facts}
    return client.post(reverse("site_accounts_add"), {**data, "roles": roles}, follow=True)


def save(client, someone, *roles, **facts):
    data = {"first_name": "Nina", "last_name": "Weber", "email": someone.email, "is_active": "on", **facts}
    return client.post(reverse("site_accounts_edit", args=[someone.pk]), {**data, "roles": roles}, follow=True)


def offered(answer, role) -> list[str]:
    boxes = BeautifulSoup(answer.content, "html.parser").select("input[name=roles]")
    return [box["value"].split(".")[2] for box in boxes if f".{role.value}." in box["value"]]


def test_role_of_organisers_is_offered_for_sections_with_a_calendar(lorraine, saar, administrator):
    without, outer, held = (make_section(lorraine.home, title) for title in ("Bois", "Fer", "Sel"))
    make_calendar(make_section(outer, "Fonte"))
    make_calendar(make_section(saar.home, "Stahl"))
    holder = make_section_member(lorraine, Role.ORGANISER, held)

    keys = offered(administrator.get(reverse("site_accounts_add")), Role.ORGANISER)

    assert {str(lorraine.section.pk), str(outer.pk)} <= set(keys)
    assert not {str(without.pk), str(held.pk)} & set(keys)
    assert str(without.pk) in offered(administrator.get(reverse("site_accounts_add")), Role.REVIEWER)
    stored = offered(administrator.get(reverse("site_accounts_edit", args=[holder.pk])), Role.ORGANISER)
    assert str(held.pk) in stored


def test_removing_the_last_role_asks_for_confirmation(lorraine, administrator):
    nina = make_member("nina", group_of(lorraine.site, Role.EDITOR))

    requested = save(administrator, nina).content.decode()
    assert "is no longer listed" in requested
    assert nina.groups.exists()

    assert "has left the people" in save(administrator, nina, leaves="on").content.decode()
    assert not nina.groups.exists()


def test_person_without_a_role_can_be_added_again_by_address(lorraine, administrator):
    nina = make_member("nina", group_of(lorraine.site, Role.EDITOR))
    save(administrator, nina, leaves="on")

    invite(administrator, code(lorraine, Role.APPROVER), email=nina.email.upper())

    assert USERS.get(email__iexact=nina.email) == nina
    assert nina.groups.get() == group_of(lorraine.site, Role.APPROVER)


def test_address_of_a_listed_person_links_to_them(lorraine, administrator):
    nina = make_member("nina", group_of(lorraine.site, Role.EDITOR))

    response = invite(administrator, code(lorraine, Role.APPROVER), email=nina.email)

    links = [link["href"] for link in BeautifulSoup(response.content, "html.parser").select(".w-field__errors a")]
    assert links == [reverse("site_accounts_edit", args=[nina.pk])]
    assert not USERS.filter(username__startswith="nina.").exists()


@pytest.mark.parametrize("is_of_both", [True, False])
def test_former_account_of_another_site_is_neither_added_nor_revealed(
    lorraine, saar, newsrooms, administrator, is_of_both
):
    nina = make_member("stranger", group_of(saar.site, Role.EDITOR))
    if is_of_both:
        nina.groups.add(group_of(lorraine.site, Role.EDITOR))
        save(administrator, nina, leaves="on")
    save(newsroom_client(saar, newsrooms.saar[Role.SITE_ADMINISTRATOR]), nina, leaves="on")

    message = invite(administrator, code(lorraine, Role.EDITOR), email=nina.email).content.decode()

    assert "stranger" not in message.replace(nina.email, "")
    assert not nina.groups.exists()
    assert USERS.get(username="nina.weber").groups.get() == group_of(lorraine.site, Role.EDITOR)


def test_bulk_role_form_is_labelled_in_the_users_language(lorraine):
    network = make_member("network", is_superuser=True)
    UserProfile.objects.create(user=network, preferred_language="fr")

    page = newsroom_client(lorraine, network).get(f"/admin/bulk/accounts/user/assign_role/?id={network.pk}")

    label = BeautifulSoup(page.content, "html.parser").find("label", attrs={"for": "id_role"})
    assert label.text.strip().startswith("Rôle")
    assert f"Rédacteur pour {lorraine.site.site_name}" in page.content.decode()
