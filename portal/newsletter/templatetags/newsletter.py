"""Filters for the templates of the newsletter and its mails."""

from django import template

from portal.newsletter.content import ContentPart
from portal.newsletter.mail import as_plain_text, wrap

register = template.Library()
register.filter("wrap", wrap)
register.filter("plain_text", as_plain_text)


@register.filter
def absolute_url(url: str, base: str) -> str:
    """A path as an absolute URL; an absolute URL unchanged."""
    return f"{base}{url}" if url.startswith("/") else url


@register.filter
def underlined(text: str) -> str:
    return f"{text}\n{'=' * min(len(text), 72)}"


@register.filter
def lead_group(parts: list[ContentPart]) -> ContentPart | None:
    """The first part with stories, whose first story is the lead."""
    return next((part for part in parts if part.stories), None)
