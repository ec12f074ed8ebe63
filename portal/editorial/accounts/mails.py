"""Emails about accounts. An email with a link is composed in its task, so that the queue stores no link."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _, override, pgettext_lazy
from wagtail.models import Site

from portal.accounts.names import name_of
from portal.content.mail import compose, deliver, serialize
from portal.editorial.accounts.circle import administrators_of, awaits_first_role, roles_of, site_of
from portal.editorial.accounts.passwords import password_link
from portal.editorial.mails.page_mails import admin_url, time_zone_of
from portal.editorial.people import language_of, one_per_mailbox
from portal.editorial.records.accounts import PROPOSAL_LIFETIME, AccountInvitation, AddressChange, RoleProposal
from portal.editorial.sign_in.factors.held import in_words
from portal.platform.tasks.durable import mailing


@mailing
def send_account_invitation(pk: int) -> None:
    found = AccountInvitation.objects.select_related("account", "invited_by").filter(
        pk=pk, withdrawn_at=None, account__is_active=True
    )
    invitation = found.first()
    if invitation is None or not invitation.account.email or awaits_first_role(invitation.account):
        return
    _send(
        "account_invitation",
        invitation.account,
        invitation.account.email,
        invitation=invitation,
        who=name_of(invitation.invited_by),
        link=admin_url(reverse("account_invitation", args=[invitation.token])),
        link_label=_("Choose your password"),
        reply_to=invitation.invited_by.email if invitation.invited_by else "",
    )


@mailing
def send_password_link(pk: int, sender: int) -> None:
    people = get_user_model().objects.in_bulk([pk, sender])
    account = people.get(pk)
    if account is None or not account.is_active or not account.email:
        return
    _send(
        "account_password",
        account,
        account.email,
        who=name_of(people.get(sender)),
        link=password_link(account),
        link_label=_("Choose a new password"),
    )


@mailing
def send_factors_news(pk: int, actor: int, removed: dict[str, int]) -> None:
    """Email the owner; `removed` has the number of removed factors by type."""
    people = get_user_model().objects.in_bulk([pk, actor])
    account = people.get(pk)
    if account is not None and account.is_active and account.email:
        link, label = admin_url(reverse("mfa_index")), _("Add a second factor")
        facts = {"who": name_of(people.get(actor)), "factors": lazy(in_words, str)(removed)}
        _send("account_factors", account, account.email, link=link, link_label=label, **facts)


@mailing
def send_address_questions(pk: int) -> None:
    """Ask the old mailbox for confirmation, and inform the other administrators that they can confirm as well."""
    change = AddressChange.objects.select_related("account", "asked_by").filter(pk=pk).first()
    if change is None:
        return
    account = change.account
    facts: dict[str, Any] = {
        "change": change,
        "old": account.email,
        "new": change.address,
        "who": name_of(change.asked_by),
    }
    if account.email:
        link = admin_url(reverse("account_address", args=[change.token]))
        _send(
            "account_address_wanted",
            account,
            account.email,
            link=link,
            link_label=pgettext_lazy("button", "Answer"),
            **facts,
        )
    for person in administrators_of(account):
        if person.pk != change.asked_by_id and person.pk != account.pk:
            link = admin_url(reverse("site_accounts_edit", args=[account.pk]))
            _send(
                "account_address_wanted",
                account,
                person.email,
                reader=person,
                for_administrator=True,
                link=link,
                link_label=_("Open the account"),
                **facts,
            )


@mailing
def send_role_proposal(pk: int, readers: list[int]) -> None:
    """Email the administrators who can confirm the role."""
    found = RoleProposal.objects.select_related("account", "proposed_by", "group__newsroom_role").filter(pk=pk)
    proposal = found.first()
    if proposal is None:
        return
    account = proposal.account
    role = getattr(proposal.group, "newsroom_role", None)
    for person in one_per_mailbox(get_user_model().objects.filter(pk__in=readers, is_active=True).order_by("pk")):
        _send(
            "role_proposed",
            account,
            person.email,
            reader=person,
            site=role.site if role else None,
            role=role or proposal.group,
            who=name_of(proposal.proposed_by),
            expires=proposal.proposed_at + PROPOSAL_LIFETIME,
            link=admin_url(reverse("site_accounts_edit", args=[account.pk])),
            link_label=_("Open the account"),
        )


@mailing
def send_address_news(pk: int, old: str, asked_by: int | None) -> None:
    """Email the old mailbox, the new one and all administrators of the site."""
    account = get_user_model().objects.filter(pk=pk).first()
    if account is None:
        return
    asker = get_user_model().objects.filter(pk=asked_by).first() if asked_by else None
    readers = {address: account for address in (old, account.email) if address}
    readers |= {person.email: person for person in administrators_of(account)}
    for address, reader in readers.items():
        _send(
            "account_address_changed", account, address, reader=reader, old=old, new=account.email, who=name_of(asker)
        )


def _send(
    template: str,
    account: Any,
    address: str,
    *,
    reader: Any = None,
    site: Site | None = None,
    reply_to: str = "",
    **context: Any,
) -> None:
    site = site or site_of(account)
    roles = roles_of(account)
    language = language_of(reader or account, site or (roles[0].site if roles else None)) or settings.LANGUAGE_CODE
    with timezone.override(time_zone_of(site)), override(language):
        context |= {"account": account, "roles": [str(role) for role in roles]}
        mail = compose(template, context, to=address, language=language, site=site, reply_to=reply_to)
    deliver.func(serialize(mail))
