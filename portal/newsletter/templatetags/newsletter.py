"""Words of the newsletter's own templates."""

from django import template

from portal.newsletter.bulletins import Passage
from portal.newsletter.content import ContentPart
from portal.newsletter.mail import plain, wrapped

register = template.Library()
register.filter("wrapped", wrapped)


@register.filter
def as_plain(passage: Passage, base: str) -> str:
    return plain(passage, base)


@register.filter
def absolute(address: str, base: str) -> str:
    """A path on the site as a full address; a full address as it is."""
    return f"{base}{address}" if address.startswith("/") else address


@register.filter
def underlined(text: str) -> str:
    """A heading as a text mail shows it."""
    return f"{text}\n{'=' * min(len(text), 72)}"


@register.filter
def first_group(parts: list[ContentPart]) -> ContentPart | None:
    """The part of an issue whose first story leads."""
    return next((part for part in parts if part.stories), None)
