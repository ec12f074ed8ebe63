"""Roles by which one may approve: where the site has another administrator, that one confirms them first.

Every way to give a role in the newsroom adds an account to a group. What must be confirmed is taken out of what Django
is about to add. So is a group that may approve but belongs to no site, and therefore has nobody to confirm it. A group
with members is not added to a task of approval. Commands and the claims of a provider are exempt.
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
from portal.editorial.people import holders_of, without_invited
from portal.editorial.records.account_ties import AccountTies, Tie, account_ties, ties_since
from portal.editorial.records.accounts import AccountChange, AccountInvitation, RoleProposal
from portal.platform.operation.log_lines import current_request


def roles_changing(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[int] | None = None, **kwargs: Any
) -> None:
    """Receiver of `m2m_changed` of the groups of accounts, from either side; Django adds what is left in `pk_set`."""
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
    """Receiver of `m2m_changed` of the groups of approval tasks, from either side; as `roles_changing`.

    A role's group that publishes at its site may approve there: its members were confirmed. Wagtail's own task does not
    look at the site.
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
        "The group has members, and would give all of them the right to publish. Give them the role of an approver in "
        "Settings → People."
    )


def _refuse(group: Group) -> None:
    if request := current_request():
        text = _(
            "The group %(group)s may publish or approve, and belongs to no site, so nobody is added to it here. Give "
            "the role of an approver in Settings → People instead."
        )
        messages.error(request, text % {"group": group.name})


def approving(groups: Iterable[int]) -> list[Group]:
    """Those of these groups whose members may approve or publish."""
    may = Q(page_permissions__permission__codename="publish_page")
    may |= Q(foureyestask__isnull=False) | Q(groupapprovaltask__isnull=False)
    return list(Group.objects.filter(may, pk__in=groups).select_related("newsroom_role").distinct().order_by("pk"))


def has_other_administrator(site: int | None, actor: Any, account: Any) -> bool:
    """Whether a site, or with None the network, has an administrator besides who gives a role and who gets it."""
    known = account_ties()
    others = _administrators_besides(site, actor.pk, known) - {account.pk}
    return any(known.tie(actor.pk, other) is not Tie.CREATED for other in others)


def _administrators_besides(site: int | None, giver: int, known: AccountTies) -> set[int]:
    """The administrators of a site, or with None of the network, who may be another one for whoever gives a role.

    An account that the giver has lately made an administrator does not count. One that they have lately closed, deleted
    or taken the administration from does: otherwise they would do so first.
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
    """The administrators of a site; with None, those of the network."""
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
        text = _("%(role)s: %(name)s gets this role when another administrator confirms it.") % values
        messages.warning(request, f"{text} {who_confirms(proposal)}")


def reason_against_confirming(proposal: RoleProposal, user: Any) -> str:
    """Why this administrator is not another one, as a sentence; empty if they are.

    Two whose accounts are in the hands of a third person are two only if the site has nobody less tied.
    """
    if user.pk == proposal.proposed_by_id:
        return _("You proposed it: another administrator confirms it.")
    if user.pk == proposal.account_id:
        return _("It is a role for yourself: another administrator confirms it.")
    known, proposer = account_ties(), proposal.proposed_by_id
    tie = known.tie(proposer, user.pk)
    name = {"name": name_of(proposal.proposed_by)}
    if tie.is_direct:
        reason = _(
            "You and %(name)s, who proposed it, do not count as two: one of you has lately made or changed the account "
            "of the other."
        )
        return reason % name
    others = _administrators_besides(_site_of(proposal.group), proposer, known) - {user.pk, proposal.account_id}
    if tie is not Tie.NONE and any(_is_less_tied(known, other, user.pk, proposer) for other in others):
        reason = _(
            "You and %(name)s, who proposed it, do not count as two: somebody has lately made or changed both your "
            "accounts, and there is another administrator."
        )
        return reason % name
    return ""


def _is_less_tied(known: AccountTies, one: int, other: int, proposer: int) -> bool:
    closeness = known.closeness(one, proposer)
    return not closeness[0].is_direct and closeness < known.closeness(other, proposer)


def who_may_confirm(proposal: RoleProposal) -> list[Any]:
    """The site's administrators who may confirm it; those of the network, if it has none."""
    for site in (_site_of(proposal.group), None):
        able = without_invited(administrators_at(site))
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
    """Give the role, and send the invitation that waited for it; it is then in the hands of both administrators."""
    account, group, proposer = proposal.account, proposal.group, proposal.proposed_by
    invitation = AccountInvitation.objects.filter(account=account, sent_at__gte=proposal.proposed_at)
    is_invited = invitation.exists() and not account.groups.exists()
    proposal.delete()
    with LogContext(user=None):
        account.groups.add(group)
    kind, words, site = AccountChange.Kind.ROLES, f"+ {_name(group)}", _site_of(group)
    record(account, proposer, kind, words, site_id=site, administration=administration([group.pk], is_end=False))
    # A confirmed administrator counts as another one for whoever confirmed them.
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
    """Take the roles from an invited account whose address changes: they were confirmed for another mailbox."""
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
