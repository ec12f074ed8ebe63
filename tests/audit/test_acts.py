"""The audit log records each kind of act: who did it, where, and the values before and after."""

import re
from datetime import date

import pytest
from allauth.account.signals import password_changed, password_reset
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialApp
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import RequestFactory
from django.urls import reverse
from wagtail.log_actions import LogContext, log
from wagtail.models import Site

from portal.audit import receivers
from portal.audit.log import record
from portal.audit.models import AuditWords, UnchainedAct
from portal.content.readers.access_log import EXPORTED, MESSAGES, log_access
from portal.content.records.settings import SiteSettings
from portal.editorial.accounts import proposals
from portal.editorial.approval.completeness import WAIVED
from portal.editorial.models import ClaimedRole, RoleProposal, SignInRule
from portal.editorial.roles import Role, group_of
from portal.editorial.trash.deleting import delete_for_ever
from tests.audit.acts import actions, last, words
from tests.builders import make_article, make_draft, make_member, newsroom_client
from tests.editorial import actions as newsroom_acts

pytestmark = pytest.mark.django_db
PASSWORD = "fonderie-de-lorraine"


@pytest.fixture
def editor(newsroom):
    editor = newsroom[Role.EDITOR]
    editor.set_password(PASSWORD)
    editor.save()
    return editor


def sign_in(ground, username, password):
    data = {"username": username, "password": password}
    return ground.reader().post(reverse("wagtailadmin_login"), data, REMOTE_ADDR="192.0.2.77")


def test_sign_in_records_person_network_and_site_of_the_role(lorraine, editor):
    sign_in(lorraine, editor.username, PASSWORD)
    entry = last("portal.session.begin")

    assert (entry.actor_key, entry.site_key) == (editor.pk, lorraine.site.pk)
    assert words(entry, "who") == {"name": editor.username, "source": "192.0.2.0/24"}


def test_sign_in_at_another_sites_host_belongs_to_no_site(saar, editor):
    sign_in(saar, editor.username, PASSWORD)

    assert last("portal.session.begin").site_key is None


@pytest.mark.parametrize("exists", [True, False])
def test_failed_sign_in_records_the_account_key_and_no_input(lorraine, editor, exists):
    sign_in(lorraine, editor.username if exists else "nobody-of-this-name", "typed-by-mistake")
    entry = last("portal.session.fail")

    assert entry.object_key == (str(editor.pk) if exists else "")
    texts = "".join(AuditWords.objects.filter(event=entry.event).values_list("text", flat=True))
    assert "nobody-of-this-name" not in texts
    assert "typed-by-mistake" not in texts


def test_sign_out_is_logged(lorraine, editor):
    newsroom_client(lorraine, editor).post(reverse("wagtailadmin_logout"))

    assert last("portal.session.end").actor_key == editor.pk


def test_second_factor_is_logged_with_its_kind_only(editor):
    class Factor:
        type = "totp"
        data = {"secret": "hidden"}

    request = RequestFactory().get("/")
    receivers.factor_changed("add")(None, request=request, user=editor, authenticator=Factor())
    entry = last("portal.factor.add")

    assert (entry.actor_key, words(entry)) == (editor.pk, {"data": {"kind": "totp"}})


@pytest.mark.parametrize(
    ("signal", "change"),
    [
        (factors.authenticator_removed, "remove"),
        (factors.authenticator_reset, "reset"),
        (factors.authentication_failed, "fail"),
        (password_changed, "password"),
        (password_reset, "password"),
    ],
)
def test_changed_and_refused_factors_are_logged(lorraine, editor, signal, change):
    request = RequestFactory().get("/")
    request.user, request.session = editor, newsroom_client(lorraine, editor).session
    signal.send(None, request=request, user=editor, authenticator=Authenticator(user=editor, type="totp"))

    assert last(f"portal.factor.{change}").actor_key == editor.pk


def test_sign_in_rules_are_logged_with_values_before_and_after(lorraine):
    rule = SignInRule.objects.create(site=lorraine.site, role="editor", demanded_from=date(2027, 3, 1))
    rule.demanded_from = None
    rule.save()
    entry = last("portal.settings.change")

    assert entry.site_key == lorraine.site.pk
    assert words(entry)["before"] == {"demanded_from": "2027-03-01"}
    assert words(entry)["after"] == {"demanded_from": None}


def test_provider_and_its_table_are_logged_without_the_secret(lorraine):
    app = SocialApp.objects.create(provider="openid_connect", provider_id="region", name="Region", secret="hidden")
    assert words(last("portal.settings.create"))["after"]["secret"] == "…"
    ClaimedRole.objects.create(provider=app.provider_id, value="redaction", site=lorraine.site, role="approver")
    entry = last("portal.settings.create")

    assert entry.site_key == lorraine.site.pk
    assert words(entry)["after"]["value"] == "redaction"
    app.delete()
    assert words(last("portal.settings.delete"))["before"]["name"] == "Region"
    assert not AuditWords.objects.filter(text__contains="hidden").exists()


def test_proposed_and_confirmed_roles_are_logged(lorraine, newsroom):
    make_member("autre", group_of(lorraine.site, Role.SITE_ADMINISTRATOR))
    with LogContext(user=newsroom[Role.SITE_ADMINISTRATOR]):
        newsroom[Role.EDITOR].groups.add(group_of(lorraine.site, Role.APPROVER))
    proposed = last("portal.account.proposed")
    proposals.confirm(RoleProposal.objects.get(), get_user_model().objects.get(username="autre"))

    assert (proposed.object_key, proposed.site_key) == (str(newsroom[Role.EDITOR].pk), lorraine.site.pk)
    assert actions().count("portal.account.roles") == 2


