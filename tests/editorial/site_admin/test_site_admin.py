"""A site administrator manages accounts and redirects of their own site, and of no other."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import LogContext

from portal.content.records.settings import SiteSettings
from portal.editorial.models import AccountChange, AddressChange, RoleGroup
from portal.editorial.roles import ROLE_PERMISSIONS, PermissionScope, Role, group_of, section_group
from tests.builders import make_member, newsroom_client
from tests.checkers.refusals import is_refused

USERS = get_user_model().objects


def code(ground, role, section="") -> str:
    return f"{ground.site.pk}.{role.value}.{section}"


def person(**facts) -> dict:
    return {"first_name": "Nina", "last_name": "Weber", "email": "nina@example.org", **facts}


def edit(client, someone, **facts):
    data = {
        "first_name": someone.first_name,
        "last_name": someone.last_name,
        "email": someone.email,
        "is_active": "on",
        **facts,
    }
    return client.post(reverse("site_accounts_edit", args=[someone.pk]), data)


def entries_in(page: str) -> str:
    """An account's history, below its form."""
    return page.split('aria-labelledby="person-changes"')[1]


def test_administrator_adds_a_person_with_a_role(lorraine, administrator):
    administrator.post(reverse("site_accounts_add"), person(roles=[code(lorraine, Role.EDITOR)]))

    nina = USERS.get(username="nina.weber")
    assert [group.newsroom_role.role for group in nina.groups.all()] == [Role.EDITOR]
    assert not nina.is_superuser


def test_administrator_names_a_reviewer_of_a_section(lorraine, administrator):
    section = lorraine.section
    administrator.post(reverse("site_accounts_add"), person(roles=[code(lorraine, Role.REVIEWER, section.pk)]))

    assert USERS.get(username="nina.weber").groups.get() == section_group(lorraine.site, Role.REVIEWER, section)


def test_accounts_of_other_sites_and_superusers_are_not_found(newsrooms, administrator):
    boss = make_member("boss", is_superuser=True)
    boss.groups.add(newsrooms.lorraine[Role.EDITOR].groups.get())

    for someone in (boss, *newsrooms.saar.values()):
        assert administrator.get(reverse("site_accounts_edit", args=[someone.pk])).status_code == 404
        edit(administrator, someone, email="taken@example.org")
        assert USERS.get(pk=someone.pk).email != "taken@example.org"


def test_roles_of_another_site_cannot_be_granted(lorraine, saar, administrator, newsroom):
    for role in (Role.EDITOR, Role.SITE_ADMINISTRATOR):
        response = administrator.post(reverse("site_accounts_add"), person(roles=[code(saar, role)]))
        assert response.status_code == 200
        assert "roles" in response.context["form"].errors
    editor = newsroom[Role.EDITOR]
    edit(administrator, editor, roles=[code(lorraine, Role.EDITOR), code(saar, Role.APPROVER)])
    assert not USERS.filter(username="nina.weber").exists()
    assert {held.site for held in RoleGroup.objects.filter(group__user=editor)} == {lorraine.site}


def test_administrator_cannot_create_a_superuser(lorraine, administrator):
    roles = [code(lorraine, Role.EDITOR)]
    administrator.post(
        reverse("site_accounts_add"),
        person(roles=roles, is_superuser="on", is_staff="on", groups=["1"], user_permissions=["1"]),
    )
    nina = USERS.get(username="nina.weber")
    edit(administrator, nina, roles=roles, is_superuser="on", user_permissions=["1"])

    nina.refresh_from_db()
    assert (nina.is_superuser, nina.is_staff, nina.user_permissions.count()) == (False, False, 0)


def test_administrator_cannot_change_the_address_or_other_roles_of_a_member_of_two_sites(lorraine, saar, administrator):
    both = make_member("both-sites", group_of(lorraine.site, Role.EDITOR), group_of(saar.site, Role.APPROVER))

    edit(administrator, both, email="taken@example.org", is_active="", roles=[code(lorraine, Role.APPROVER)])

    both.refresh_from_db()
    assert both.email != "taken@example.org"
    assert both.is_active
    assert set(both.groups.all()) == {group_of(lorraine.site, Role.APPROVER), group_of(saar.site, Role.APPROVER)}


