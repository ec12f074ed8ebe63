"""The rules in Settings → Sign-in that apply to a user's roles."""

from typing import Any

from django.core.cache import cache

from portal.editorial.records.sign_in import SignInRule
from portal.overrides.separation.filters import roles_held

# Another worker may use outdated rules for this many seconds.
SECONDS = 60
RULES = "portal.sign_in.rules"


def rules_for(user: Any) -> list[SignInRule]:
    rules = cache.get_or_set(RULES, lambda: list(SignInRule.objects.all()), SECONDS) or []
    roles: set[tuple[int | None, str]] = set(roles_held(user)) if rules else set()
    # The rules of all sites count wherever somebody has the role.
    roles |= {(None, role) for _site, role in roles}
    return [rule for rule in rules if (rule.site_id, rule.role) in roles]


def forget_rules(**facts: Any) -> None:
    """`post_save` and `post_delete` receiver for the rules."""
    cache.delete(RULES)
