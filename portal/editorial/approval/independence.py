"""Decides whether a person's approval counts. It does not count if their account is tied to an author's account."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import GroupPagePermission, Page, Revision

from portal.accounts.names import name_of, names_of
from portal.content.shown import cached_while_shown
from portal.editorial.approval.authorship import authors_among
from portal.editorial.people import exclude_invited
from portal.editorial.records.account_ties import AccountTies, Tie, account_ties, ties_since
from portal.editorial.records.accounts import AccountChange


class Signature(NamedTuple):
    """Whether an account's approval of a page counts. A higher `closeness` means a closer tie to an author."""

    is_refused: bool = False
    is_author: bool = False
    # The author most closely tied to the account, and the accounts that made the tie.
    author: int | None = None
    tie: Tie = Tie.NONE
    makers: frozenset[int] = frozenset()
    closeness: tuple[Tie, int] = (Tie.NONE, 0)


def signature(page: Page, account: int, revision: Revision | None = None) -> Signature:
    """Compare an account with each author of the text that would go live.

    Authors are refused. An account is also refused if an author created or changed it, or if it created or changed an
    author's account. Two accounts created by the same person may approve for each other on two conditions. First,
    nobody with looser ties to the authors may publish the page. Second, neither they nor their creator have recently
    revoked that permission from anybody.
    """
    known = account_ties(page)
    authors = authors_among(page, {account} | known.tied_to(account), revision)
    return _signature(page, account, known, authors, lambda: authors_among(page, None, revision))


def signature_for(page: Page, account: int, authors: set[int]) -> Signature:
    """Like `signature`, for a text of the page that is not stored as a revision."""
    return _signature(page, account, account_ties(page), authors, lambda: authors)


def _signature(
    page: Page, account: int, known: AccountTies, authors: set[int], all_authors: Callable[[], set[int]]
) -> Signature:
    if account in authors:
        return Signature(is_refused=True, is_author=True)
    found = _compare(known, account, authors)
    if found.tie is Tie.NONE or found.is_refused:
        return found
    everybody = all_authors()
    if _has_less_tied(page, known, everybody, account, found) or _is_made_alone(page, known, account, found):
        return found._replace(is_refused=True)
    return found


def _has_less_tied(page: Page, known: AccountTies, authors: set[int], account: int, found: Signature) -> bool:
    """Whether somebody else who may publish the page has looser ties to its authors.

    Authors count, too: each is compared with the other authors. Otherwise one could exclude people by letting them
    change a word or submit the page.
    """

    def is_less_tied(other: int) -> bool:
        if other not in authors:
            return _compare(known, other, authors).closeness < found.closeness
        return any(known.closeness(other, each) < known.closeness(account, each) for each in authors - {other})

    return any(is_less_tied(each) for each in _able(page) - {account})


def _compare(known: AccountTies, account: int, authors: set[int]) -> Signature:
    ties = {author: known.closeness(account, author) for author in sorted(authors)}
    author = max(ties, key=lambda each: ties[each], default=None)
    if author is None or ties[author][0] is Tie.NONE:
        return Signature()
    makers = frozenset().union(*(known.common_creators(account, each) for each in ties))
    is_refused = any(tie.is_direct for tie, _distance in ties.values())
    closest = ties[author]
    return Signature(is_refused, author=author, tie=closest[0], makers=makers, closeness=closest)


def who_may_approve(page: Page, account: int | None = None, revision: Revision | None = None) -> list[Any]:
    """The people whose approval would count, except this account and network administrators."""
    return approvers_for(page, authors_among(page, None, revision), account)


def approvers_for(page: Page, authors: set[int], account: int | None = None) -> list[Any]:
    """Like `who_may_approve`, for a text of the page that is not stored as a revision."""
    known = account_ties(page)
    found = {each: _compare(known, each, authors) for each in _able(page) - authors - {account}}
    keys = [
        key
        for key, each in found.items()
        if each.tie is Tie.NONE
        or not (
            each.is_refused or _has_less_tied(page, known, authors, key, each) or _is_made_alone(page, known, key, each)
        )
    ]
    return list(get_user_model().objects.filter(pk__in=keys).order_by("last_name", "username")) if keys else []


def may_approve_texts(page: Page, user: Any) -> bool:
    """Whether the user approves pages here: by a role that may publish, as a reviewer, or for the network."""
    return bool(user.is_active) and (user.is_superuser or user.pk in _able(page))


def who_may_publish(page: Page) -> list[Any]:
    """The people with a role that may publish the page, or else the network's administrators."""
    people = get_user_model().objects.filter(is_active=True).order_by("last_name", "username")
    return list(people.filter(pk__in=_able(page))) or list(people.filter(is_superuser=True))


def stand_ins(page: Page, reviewers: Collection[int]) -> list[Any]:
    """The people who may approve if all `reviewers` are authors or tied to one. Empty if any reviewer can approve."""
    known = account_ties(page)
    if not reviewers or not known:
        return []
    authors = authors_among(page, None)
    if all(_compare(known, each, authors).tie is Tie.NONE for each in set(reviewers) - authors):
        return []
    people = who_may_approve(page)
    return [] if any(person.pk in reviewers for person in people) else people