def test_history_of_a_shared_account_is_shown_per_site(lorraine, saar, newsrooms, administrator):
    lorrain, sarrois = (each[Role.SITE_ADMINISTRATOR] for each in newsrooms)
    for person, name in ((lorrain, "Lorrainadmin"), (sarrois, "Sarreadmin")):
        person.last_name = name
        person.save()
    both = make_member("both", group_of(lorraine.site, Role.EDITOR), group_of(saar.site, Role.EDITOR))
    AccountChange.objects.create(account=both, actor=lorrain, kind="link", details="both@portal.example")
    AddressChange.objects.create(account=both, address="new@portal.example", asked_by=lorrain)
    edit(administrator, both, roles=[code(lorraine, Role.APPROVER)])
    there = newsroom_client(saar, sarrois)
    edit(there, both, roles=[code(saar, Role.APPROVER)])

    own = administrator.get(reverse("site_accounts_edit", args=[both.pk])).content.decode()
    other = there.get(reverse("site_accounts_edit", args=[both.pk])).content.decode()

    assert "Lorrainadmin" in own
    assert lorraine.site.site_name in entries_in(own)
    assert "Sarreadmin" in other
    assert saar.site.site_name in entries_in(other)
    for shown, unknown in (
        (own, ("Sarreadmin", saar.site.site_name)),
        (other, ("Lorrainadmin", lorraine.site.site_name)),
    ):
        assert not [word for word in unknown if word in shown.split("person-state")[1]]
    network = newsroom_client(lorraine, make_member("network", is_superuser=True))
    everything = network.get(reverse("site_accounts_edit", args=[both.pk])).content.decode()
    assert "Lorrainadmin" in everything
    assert "Sarreadmin" in everything


def test_roles_granted_on_two_sites_at_once_are_logged_per_site(lorraine, saar, newsrooms, administrator):
    network = make_member("network", is_superuser=True)
    nina = make_member("nina", group_of(lorraine.site, Role.EDITOR))
    with LogContext(user=network):
        nina.groups.add(group_of(lorraine.site, Role.APPROVER), group_of(saar.site, Role.APPROVER))

    message = administrator.get(reverse("site_accounts_edit", args=[nina.pk])).content.decode()
    assert lorraine.site.site_name in entries_in(message)
    assert saar.site.site_name not in message


def test_administrator_removes_a_role_and_closes_an_account(lorraine, administrator, newsroom):
    editor = newsroom[Role.EDITOR]

    edit(administrator, editor, roles=[code(lorraine, Role.ORGANISER, lorraine.section.pk)], is_active="")

    editor.refresh_from_db()
    assert not editor.is_active
    assert editor.groups.get() == section_group(lorraine.site, Role.ORGANISER, lorraine.section)


def test_administrator_cannot_remove_their_own_role(administrator, newsroom):
    me = newsroom[Role.SITE_ADMINISTRATOR]

    response = edit(administrator, me, roles=[])

    assert "roles" in response.context["form"].errors


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
@pytest.mark.parametrize("page", ["site_accounts", "site_accounts_add", "site_redirects", "site_redirects_add"])
def test_site_administration_is_closed_to_other_roles(lorraine, newsroom, role, page):
    client = newsroom_client(lorraine, newsroom[role])

    assert is_refused(client.get(reverse(page)))
    assert is_refused(client.post(reverse(page), person(roles=[code(lorraine, Role.EDITOR)])))
    assert not USERS.filter(username="nina.weber").exists()


def test_no_role_has_more_permissions_than_the_site_administrator():
    giver = ROLE_PERMISSIONS[Role.SITE_ADMINISTRATOR]
    assert giver.administers
    assert giver.scope == PermissionScope.SITE
    for rights in ROLE_PERMISSIONS.values():
        assert rights.pages <= giver.pages
        assert rights.media <= giver.media


def test_invalid_input_is_a_form_error(lorraine, administrator):
    for facts in (
        person(),
        person(roles=["nonsense"]),
        person(roles=[code(lorraine, Role.REVIEWER, 999999)]),
        person(first_name="", roles=[code(lorraine, Role.EDITOR)]),
        person(last_name="", roles=[code(lorraine, Role.EDITOR)]),
        person(email="no address", roles=[code(lorraine, Role.EDITOR)]),
    ):
        response = administrator.post(reverse("site_accounts_add"), facts)
        assert response.status_code == 200
        assert response.context["form"].errors


