"""What separable apps add to the others, which name them without importing them."""

from typing import Any

from django.apps import apps
from django.utils.safestring import SafeString, mark_safe
from wagtail import hooks


def offered_by(app: str, *page_types: str) -> list[str]:
    """The page types of a separable app; none where it is not installed."""
    return list(page_types) if apps.is_installed(app) else []


def contributed_to(place: str, context: dict[str, Any]) -> SafeString:
    """The HTML that apps add to a place of every page, such as the `footer`: what is hooked to `portal_<place>`.

    It is remembered with the edition, so it may depend on nothing but what the stamp counts.
    """
    return mark_safe("".join(add(context) for add in hooks.get_hooks(f"portal_{place}")))
