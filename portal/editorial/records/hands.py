"""Ties between accounts: nobody else created or changed both recently, and neither created or changed the other.

To have a hand in an account means to create it, to change its address, password or roles, or to send it a link.
Accounts are compared by keys, so deleted accounts still count.
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

# Account, actor and kind of a change that gives a hand.
Hand = tuple[int, int, str]


class Tie(IntEnum):
    """How closely two accounts are tied; higher is closer."""

    NONE = 0
    # Somebody had a hand in both; in one of them only by a role, or a link to its own mailbox.
    TOUCHED = 1
    # One gave the other a role or sent a link to its own mailbox, directly or through a chain.
    HANDED = 2
    # Somebody created both, or changed their addresses or passwords.
    MADE = 3
    # One created the other or changed its address or password, directly or through a chain; or they are the same.
    LINE = 4

    @property
    def is_direct(self) -> bool:
        return self in (Tie.HANDED, Tie.LINE)


class Hands:
    """The accounts that recently had a hand in others, directly or through a chain."""

    def __init__(self, rows: Iterable[Hand]):
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
            return Tie.LINE
        makers, others = self.above(one), self.above(other)
        strong, others_strong = _chain(self._strong, one), _chain(self._strong, other)
        is_direct, are_made = one in others or other in makers, not strong.isdisjoint(others_strong)
        if one in others_strong or other in strong or (is_direct and are_made):
            return Tie.LINE
        if is_direct:
            return Tie.HANDED
        if are_made:
            return Tie.MADE
        return Tie.NONE if makers.isdisjoint(others) else Tie.TOUCHED

    def closeness(self, one: int, author: int) -> tuple[Tie, int]:
        """A sort key of ties: the tie, then the negative number of steps from the author to the nearest common creator.

        Steps from `one` do not count, so intermediate accounts make no difference.
        """
        tie = self.tie(one, author)
        steps = {Tie.MADE: self._strong, Tie.TOUCHED: self._makers}.get(tie)
        if steps is None:
            return tie, 0
        makers = _chain(steps, one)
        return tie, -min(far for maker, far in _distances(steps, author).items() if maker in makers)

    def tied_to(self, account: int) -> set[int]:
        """The accounts that are tied to this one."""
        above = self.above(account)
        return set().union(above, *(_chain(self._made, each) for each in above | {account})) - {account}

    def mailboxes_of(self, accounts: Collection[int]) -> set[int]:
        """These accounts, and those that they created or whose address or password they changed, through chains."""
        return {*accounts, *(key for key in self._strong if not _chain(self._strong, key).isdisjoint(accounts))}

    def makers_of_both(self, one: int, other: int) -> set[int]:
        return self.above(one) & self.above(other)


def _chain(steps: Mapping[int, Collection[int]], start: int) -> set[int]:
    return set(_distances(steps, start))


def _distances(steps: Mapping[int, Collection[int]], start: int) -> dict[int, int]:
    """The number of steps to each account that can be reached."""
    found = {start: 0}
    reached = {start}
    while reached:
        distance = found[next(iter(reached))] + 1
        reached = {key for each in reached for key in steps.get(each, ())} - found.keys()
        found |= dict.fromkeys(reached, distance)
    del found[start]
    return found


def hands(page: Page | None = None) -> Hands:
    """The hands within the last ACCOUNT_HAND_DAYS days."""
    return Hands(cached_while_shown(page, "hands", _rows))


def since_hands_count() -> datetime:
    return timezone.now() - timedelta(days=settings.ACCOUNT_HAND_DAYS)


def _rows() -> set[Hand]:
    changes = AccountChange.objects.giving_control(since_hands_count()).order_by()
    return set(changes.values_list("account_id", "actor_id", "kind").distinct())