def redirect_of(ground, **facts) -> dict:
    return {
        "old_path": "/ancien/",
        "site": ground.site.pk,
        "is_permanent": "on",
        "redirect_page": "",
        "redirect_link": "https://example.org/",
        **facts,
    }


def test_administrator_manages_redirects_of_their_own_site(lorraine, administrator):
    administrator.post(
        reverse("site_redirects_add"), redirect_of(lorraine, redirect_link="", redirect_page=lorraine.section.pk)
    )
    made = Redirect.objects.get(old_path="/ancien")
    assert made.site == lorraine.site
    assert "/ancien" in administrator.get(reverse("site_redirects")).content.decode()

    path = reverse("site_redirects_edit", args=[made.pk])
    administrator.post(path, redirect_of(lorraine, old_path="/autre/"))
    assert Redirect.objects.get(pk=made.pk).old_path == "/autre"
    administrator.post(path, {"delete": "1"})
    assert not Redirect.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize(
    "typed",
    [
        "/ancienne-adresse",
        "ancienne-adresse/",
        "http://lorraine.localhost/ancienne-adresse/",
        "https://LORRAINE.localhost:443/ancienne-adresse#haut",
        "lorraine.localhost/ancienne-adresse",
    ],
)
def test_old_address_may_be_typed_or_pasted(lorraine, administrator, typed):
    administrator.post(reverse("site_redirects_add"), redirect_of(lorraine, old_path=typed))

    assert lorraine.reader().get("/ancienne-adresse/").headers["Location"] == "https://example.org/"


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("/ancienne adresse", "/ancienne%20adresse/"),
        ("/ancienne%20adresse", "/ancienne%20adresse/"),
        ("/page?titre=l’été en Lorraine", "/page?titre=l%E2%80%99%C3%A9t%C3%A9%20en%20Lorraine"),
        ("/id=12 (été)", "/id=12%20(%C3%A9t%C3%A9)"),
    ],
)
def test_old_address_matches_the_encoded_request(lorraine, administrator, typed, asked):
    administrator.post(reverse("site_redirects_add"), redirect_of(lorraine, old_path=typed))

    assert lorraine.reader().get(asked).headers["Location"] == "https://example.org/"


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("http://saar.localhost/fremd", "saar.localhost"),
        ("www.example.org/page.html", "www.example.org"),
        ("lorraine.localhost:8000/autre", "lorraine.localhost:8000"),
    ],
)
def test_old_address_of_another_host_is_refused_and_stays_in_the_form(lorraine, saar, administrator, typed, host):
    form = administrator.post(reverse("site_redirects_add"), redirect_of(lorraine, old_path=typed)).context["form"]

    assert form.errors["old_path"][0].startswith(f"{host} is not the host of Lorraine.")
    assert form["old_path"].value() == typed
    assert not Redirect.objects.exists()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/fr/nouvelle/", "{root}/fr/nouvelle/"),
        ("fr/nouvelle.html", "{root}/fr/nouvelle.html"),
        ("lorraine.localhost/fr/nouvelle/", "{root}/fr/nouvelle/"),
        ("https://example.org/page?a=1", "https://example.org/page?a=1"),
        ("example.org/page", "https://example.org/page"),
        ("//example.org/page", "https://example.org/page"),
        ("example.org/?u=https://b.example/", "https://example.org/?u=https://b.example/"),
        ("/fr/nouvelle/#contact", "{root}/fr/nouvelle/#contact"),
        ("lorraine.localhost/fr/?a=1#contact", "{root}/fr/?a=1#contact"),
        ("index.php?id=12", "{root}/index.php?id=12"),
        ("index.php?file=a/b.c", "{root}/index.php?file=a/b.c"),
        ("photo.JPG", "{root}/photo.JPG"),
        ("rapport-2024.docx", "{root}/rapport-2024.docx"),
        ("http://lorraine.localhost:9000/outil", "http://lorraine.localhost:9000/outil"),
        ("saar.localhost?id=12", "https://saar.localhost?id=12"),
        ("www.example.zip/page", "https://www.example.zip/page"),
    ],
)
def test_new_address_may_be_of_this_site_or_another_host(lorraine, saar, administrator, typed, meant):
    administrator.post(reverse("site_redirects_add"), redirect_of(lorraine, redirect_link=typed))

    assert Redirect.objects.get().redirect_link == meant.format(root=lorraine.site.root_url)


