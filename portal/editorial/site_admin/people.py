"""The people of the administrator's sites: roles, invitations, addresses, and account changes."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy as _
from wagtail.admin import messages

from portal.accounts.names import name_of
from portal.editorial.accounts import addresses, factors, invitations, proposals
from portal.editorial.accounts.circle import awaits_first_role
from portal.editorial.accounts.history import record
from portal.editorial.models import RoleGroup
from portal.editorial.records.accounts import AccountChange, AccountInvitation, AddressChange, RoleProposal
from portal.editorial.sign_in.factors.held import factors_of, in_words
from portal.editorial.sign_in.providers.configured import owners_of
from portal.editorial.site_admin.forms import AccountForm
from portal.editorial.site_admin.scope import (
    accounts_of,
    changes_visible_to,
    has_other_permissions,
    people_known_to,
    proposals_at_sites_of,
    sites_administered,
)
from portal.editorial.site_admin.views import SiteAdminForm, SiteAdminList, SiteAdminView
from portal.platform.newsroom_views import crumb

CHANGES_SHOWN = 20


class AccountAdminView(SiteAdminView):
    page_title = _("People")
    header_icon = "user"
    list_url_name, add_url_name, edit_url_name = "site_accounts", "site_accounts_add", "site_accounts_edit"
    add_label = _("Invite…")

    def objects(self) -> QuerySet[Any]:
        return accounts_of(self.request.user).select_related("account_invitation", "address_change")


class AccountList(AccountAdminView, SiteAdminList):
    columns = (_("Name"), _("E-mail"), _("Roles"), _("State"))

    def objects(self) -> QuerySet[Any]:
        return super().objects().prefetch_related("groups")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left = {"url": reverse("site_accounts_left"), "label": gettext("People who have left")}
        return super().get_context_data(**kwargs) | {"other_list": left}

    def cells(self, item: Any) -> tuple[Any, ...]:
        return (
            item.get_full_name() or item.username,
            address_in_words(item),
            ", ".join([*self._held(item), *(proposal_in_words(each) for each in self._proposals[item.pk])]),
            state_in_words(item),
        )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        sites = sites_administered(request.user)
        roles = RoleGroup.objects.filter(site__in=sites).select_related("site", "section")
        self._roles = {role.group_id: str(role) for role in roles}
        self._proposals: dict[int, list[RoleProposal]] = defaultdict(list)
        for proposal in proposals_at_sites_of(request.user):
            self._proposals[proposal.account_id].append(proposal)

    def _held(self, item: Any) -> list[str]:
        return [self._roles[group.pk] for group in item.groups.all() if group.pk in self._roles]


def proposal_in_words(proposal: RoleProposal) -> str:
    words = {"role": proposals.role_of(proposal), "when": _date_and_time(proposal.proposed_at)}
    return gettext("%(role)s (proposed on %(when)s, not confirmed yet)") % words


def address_in_words(account: Any) -> str:
    """The address, and an unconfirmed new one."""
    change: AddressChange | None = getattr(account, "address_change", None)
    if change is None:
        return account.email
    words = {"address": account.email, "new": change.address, "when": _date_and_time(change.asked_at)}
    return gettext("%(address)s (asked for on %(when)s: %(new)s, not confirmed yet)") % words


def state_in_words(account: Any) -> str:
    """Whether the account is in use. If not, the time until which its invitation is valid."""
    invitation: AccountInvitation | None = getattr(account, "account_invitation", None)
    if invitation and invitation.withdrawn_at:
        return gettext("invitation withdrawn")
    if awaits_first_role(account):
        return gettext("invited once another administrator confirms the role")
    if not account.is_active:
        return gettext("closed")
    if account.last_login:
        return gettext("active")
    if not invitation:
        # Created by a command, or imported with a site.
        return gettext("has never signed in")
    dates = {"sent": _date_and_time(invitation.sent_at), "expires": _date_and_time(invitation.expires_at)}
    if invitation.is_open(timezone.now()):
        return gettext("invited on %(sent)s, expires on %(expires)s") % dates
    return gettext("invited on %(sent)s, expired on %(expires)s") % dates


def _date_and_time(value: Any) -> str:
    return date_format(localtime(value), "SHORT_DATETIME_FORMAT")


class AccountFormView(AccountAdminView, SiteAdminForm):
    """A person, with buttons that send emails. Links are never shown."""

    object: Any
    form_class = AccountForm
    template_name = "editorial/site_admin/person.html"

    @property
    def save_label(self) -> str:
        return gettext("Save") if self.object else gettext("Send the invitation")

    def breadcrumbs(self) -> list[dict[str, Any]]:
        items = super().breadcrumbs()
        return items if self.object else [*items[:-1], crumb(gettext("Invite somebody"))]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object:
            if {"confirm_role", "decline_role"} & set(request.POST):
                self._decide_on_role(request.POST)
                return redirect("site_accounts")
            for name, act in self._acts().items():
                if name in request.POST:
                    act()
                    return redirect("site_accounts_edit", self.object.pk)
        return super().post(request, *args, **kwargs)

    def success_message(self, saved: Any) -> str:
        values = {"name": name_of(saved), "address": saved.email}
        if not accounts_of(self.request.user).filter(pk=saved.pk).exists():
            return gettext("Saved. %(name)s has no role any more and has left the people.") % values
        if not self.object and not awaits_first_role(saved):
            return gettext("Saved. An invitation is on its way to %(address)s.") % values
        if AddressChange.objects.filter(account=saved).exists():
            return (
                gettext(
                    "Saved. The address of %(name)s changes once it is confirmed from %(address)s or by a second "
                    "administrator of the site."
                )
                % values
            )
        return gettext("Saved.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if not self.object:
            return context
        user, change, acts = self.request.user, self._address_change(), self._acts()
        reason = addresses.reason_against_confirming(change, user) if change and "confirm_address" in acts else ""
        return context | {
            "state": state_in_words(self.object),
            "acts": acts,
            "factors": in_words(factors_of([self.object])[self.object.pk]),
            "may_leave": self.object.pk != user.pk and (self.object.is_active or self.object.groups.exists()),
            "change": change,
            "asked_by": self._named(change.asked_by) if change else "",
            "against_confirming": reason,
            "proposals": [
                {
                    "key": each.pk,
                    "words": proposal_in_words(each),
                    "by": self._named(each.proposed_by),
                    "against": proposals.reason_against_confirming(each, user),
                    "who": proposals.who_confirms(each),
                }
                for each in self._proposals()
            ],
            "changes": changes_visible_to(user).filter(account=self.object.pk).select_related("actor")[:CHANGES_SHOWN],
        }

    def _named(self, person: Any) -> str:
        if person is None or people_known_to(self.request.user).filter(pk=person.pk).exists():
            return name_of(person)
        return gettext("Somebody of another site")

    def _address_change(self) -> AddressChange | None:
        return AddressChange.objects.select_related("account", "asked_by").filter(account=self.object.pk).first()

    def _proposals(self) -> QuerySet[RoleProposal]:
        return proposals_at_sites_of(self.request.user).filter(account=self.object.pk)

    def _decide_on_role(self, sent: Any) -> None:
        is_confirmed = "confirm_role" in sent
        key = sent["confirm_role" if is_confirmed else "decline_role"]
        proposal = self._proposals().filter(pk=int(key) if key.isdecimal() else 0).first()
        if proposal is None:
            messages.error(self.request, gettext("Somebody has already answered, or it has expired."))
        elif not is_confirmed:
            proposals.decline(proposal, self.request.user)
            messages.success(self.request, gettext("The role is not given."))
        elif reason := proposals.reason_against_confirming(proposal, self.request.user):
            messages.error(self.request, f"{reason} {proposals.who_confirms(proposal)}")
        else:
            proposals.confirm(proposal, self.request.user)
            messages.success(self.request, gettext("The role is given."))

    def _acts(self) -> dict[str, Callable[[], None]]:
        """The actions possible for this account, by button name."""
        if has_other_permissions(self.object, self.request.user):
            return {}
        acts: dict[str, Callable[[], None]] = {}
        invitation = getattr(self.object, "account_invitation", None)
        if invitation and not self.object.last_login:
            if not awaits_first_role(self.object):
                acts["invite"] = self._invite
            if not invitation.withdrawn_at:
                acts["withdraw"] = self._withdraw
        elif self.object.is_active and not owners_of(self.object):
            acts["password"] = self._send_password_link
        if self.object.pk != self.request.user.pk and Authenticator.objects.filter(user=self.object).exists():
            acts["factors"] = self._reset_factors
        if self._address_change():
            acts |= {"confirm_address": self._confirm_address, "refuse_address": self._refuse_address}
        return acts

    def _invite(self) -> None:
        invitations.invite(self.object, self.request.user)
        messages.success(
            self.request, gettext("An invitation is on its way to %(address)s.") % {"address": self.object.email}
        )

    def _withdraw(self) -> None:
        invitations.withdraw(self.object, self.request.user)
        messages.success(self.request, gettext("The invitation is withdrawn, and the account is closed."))

    def _send_password_link(self) -> None:
        invitations.send_password_link(self.object, self.request.user)
        messages.success(self.request, gettext("A link is on its way to %(address)s.") % {"address": self.object.email})

    def _reset_factors(self) -> None:
        factors.reset_factors(self.object, self.request.user)
        words = gettext("The second factors of %(name)s are removed. A mail is on its way to %(address)s.")
        messages.success(self.request, words % {"name": name_of(self.object), "address": self.object.email})

    def _confirm_address(self) -> None:
        change = self._address_change()
        if change is None:
            return
        if reason := addresses.reason_against_confirming(change, self.request.user):
            messages.error(self.request, reason)
            return
        addresses.confirm(change, self.request.user)
        messages.success(self.request, gettext("The address is changed, and the account is signed out everywhere."))

    def _refuse_address(self) -> None:
        change = self._address_change()
        if change is not None:
            record(self.object, self.request.user, AccountChange.Kind.REFUSED, change.address)
            change.delete()
            messages.success(self.request, gettext("The address stays as it was."))


URLS = [
    path("office/people/", AccountList.as_view(), name="site_accounts"),
    path("office/people/add/", AccountFormView.as_view(), name="site_accounts_add"),
    path("office/people/<int:key>/", AccountFormView.as_view(), name="site_accounts_edit"),
]
