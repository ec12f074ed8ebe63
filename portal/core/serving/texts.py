"""The text of a page as HTML."""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from wagtail.blocks import StreamValue

from portal.core.serving.editions import Edition


def html_of(
    body: StreamValue,
    page: int,
    revision: int | None,
    published_at: datetime | None,
    edition: Edition | None,
    context: Any,
) -> SafeString:
    """The text of a published page, given by its key, is remembered while nothing around it changes.

    `edition` is None for what is not published. A page that was brought in by the thousand may have no revision.
    """

    def render() -> SafeString:
        return mark_safe(body.render_as_block(context))

    # An alias keeps its revision and takes over the date of what it shows.
    return edition.remembered(("body", page, revision or _digest(body), published_at), render) if edition else render()


def _digest(body: StreamValue) -> bytes:
    return blake2b(repr(list(body.raw_data)).encode(), digest_size=16).digest()
