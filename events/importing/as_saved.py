"""Brings what a source says into the shape in which the form of an event saves it, so that to save it is no change."""

import re
from datetime import datetime
from functools import cache

from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from events.pages import EventPage
from portal.editorial.approval.authorship import without_block_keys

LINE_BREAKS = re.compile(r"[ \t]*[\r\n]+[ \t]*")


def one_line(text: str, between: str = " ") -> str:
    """A field of one line leaves line breaks out, and would join the words around them."""
    return LINE_BREAKS.sub(between, text).strip()


def whole_minutes(moment: datetime) -> datetime:
    """The form shows no seconds."""
    return moment.replace(second=0, microsecond=0)


def paragraphs(html: str) -> str:
    """Return clean HTML as the editor would save it, but without the names of its paragraphs."""
    if not html:
        return ""
    # The editor reads XHTML: it fails on an empty element that is not closed.
    editable = _converter().from_database_format(html.replace("<br>", "<br/>"))
    return without_block_keys(_converter().to_database_format(editable))


@cache
def _converter() -> ContentstateConverter:
    return ContentstateConverter(features=EventPage.body.field.stream_block.child_blocks["paragraph"].features)
