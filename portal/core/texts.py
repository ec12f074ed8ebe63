"""The text of a page as HTML."""

from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from wagtail.blocks import StreamValue

from .editions import Edition


def html_of(
    body: StreamValue, revision: int | None, published_at: datetime | None, edition: Edition | None, context: Any
) -> SafeString:
    """The text of a published revision is remembered while nothing around it changes; of no revision, made afresh."""

    def render() -> SafeString:
        return mark_safe(body.render_as_block(context))

    # An alias keeps its revision and takes over the date of what it shows.
    return edition.remembered(("body", revision, published_at), render) if edition and revision else render()