def _able(page: Page) -> set[int]:
    return cached_while_shown(page, "may publish", lambda: _publishers(page, is_active=True))


def _publishers(page: Page, *, is_active: bool) -> set[int]:
    """The people with a role that may publish the page, and the reviewers of its workflow's last step.

    Network administrators count only if they have such a role.
    """
    above = page.get_ancestors(inclusive=True).values("pk")
    granted = GroupPagePermission.objects.filter(permission__codename="publish_page", page__in=above).values("group")
    holds_role = Q(groups__in=granted)
    workflow = page.get_workflow()
    task = workflow.tasks.last() if workflow else None
    if (groups_for := getattr(task and task.specific, "groups_for", None)) is not None:
        holds_role |= Q(groups__in=groups_for(page))
    people = get_user_model().objects.filter(holds_role, is_active=is_active)
    return set(people.order_by().values_list("pk", flat=True))


def _is_made_alone(page: Page, known: AccountTies, account: int, found: Signature) -> bool:
    """Whether one of these people recently closed an account that could approve, or revoked its role.

    Changes by network administrators are ignored unless another administrator could approve.
    """
    if found.author is None:
        return False
    superusers = get_user_model().objects.filter(is_superuser=True, is_active=True)
    network = set(superusers.values_list("pk", flat=True))
    has_other = any(known.tie(each, found.author) is Tie.NONE for each in network - found.makers)
    makers = found.makers if has_other else found.makers - network
    hand = known.controlled_by(makers) | ({account, found.author} - network)
    kind = AccountChange.Kind
    changes = AccountChange.objects.filter(at__gt=ties_since(), actor__in=hand).order_by()
    closed = Q(kind=kind.STATE, account__in=_publishers(page, is_active=False))
    deprived = Q(kind=kind.ROLES, site=page.get_site(), ended_approval=True)
    deleted = Q(kind=kind.DELETED, ended_approval=True)
    keys = changes.filter(closed | deprived | deleted).values_list("account_id", flat=True)
    return any(known.closeness(key, found.author) < found.closeness for key in set(keys) - hand)


def dependence_message(page: Page, account: int, found: Signature, revision: Revision | None = None) -> str:
    """The reason why the approval does not count, and the people who can approve."""
    return f"{dependence_reason(page, account, found)} {who_else(page, account, revision)}"


def dependence_reason(page: Page, account: int, found: Signature) -> str:
    known = account_ties(page)
    values = {**_names(page, found.author, found.makers), "days": settings.TIED_ACCOUNTS_DAYS}
    if not found.tie.is_direct:
        reason = _(
            "Your approval does not count for this text: %(makers)s made or changed both your account and that of "
            "%(author)s, who wrote it, in the last %(days)d days."
        )
    elif found.author in known.above(account):
        reason = _(
            "Your approval does not count for this text: %(author)s, who wrote it, made your account or changed its "
            "address, password, factors or roles in the last %(days)d days. Someone else must approve it."
        )
    else:
        reason = _(
            "Your approval does not count for this text: you made the account of %(author)s, who wrote it, or changed "
            "its address, password, factors or roles in the last %(days)d days. Someone else must approve it."
        )
    return str(reason % values)


def tied_in_words(page: Page | None, data: dict[str, Any]) -> str:
    """The page history's text about a publication by an account tied to an author's account."""
    values = _names(page, data.get("author"), data.get("makers", ()))
    if data.get("is_waived"):
        return _("Published by an account tied to that of %(author)s, who wrote it: the four-eyes rule is off") % values
    text = _("Nobody else could approve it: %(makers)s made or changed the accounts of the publisher and of %(author)s")
    return text % values


def who_else(page: Page, account: int, revision: Revision | None = None) -> str:
    """A sentence naming the people who can approve the page, or the administrators who can help."""
    return sentence_of_approvers(who_may_approve(page, account, revision), account)


def sentence_of_approvers(approvers: Iterable[Any], account: int) -> str:
    people = exclude_invited(get_user_model().objects.order_by("last_name", "username"))
    if able := list(people.filter(pk__in=[person.pk for person in approvers])):
        return _("It can be approved by: %(names)s.") % {"names": names_of(able)}
    if able := list(people.filter(is_active=True, is_superuser=True).exclude(pk=account)):
        return _("Nobody else here can approve it. An administrator of the network can help: %(names)s.") % {
            "names": names_of(able)
        }
    return _("Nobody else here can approve it. An administrator of the network can help.")


def _names(page: Page | None, author: int | None, makers: Collection[int]) -> dict[str, str]:
    """The names of an author and the creators.

    Creators without a role at the page's site or in the network are not named.
    """
    people = get_user_model().objects.in_bulk(sorted({*makers, author} - {None}))  # type: ignore[type-var]
    site = page.get_site() if page else None
    here = get_user_model().objects.filter(Q(is_superuser=True) | Q(groups__newsroom_role__site=site), pk__in=people)
    known = set(here.values_list("pk", flat=True))
    shown = (
        _("somebody of another site") if key in people and key not in known else _name(people.get(key))
        for key in sorted(makers)
    )
    return {"author": _name(people.get(author)), "makers": ", ".join(dict.fromkeys(shown))}


def _name(person: Any) -> str:
    return name_of(person) or _("somebody whose account was deleted")
