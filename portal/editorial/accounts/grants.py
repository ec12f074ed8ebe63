"""Emails the network's administrators when somebody gains privileges: one email per action."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, override
from wagtail.log_actions import get_active_log_context
from wagtail.models import Site

from portal.accounts.names import name_of
from portal.content.mail import compose, enqueue
from portal.content.readers.sources import network_of
from portal.content.records.settings import SiteSettings
from portal.editorial.mails.page_mails import admin_url, time_zone_of
from portal.editorial.models import Role, RoleGroup, role_in_words
from portal.editorial.people import language_of, one_per_mailbox
from portal.editorial.records.sign_in import SignInRule
from portal.platform.operation.log_lines import current_request
from portal.platform.tasks.durable import mailing

# Sentences by the keys stored in the queue. The values are names; `role` is in the reader's language.
ACTS = {
    "role": _("%(person)s now has a role that may approve: %(role)s."),
    "confirmed": _("%(person)s now has a role that may approve: %(role)s. Proposed by %(proposer)s."),
    "group": _("%(person)s is now in the group %(group)s, which may approve."),
    "task": _("The members of the group %(group)s may now approve: %(task)s."),
    "network": _("%(person)s is now an administrator of the network."),
    "four eyes": _("The four-eyes rule is switched off: %(site)s."),
    "factor": _("A second factor is no longer required, or only later: %(role)s."),
    "wagtail.create": _("A provider for signing in was added: %(provider)s."),
    "wagtail.edit": _("A provider for signing in, or its table of roles, was changed: %(provider)s."),
    "wagtail.delete": _("A provider for signing in was deleted: %(provider)s."),
}
Act = tuple[str, dict[str, Any]]


class GrantNotice:
    """The actions of one transaction, mailed together after the commit."""

    def __init__(self, actor: Any):
        request = current_request()
        self.who = name_of(actor)
        self.network = network_of(request) if request else ""
        self.acts: list[Act] = []

    def __call__(self) -> None:
        send_grants.enqueue(self.acts, self.who, self.network, timezone.now().isoformat())


def acting_user() -> Any:
    """The signed-in newsroom user; None for commands, readers and sign-ins."""
    return getattr(get_active_log_context(), "user", None)


def notify(act: str, actor: Any, **values: Any) -> None:
    with transaction.atomic(savepoint=False):
        notice = next((each[1] for each in connection.run_on_commit if isinstance(each[1], GrantNotice)), None)
        if notice is None:
            notice = GrantNotice(actor)
            transaction.on_commit(notice, robust=True)
        notice.acts.append((act, values))


def notify_of_role(account: Any, group: Any, actor: Any, proposer: Any = None) -> None:
    role = RoleGroup.objects.filter(group=group).first()
    if role is None:
        notify("group", actor, person=name_of(account), group=group.name)
        return
    values = {"person": name_of(account), "role": [role.role, role.site_id], "proposer": name_of(proposer)}
    notify("confirmed" if proposer else "role", actor, **values)


def approvers_changed(sender: Any, instance: Any, action: str, pk_set: set[int] | None = None, **kwargs: Any) -> None:
    """`m2m_changed` receiver for the groups of approval tasks, which network administrators choose."""
    actor = acting_user()
    if actor is not None and action == "post_add":
        for name in Group.objects.filter(pk__in=pk_set or ()).values_list("name", flat=True):
            notify("task", actor, group=name, task=instance.name)


def rule_saving(sender: Any, instance: SiteSettings, raw: bool = False, **kwargs: Any) -> None:
    """`pre_save` receiver."""
    actor = acting_user()
    if actor is None or raw or instance.four_eyes or not instance.pk:
        return
    if SiteSettings.objects.filter(pk=instance.pk, four_eyes=True).exists():
        notify("four eyes", actor, site=instance.site.site_name or instance.site.hostname)


def demand_saving(sender: Any, instance: SignInRule, raw: bool = False, **kwargs: Any) -> None:
    """`pre_save` receiver."""
    actor = acting_user()
    if actor is None or raw or not instance.pk:
        return
    before = SignInRule.objects.filter(pk=instance.pk).values_list("demanded_from", flat=True).first()
    if before and (instance.demanded_from is None or instance.demanded_from > before):
        notify("factor", actor, role=[instance.role, instance.site_id])


def provider_logged(sender: Any, instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """`post_save` receiver for Wagtail's log, because one form saves both a provider and its table of roles."""
    if created and not raw and instance.content_type.model == "socialapp" and instance.action in ACTS:
        notify(instance.action, instance.user, provider=instance.label)


@mailing
def send_grants(acts: list[Act], who: str, network: str, at: str) -> None:
    administrators = get_user_model().objects.filter(is_active=True, is_superuser=True).order_by("pk")
    for person in one_per_mailbox(administrators):
        language = language_of(person, None) or settings.LANGUAGE_CODE
        with timezone.override(time_zone_of(None)), override(language):
            context = {
                "acts": [in_words(act, values) for act, values in acts],
                "who": who,
                "network": network,
                "at": datetime.fromisoformat(at),
                "link": admin_url(reverse("site_accounts")),
                "link_label": _("Open the list of people"),
            }
            enqueue([compose("grants", context, to=person.email, language=language)])


def in_words(act: str, values: dict[str, Any]) -> str:
    if "role" in values:
        code, key = values["role"]
        site = Site.objects.filter(pk=key).first()
        role = Role(code)
        values = {**values, "role": role_in_words(role, site) if site else str(role.label)}
    return str(ACTS[act]) % values
