"""Roles that may approve: another administrator of the site, if there is one, must confirm them first.

Granting a role always means adding an account to a group. Before Django adds the groups, the receivers remove those
that need a confirmation. They also remove groups that may approve but belong to no site, because nobody could confirm
them. A group with members cannot be added to an approval task. Commands and provider claims are exempt.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.log_actions import LogContext

from portal.accounts.names import name_of, names_of
from portal.accounts.sessions import end_sessions
from portal.editorial.accounts import invitations, mails
from portal.editorial.accounts.grants import acting_user, notify_of_role
from portal.editorial.accounts.history import administration, record
from portal.editorial.models import FourEyesTask, Role, RoleGroup
from portal.editorial.people import exclude_invited, holders_of
from portal.editorial.records.account_ties import AccountTies, Tie, account_ties, ties_since
from portal.editorial.records.accounts import AccountChange, AccountInvitation, RoleProposal
from portal.platform.operation.log_lines import current_request


def roles_changing(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[int] | None = None, **kwargs: Any
) -> None:
    """`m2m_changed` receiver for the groups of accounts, from either side. Django adds the rest of `pk_set`."""
    actor = acting_user()
    if actor is None or action not in ("pre_add", "post_add") or not pk_set:
        return
    keys = [instance.pk] if reverse else list(pk_set)
    groups = approving(keys)
    accounts = list(get_user_model().objects.filter(pk__in=pk_set)) if reverse and groups else [instance]
    for group in groups:
        if action == "pre_add" and _site_of(group) is None:
            pk_set.difference_update(list(pk_set) if reverse else [group.pk])
            _refuse(group)
            continue
        for account in accounts:
            # An administrator of the site may publish already.
            if _administration_of(_site_of(group)).filter(group__user=account).exclude(group__in=keys).exists():
                continue
            if action == "post_add":
                record(account, actor, AccountChange.Kind.ALONE, _name(group), site_id=_site_of(group))
                notify_of_role(account, group, actor)
            elif has_other_administrator(_site_of(group), actor, account):
                propose(account, group, actor)
                pk_set.discard(account.pk if reverse else group.pk)


def approvers_changing(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[int] | None = None, **kwargs: Any
) -> None:
    """`m2m_changed` receiver for the groups of approval tasks, from either side; like `roles_changing`.

    The group of a role that may publish may also approve on its own site, because its members were confirmed. Wagtail's
    own task, however, does not check the site.
    """
    if acting_user() is None or action != "pre_add" or not pk_set:
        return
    groups = Group.objects.filter(pk__in=[instance.pk] if reverse else pk_set, user__isnull=False).distinct()
    if issubclass(sender, FourEyesTask.groups.through):
        groups = groups.exclude(newsroom_role__isnull=False, page_permissions__permission__codename="publish_page")
    for group in groups.order_by("pk"):
        pk_set.difference_update(list(pk_set) if reverse else [group.pk])
        if request := current_request():
            messages.error(request, f"{group.name}: {would_publish()}")


def would_publish() -> str:
    return _(
        "This would give all members of the group the right to publish. Give them the role of an approver in Settings "
        "→ People."
    )


def _refuse(group: Group) -> None:
    if request := current_request():
        text = _(
            "The group %(group)s may publish or approve, but belongs to no site, so nobody can be added to it here. "
            "Give the role of an approver in Settings → People instead."
        )
        messages.error(request, text % {"group": group.name})


def approving(groups: Iterable[int]) -> list[Group]:
    """The groups among these that may approve or publish."""
    may = Q(page_permissions__permission__codename="publish_page")
    may |= Q(foureyestask__isnull=False) | Q(groupapprovaltask__isnull=False)
    return list(Group.objects.filter(may, pk__in=groups).select_related("newsroom_role").distinct().order_by("pk"))


def has_other_administrator(site: int | None, actor: Any, account: Any) -> bool:
    """Whether a site (None: the network) has an administrator other than the giver and recipient of a role."""
    known = account_ties()
    others = _administrators_besides(site, actor.pk, known) - {account.pk}
    return any(known.tie(actor.pk, other) is not Tie.CREATED for other in others)


def _administrators_besides(site: int | None, giver: int, known: AccountTies) -> set[int]:
    """The administrators of a site who can confirm a role granted by `giver`. None stands for the network.

    Accounts that the giver recently made administrators are excluded. Administrators whose accounts the giver recently
    closed, deleted or demoted are included. Otherwise the giver could do that first, and then would need no
    confirmation.
    """
    kind, step = AccountChange.Kind, AccountChange.Administration
    by_hand = AccountChange.objects.filter(at__gt=ties_since(), actor__in={giver} | known.tied_to(giver))
    here = by_hand.filter(Q(site=site) | Q(kind=kind.DELETED))
    closed = get_user_model().objects.filter(is_active=False, groups__newsroom_role__in=_administration_of(site))
    ended = here.filter(administration=step.ENDED) | by_hand.filter(kind=kind.STATE, account__in=closed)
    people = {person.pk for person in administrators_at(site)} - _accounts(here, administration=step.BEGAN)
    return (people | _accounts(ended)) - {giver}


def _accounts(changes: Any, **facts: Any) -> set[int]:
    return set(changes.filter(**facts).values_list("account_id", flat=True))


def administrators_at(site: int | None) -> QuerySet[Any]:
    """The administrators of a site, or of the network with None."""
    network = get_user_model().objects.filter(is_active=True, is_superuser=True).order_by("pk")
    return network if site is None else holders_of(site, Role.SITE_ADMINISTRATOR)


@transaction.atomic
def propose(account: Any, group: Group, actor: Any) -> None:
    RoleProposal.objects.filter(account=account, group=group).exclude(
        pk__in=RoleProposal.objects.open(timezone.now()).values("pk")
    ).delete()
    proposal, is_new = RoleProposal.objects.get_or_create(account=account, group=group, defaults={"proposed_by": actor})
    if is_new:
        record(account, actor, AccountChange.Kind.PROPOSED, _name(group), site_id=_site_of(group))
        mails.send_role_proposal.enqueue(proposal.pk, [person.pk for person in who_may_confirm(proposal)])
    if request := current_request():
        values = {"role": _name(group), "name": name_of(account)}
        text = _("%(role)s: %(name)s gets this role once another administrator confirms it.") % values
        messages.warning(request, f"{text} {who_confirms(proposal)}")


def reason_against_confirming(proposal: RoleProposal, user: Any) -> str:
    """The reason why this administrator may not confirm the role, as a sentence; empty if they may.

    If a third person controls the accounts of two administrators, they count as two only if nobody on the site has
    looser ties.
    """
    if user.pk == proposal.proposed_by_id:
        return _("You proposed this role: another administrator must confirm it.")
    if user.pk == proposal.account_id:
        return _("This role is for yourself: another administrator must confirm it.")
    known, proposer = account_ties(), proposal.proposed_by_id
    tie = known.tie(proposer, user.pk)
    name = {"name": name_of(proposal.proposed_by)}
    if tie.is_direct:
        reason = _(
            "You and %(name)s, who proposed the role, do not count as two people: one of you has recently made or "
            "changed the other’s account."
        )
        return reason % name
    others = _administrators_besides(_site_of(proposal.group), proposer, known) - {user.pk, proposal.account_id}
    if tie is not Tie.NONE and any(_is_less_tied(known, other, user.pk, proposer) for other in others):
        reason = _(
            "You and %(name)s, who proposed the role, do not count as two people: the same person has recently made "
            "or changed both your accounts, and there is another administrator."
        )
        return reason % name
    return ""


def _is_less_tied(known: AccountTies, one: int, other: int, proposer: int) -> bool:
    closeness = known.closeness(one, proposer)
    return not closeness[0].is_direct and closeness < known.closeness(other, proposer)


def who_may_confirm(proposal: RoleProposal) -> list[Any]:
    """The site's administrators who may confirm the role, or the network's if the site has none."""
    for site in (_site_of(proposal.group), None):
        able = exclude_invited(administrators_at(site))
        people = [each for each in able if not reason_against_confirming(proposal, each)]
        if people:
            return people
    return []


def who_confirms(proposal: RoleProposal) -> str:
    if people := who_may_confirm(proposal):
        return _("It can be confirmed by: %(names)s.") % {"names": names_of(people)}
    return _("It can be confirmed by an administrator of the network.")


@transaction.atomic
def confirm(proposal: RoleProposal, actor: Any) -> None:
    """Grant the role and send any invitation waiting for it. The account becomes tied to both administrators."""
    account, group, proposer = proposal.account, proposal.group, proposal.proposed_by
    invitation = AccountInvitation.objects.filter(account=account, sent_at__gte=proposal.proposed_at)
    is_invited = invitation.exists() and not account.groups.exists()
    proposal.delete()
    with LogContext(user=None):
        account.groups.add(group)
    kind, words, site = AccountChange.Kind.ROLES, f"+ {_name(group)}", _site_of(group)
    record(account, proposer, kind, words, site_id=site, administration=administration([group.pk], is_end=False))
    # A confirmed administrator counts as independent of the one who confirmed them.
    record(account, actor, kind, words, site_id=site)
    end_sessions([account])
    notify_of_role(account, group, actor, proposer)
    if is_invited:
        invitations.invite(account, proposer)


@transaction.atomic
def decline(proposal: RoleProposal, actor: Any) -> None:
    name, site = _name(proposal.group), _site_of(proposal.group)
    record(proposal.account, actor, AccountChange.Kind.DECLINED, name, site_id=site)
    proposal.delete()


@transaction.atomic
def propose_again(account: Any, actor: Any) -> None:
    """Turn an invited account's roles into proposals, because they were confirmed for its former address."""
    for group in approving(account.groups.values_list("pk", flat=True)):
        if has_other_administrator(_site_of(group), actor, account):
            account.groups.remove(group)
            propose(account, group, actor)


def role_of(proposal: RoleProposal) -> str:
    """The role in words, such as “Approver of Lorraine”."""
    return _name(proposal.group)


def _administration_of(site: int | None) -> Any:
    return RoleGroup.objects.filter(site=site, role=Role.SITE_ADMINISTRATOR)


def _site_of(group: Group) -> int | None:
    role = getattr(group, "newsroom_role", None)
    return role.site_id if role else None


def _name(group: Group) -> str:
    return str(getattr(group, "newsroom_role", None) or group.name)
