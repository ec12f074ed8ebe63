"""The rendered body of a page."""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from wagtail.blocks import StreamValue

from portal.content.serving.editions import Edition


def body_html(
    body: StreamValue,
    page: int,
    revision: int | None,
    published_at: datetime | None,
    edition: Edition | None,
    context: Any,
) -> SafeString:
    """Render the body of the page with this primary key. The HTML of a published page is cached.

    `edition` is None for an unpublished page, which is not cached. Imported pages may have no revision.
    """

    def render() -> SafeString:
        return mark_safe(body.render_as_block(context))

    # A change of an alias's content does not change its revision, but the alias has the publication date of its
    # original.
    return edition.cached_html(("body", page, revision or _digest(body), published_at), render) if edition else render()


def _digest(body: StreamValue) -> bytes:
    return blake2b(repr(list(body.raw_data)).encode(), digest_size=16).digest()