def test_granted_and_revoked_roles_are_logged_with_site_and_values(lorraine, newsroom):
    person, group = newsroom[Role.EDITOR], newsroom[Role.APPROVER].groups.get()
    with LogContext(user=newsroom[Role.SITE_ADMINISTRATOR]):
        person.groups.add(group)
        given = last("portal.account.roles")
        person.groups.remove(group)
        taken = last("portal.account.roles")

    assert (given.object_key, given.site_key) == (str(person.pk), lorraine.site.pk)
    assert words(given)["after"] == words(taken)["before"]
    assert "before" not in words(given)


def test_changed_setting_is_logged_with_old_and_new_value(lorraine):
    settings = SiteSettings.for_site(lorraine.site)
    settings.brand_colour = "#123456"
    settings.save()
    before = SiteSettings.objects.get(pk=settings.pk).brand_colour
    settings.brand_colour = "#654321"
    settings.save()
    entry = last("portal.settings.change")

    assert entry.site_key == lorraine.site.pk
    assert words(entry)["before"] == {"brand_colour": before}
    assert words(entry)["after"] == {"brand_colour": "#654321"}


def test_changed_secret_is_logged_without_its_value(lorraine, monkeypatch):
    monkeypatch.setattr(receivers, "SECRET", re.compile("brand_colour"))
    settings = SiteSettings.for_site(lorraine.site)
    settings.brand_colour = "#654321"
    settings.save()

    assert words(last("portal.settings.change"))["after"] == {"brand_colour": "…"}


def test_saving_unchanged_settings_is_not_logged(lorraine):
    SiteSettings.for_site(lorraine.site).save()
    before = actions()
    SiteSettings.objects.get(site=lorraine.site).save()

    assert actions() == before


def test_site_is_logged_from_creation_to_deletion(lorraine):
    before = len(actions())
    site = Site.objects.create(hostname="new.localhost", root_page=lorraine.home)
    site.hostname = "renamed.localhost"
    site.save()
    site.delete()

    assert actions()[before:] == ["portal.settings.create", "portal.settings.change", "portal.settings.delete"]


def test_publication_and_approval_are_logged_and_drafts_are_not(lorraine, newsroom):
    page = make_draft(make_article(lorraine.section, "Fonderie"))
    editor, approver = (newsroom_client(lorraine, newsroom[role]) for role in (Role.EDITOR, Role.APPROVER))
    newsroom_acts.edit(editor, page, lorraine.section)
    newsroom_acts.submit(editor, page, lorraine.section)
    state = newsroom_acts.reload(page).current_workflow_task_state
    newsroom_acts.post(approver, "workflow_action", page.pk, "approve", state.pk, comment="")
    signed = last("wagtail.workflow.approve")

    assert (signed.actor_key, signed.site_key) == (newsroom[Role.APPROVER].pk, lorraine.site.pk)
    assert last("wagtail.publish").object_key == str(page.pk)
    assert "wagtail.edit" not in actions()


def test_deletion_keeps_the_title(lorraine, newsroom):
    page = make_draft(make_article(lorraine.section, "Fonderie"))
    newsroom_acts.delete(newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR]), page, lorraine.section)
    trashed = last("portal.trash")
    delete_for_ever(page.page_ptr.trashed, newsroom[Role.SITE_ADMINISTRATOR])
    entry = last("wagtail.delete")
    assert trashed.object_key == str(page.pk)

    assert (entry.object_key, words(entry)["title"]) == (str(page.pk), page.title)


def test_waived_rule_is_logged_with_its_reason(lorraine, newsroom):
    page = make_article(lorraine.section, "Fonderie")
    log(instance=page, action=WAIVED, user=newsroom[Role.APPROVER], data={"reason": "Urgent", "findings": []})

    assert words(last(WAIVED))["data"]["reason"] == "Urgent"


def test_export_of_reader_data_is_logged_without_the_persons(lorraine, newsroom):
    log_access(EXPORTED, [lorraine.site], newsroom[Role.SITE_ADMINISTRATOR], MESSAGES, "Contact")
    entry = last(EXPORTED)

    assert entry.site_key == lorraine.site.pk
    assert words(entry)["data"] == {"what": "Messages of a form", "title": "Contact"}


def test_rolled_back_act_is_not_logged(lorraine):
    class RolledBackError(Exception):
        pass

    created = UnchainedAct.objects.filter(action="portal.settings.create")
    before = created.count()
    with pytest.raises(RolledBackError), transaction.atomic():
        Site.objects.create(hostname="new.localhost", root_page=lorraine.home)
        within = created.count()
        raise RolledBackError

    assert (within, created.count()) == (before + 1, before)


def test_readers_leave_no_entries(lorraine):
    page = make_article(lorraine.section, "Fonderie")
    before = len(actions())
    lorraine.reader().get(page.url)

    assert len(actions()) == before


def test_deleted_account_stays_in_the_log_by_its_key(editor):
    record("portal.test", actor=editor)
    key = editor.pk
    get_user_model().objects.get(pk=key).delete()

    assert last("portal.test").actor_key == key
    assert last("portal.account.deleted").object_key == str(key)