@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "mailto:a@example.org", "http://[", "http://a.example:b/", "https://exa mple.org/"]
)
def test_invalid_new_address_is_refused(lorraine, administrator, typed):
    facts = redirect_of(lorraine, redirect_link=typed)

    assert "redirect_link" in administrator.post(reverse("site_redirects_add"), facts).context["form"].errors


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/ancien", "/ancien/"),
        ("/été passé", "http://lorraine.localhost/%C3%A9t%C3%A9%20pass%C3%A9#haut"),
        ("/index.php?id=12", "/index.php?id=13"),
    ],
)
def test_redirect_to_itself_is_refused(lorraine, administrator, old, new):
    facts = redirect_of(lorraine, old_path=old, redirect_link=new)

    form = administrator.post(reverse("site_redirects_add"), facts).context["form"]

    assert form.errors == {"redirect_link": ["This redirect would lead to itself. Choose another address."]}


def test_redirect_from_a_page_to_itself_is_refused(lorraine, administrator):
    page = lorraine.section
    facts = redirect_of(lorraine, old_path=page.full_url, redirect_link="", redirect_page=page.pk)

    assert "redirect_page" in administrator.post(reverse("site_redirects_add"), facts).context["form"].errors


def test_duplicate_redirect_links_to_the_existing_one(lorraine, saar, administrator):
    Redirect.objects.create(old_path="/ancien", site=saar.site, redirect_link="https://example.org/fremd")
    add = reverse("site_redirects_add")
    administrator.post(add, redirect_of(lorraine, old_path="/ancien", redirect_link="https://example.org/un"))

    facts = redirect_of(lorraine, old_path="/ancien/", redirect_link="https://example.org/deux")
    message = BeautifulSoup(administrator.post(add, facts).content, "html.parser").select_one(".w-field__errors")

    first = Redirect.objects.get(site=lorraine.site)
    assert "leads to “https://example.org/un”." in message.get_text(" ", strip=True)
    assert message.select_one("a")["href"] == reverse("site_redirects_edit", args=[first.pk])


def test_redirect_to_the_same_path_of_another_site_is_allowed(lorraine, saar, administrator):
    administrator.post(
        reverse("site_redirects_add"), redirect_of(lorraine, redirect_link="http://saar.localhost/ancien/")
    )

    assert lorraine.reader().get("/ancien/").headers["Location"] == "http://saar.localhost/ancien/"


def test_redirects_of_other_sites_are_not_found(lorraine, saar, administrator):
    foreign = Redirect.objects.create(old_path="/fremd", site=saar.site, redirect_link="https://example.org/")
    everywhere = Redirect.objects.create(old_path="/partout", redirect_link="https://example.org/")

    page = administrator.get(reverse("site_redirects")).content.decode()
    assert "/fremd" not in page
    assert "/partout" not in page
    for redirect in (foreign, everywhere):
        path = reverse("site_redirects_edit", args=[redirect.pk])
        assert administrator.post(path, redirect_of(lorraine)).status_code == 404
        assert administrator.post(path, {"delete": "1"}).status_code == 404
    for facts in (
        redirect_of(saar),
        redirect_of(lorraine, site=""),
        redirect_of(lorraine, redirect_link="", redirect_page=saar.section.pk),
        redirect_of(lorraine, redirect_link=""),
    ):
        response = administrator.post(reverse("site_redirects_add"), facts)
        assert response.context["form"].errors
    assert Redirect.objects.count() == 2


def test_site_administrator_cannot_switch_off_the_four_eyes_rule(lorraine, newsroom, administrator):
    path = reverse("wagtailsettings:edit", args=["core", "sitesettings", lorraine.site.pk])

    form = administrator.get(path).context["form"]
    assert "four_eyes" not in form.fields
    boss = newsroom_client(lorraine, make_member("boss", is_superuser=True))
    assert "four_eyes" in boss.get(path).context["form"].fields
    assert SiteSettings.for_site(lorraine.site).four_eyes
