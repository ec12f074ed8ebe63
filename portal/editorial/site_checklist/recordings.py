"""What a recording needs for people who cannot hear or see it (WCAG 1.2.1 and 1.2.2)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from wagtail.fields import StreamField

from portal.content.blocks.recordings import RECORDING
from portal.content.forms import is_empty_html
from portal.editorial.approval.checklist import Finding


def missing_texts(page: Any, live_at: datetime) -> Iterator[Finding]:
    """The recordings without a transcript, and the videos without captions."""
    for field in page._meta.get_fields():
        if not isinstance(field, StreamField):
            continue
        body = getattr(page, field.name)
        for place, raw in enumerate(body.raw_data):
            if raw["type"] == RECORDING:
                yield from _missing(body[place].value, f"{field.name}.{body[place].id}")


def _missing(value: Any, path: str) -> Iterator[Finding]:
    if value.kind and is_empty_html(value["transcript"].source if value["transcript"] else ""):
        text = _("“%(title)s”: write what is heard, for people who cannot hear it.") % {"title": value["title"]}
        yield Finding("transcript", text, f"{path}.transcript")
    if value.is_video and not value.tracks:
        text = _("“%(title)s”: add captions, for people who cannot hear it.") % {"title": value["title"]}
        yield Finding("captions", text, f"{path}.captions")
