"""The way to a page in the head of its editor, from the pages that were read with it."""

from typing import Any

from django import template
from django.urls import reverse
from wagtail.admin.utils import get_latest_str
from wagtail.models import Page
from wagtail.permissions import policy_registry

register = template.Library()


@register.simple_tag(takes_context=True)
def page_trail(context: Any, page: Any) -> list[dict[str, str]]:
    """What Wagtail's `page_breadcrumbs` reads from the database; empty if the pages above are not at hand."""
    above = list(getattr(page, "pages_above", ()))
    root = policy_registry.get_by_type(Page).explorable_root_instance(context["request"].user) if above else None
    if root is None:
        return []
    steps = [each for each in (*above, page) if each.path.startswith(root.path)]
    return [{"url": _url(each), "label": get_latest_str(each)} for each in steps]


def _url(page: Page) -> str:
    return reverse("wagtailadmin_explore_root") if page.is_root() else reverse("wagtailadmin_explore", args=[page.pk])
