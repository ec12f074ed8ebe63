"""If somebody gets more permissions, all network administrators get an email that names who granted them."""

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.urls import reverse
from wagtail.models import Site
from wagtail.users.models import UserProfile

from portal.content.records.settings import SiteSettings
from portal.editorial.models import FourEyesTask, SignInRule
from portal.editorial.roles import Role, group_of
from tests.builders import make_member, newsroom_client, work_off
from tests.editorial.accounts.test_role_proposals import by_user_form, decide
from tests.editorial.sign_in.test_providers import FORM
from tests.editorial.site_admin.test_site_admin import code, edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return make_member("reseau", is_superuser=True)


@pytest.fixture
def others(root, newsroom):
    """Two other network administrators: one reads German, the other's account is closed."""
    make_member("fort", is_superuser=True, is_active=False)
    other = make_member("netz", is_superuser=True)
    UserProfile.objects.create(user=other, preferred_language="de")
    return other


@pytest.fixture
def mails_after(django_capture_on_commit_callbacks):
    """The emails of an act, by recipient."""

    def mails(act) -> dict[str, str]:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        work_off()
        grants = [each for each in mail.outbox if "reseau" in each.subject or "siteadmin" in each.subject]
        return {each.to[0]: f"{each.subject}\n{each.body}" for each in grants}

    return mails


def switch_four_eyes_off(client, ground):
    settings = SiteSettings.for_site(ground.site)
    address = reverse("wagtailsettings:edit", args=["core", "sitesettings", ground.site.pk])
    form = client.get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if name != "four_eyes"}
    assert settings.four_eyes
    client.post(address, sent | {f"{name}-count": "0" for name in ("navigation", "wording", "social_accounts")})


def add_provider(client, ground):
    client.post("/admin/office/sign-in/providers/add/", FORM | {"roles-0-site": ground.site.pk})


def drop_the_factor(client, ground):
    client.post(reverse("sign_in_rules"), {f"{ground.site.pk}-{Role.EDITOR.value}-may_trust": "on"})


def make_network_administrator(client, ground):
    editor = group_of(ground.site, Role.EDITOR).user_set.get()
    data = {"username": editor.username, "first_name": "A", "last_name": "B", "is_active": "on", "is_superuser": "on"}
    client.post(reverse("wagtailusers_users:edit", args=[editor.pk]), data)


def choose_approvers(client, ground):
    task = FourEyesTask.objects.get(groups=group_of(ground.site, Role.APPROVER))
    groups = [group_of(ground.site, Role.APPROVER).pk, Group.objects.create(name="Relecture").pk]
    client.post(reverse("wagtailadmin_workflows:edit_task", args=[task.pk]), {"name": task.name, "groups": groups})


ACTS = {
    switch_four_eyes_off: "Das Vier-Augen-Prinzip ist ausgeschaltet: Lorraine.",
    add_provider: "Keycloak",
    drop_the_factor: "Redakteur für Lorraine",
    make_network_administrator: "Administration des Netzwerks",
    choose_approvers: "Relecture",
}


@pytest.mark.parametrize("act", ACTS)
def test_network_administrators_are_notified_in_their_language(lorraine, saar, root, others, mails_after, act):
    for site in Site.objects.all():
        SignInRule.objects.create(site=site, role=Role.EDITOR.value, demanded_from="2026-01-01")
    SignInRule.objects.exclude(site=lorraine.site).delete()
    client = newsroom_client(lorraine, root)

    mails = mails_after(lambda: act(client, lorraine))

    assert {root.email, others.email} <= mails.keys()
    assert "fort@portal.example" not in mails
    assert ACTS[act] in mails[others.email]
    assert "reseau" in mails[others.email]


def test_several_roles_of_one_act_are_one_mail(lorraine, newsroom, administrator, root, others, mails_after):
    roles = [code(lorraine, role) for role in (Role.APPROVER, Role.SITE_ADMINISTRATOR)]

    mails = mails_after(lambda: edit(administrator, newsroom[Role.EDITOR], roles=roles))

    assert mails.keys() == {root.email, others.email}
    assert "Freigeber für Lorraine" in mails[others.email]
    assert "Website-Administrator für Lorraine" in mails[others.email]


def test_proposed_role_is_mailed_once_it_is_confirmed(lorraine, newsroom, root, others, mails_after):
    def propose():
        by_user_form(newsroom_client(lorraine, root), newsroom[Role.EDITOR], group_of(lorraine.site, Role.APPROVER))

    assert mails_after(propose) == {}
    confirmer = newsroom[Role.SITE_ADMINISTRATOR]
    assert mails_after(lambda: decide(lorraine, confirmer, "confirm_role")).keys() == {root.email, others.email}


def test_other_roles_are_not_mailed(lorraine, newsroom, administrator, others, mails_after):
    roles = [code(lorraine, Role.EDITOR)]

    assert mails_after(lambda: edit(administrator, newsroom[Role.APPROVER], roles=roles)) == {}
