"""Ties between accounts. One recently created or changed the other, or a third person created or changed both.

These changes count: creating an account, changing its address, password or roles, removing its second factors, and
sending it a link. Accounts are compared by primary key, so deleted accounts still count.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from enum import IntEnum

from django.conf import settings
from django.utils import timezone
from wagtail.models import Page

from portal.content.shown import cached_while_shown
from portal.editorial.records.accounts import AccountChange

# The account, the actor and the kind of a change that may give the actor control.
ControllingChange = tuple[int, int, str]


class Tie(IntEnum):
    """How closely two accounts are tied; higher is closer."""

    NONE = 0
    # The same person changed both, at least one of them only by granting a role or sending a link to its own mailbox.
    COMMON_ACTOR = 1
    # One granted the other a role, removed its factors or sent a link to its mailbox, directly or through other
    # accounts.
    ROLE_GRANTED = 2
    # The same person created both, or changed their addresses or passwords.
    COMMON_CREATOR = 3
    # They are the same account, or one created the other or changed its address or password, directly or through other
    # accounts.
    CREATED = 4

    @property
    def is_direct(self) -> bool:
        return self in (Tie.ROLE_GRANTED, Tie.CREATED)


class AccountTies:
    """Recent changes to accounts by others, which may form chains."""

    def __init__(self, rows: Iterable[ControllingChange]):
        self._makers: dict[int, set[int]] = defaultdict(set)
        self._made: dict[int, set[int]] = defaultdict(set)
        self._strong: dict[int, set[int]] = defaultdict(set)
        for account, actor, kind in rows:
            self._makers[account].add(actor)
            self._made[actor].add(account)
            if kind in AccountChange.TAKES_OVER:
                self._strong[account].add(actor)

    def __bool__(self) -> bool:
        return bool(self._makers)

    def above(self, account: int) -> set[int]:
        return _chain(self._makers, account)

    def tie(self, one: int, other: int) -> Tie:
        if one == other:
            return Tie.CREATED
        makers, others = self.above(one), self.above(other)
        strong, others_strong = _chain(self._strong, one), _chain(self._strong, other)
        is_direct, are_made = one in others or other in makers, not strong.isdisjoint(others_strong)
        if one in others_strong or other in strong or (is_direct and are_made):
            return Tie.CREATED
        if is_direct:
            return Tie.ROLE_GRANTED
        if are_made:
            return Tie.COMMON_CREATOR
        return Tie.NONE if makers.isdisjoint(others) else Tie.COMMON_ACTOR

    def closeness(self, one: int, author: int) -> tuple[Tie, int]:
        """A sort key for ties: the tie, then the negative number of steps from the author to the nearest common maker.

        Steps from `one` do not count, so intermediate accounts make no difference.
        """
        tie = self.tie(one, author)
        steps = {Tie.COMMON_CREATOR: self._strong, Tie.COMMON_ACTOR: self._makers}.get(tie)
        if steps is None:
            return tie, 0
        makers = _chain(steps, one)
        return tie, -min(far for maker, far in _distances(steps, author).items() if maker in makers)

    def tied_to(self, account: int) -> set[int]:
        above = self.above(account)
        return set().union(above, *(_chain(self._made, each) for each in above | {account})) - {account}

    def controlled_by(self, accounts: Collection[int]) -> set[int]:
        """These accounts, and all that they directly or indirectly created or gave a new address or password."""
        return {*accounts, *(key for key in self._strong if not _chain(self._strong, key).isdisjoint(accounts))}

    def common_creators(self, one: int, other: int) -> set[int]:
        return self.above(one) & self.above(other)


def _chain(steps: Mapping[int, Collection[int]], start: int) -> set[int]:
    return set(_distances(steps, start))


def _distances(steps: Mapping[int, Collection[int]], start: int) -> dict[int, int]:
    """The number of steps to each reachable account."""
    found = {start: 0}
    reached = {start}
    while reached:
        distance = found[next(iter(reached))] + 1
        reached = {key for each in reached for key in steps.get(each, ())} - found.keys()
        found |= dict.fromkeys(reached, distance)
    del found[start]
    return found


def account_ties(page: Page | None = None) -> AccountTies:
    """The ties from changes within the last TIED_ACCOUNTS_DAYS days."""
    return AccountTies(cached_while_shown(page, "account_ties", _rows))


def ties_since() -> datetime:
    return timezone.now() - timedelta(days=settings.TIED_ACCOUNTS_DAYS)


def _rows() -> set[ControllingChange]:
    changes = AccountChange.objects.giving_control(ties_since()).order_by()
    return set(changes.values_list("account_id", "actor_id", "kind").distinct())
