"""Whether somebody's approval is their own: no author of the text may have had a hand in their account lately."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from portal.core.models.shown import once_shown
from portal.editorial.approval.authorship import wrote_since_approval
from portal.editorial.people import name_of
from portal.editorial.records.accounts import AccountChange


def hands_in(account: Any, page: Page | None = None) -> list[Any]:
    """Those who made this account, or changed its address, password or roles, in the last ACCOUNT_HAND_DAYS days.

    Whoever had a hand in one of their accounts is among them, and so on: a chain of accounts is one hand. What was
    done to all accounts is kept on a `page` that is only shown: it is asked of everybody who might review it.
    """
    done = once_shown(page, "hands", _hands)
    found: set[int] = set()
    asked = {account.pk}
    while asked:
        asked = {actor for changed, actor in done if changed in asked} - found - {account.pk}
        found |= asked
    return list(get_user_model().objects.filter(pk__in=found)) if found else []


def _hands() -> set[tuple[int, int]]:
    """Whose account was changed by whom."""
    since = timezone.now() - timedelta(days=settings.ACCOUNT_HAND_DAYS)
    changes = AccountChange.objects.giving_a_hand(since).order_by()
    return set(changes.values_list("account_id", "actor_id").distinct())


def author_with_a_hand_in(account: Any, page: Page, revision: Revision | None = None) -> Any:
    """Return the author of what would go live who had a hand in the account of whoever approves it; None for none."""
    if account is None:
        return None
    return next((person for person in hands_in(account, page) if wrote_since_approval(page, person, revision)), None)


def dependence_message(author: Any) -> str:
    return _(
        "Your approval does not count for this text: %(author)s, who wrote it, made your account or changed its "
        "address, password or roles in the last %(days)d days. Someone else must approve it."
    ) % {"author": name_of(author), "days": settings.ACCOUNT_HAND_DAYS}
