"""Translating by a machine, where the installation has one; it has none unless a setting says so."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Locale, Page
from wagtail_localize.machine_translators import get_machine_translator
from wagtail_localize.segments import StringSegmentValue, TemplateSegmentValue
from wagtail_localize.segments.extract import extract_segments
from wagtail_localize.segments.ingest import ingest_segments

from portal.core.publication import PublicationRefusedError
from portal.editorial.translations.changes import OWN
from portal.editorial.translations.readable import whole


def name_of_machine() -> str:
    """What the machine is called; empty without one."""
    machine = get_machine_translator()
    return str(machine.display_name) if machine else ""


def translate(draft: Page, original: Locale, target: Locale, paths: Collection[str]) -> None:
    """Render the texts at these paths, which are in the language of the original, in memory; raises `Refused`."""
    machine = get_machine_translator()
    if machine is None or not machine.can_translate(original, target):
        raise PublicationRefusedError(
            _("No machine translates into %(language)s here.") % {"language": target.get_display_name()}
        )
    segments: list[Any] = [
        segment
        for segment in extract_segments(whole(draft))
        if segment.path in paths and segment.path not in OWN
        if isinstance(segment, StringSegmentValue | TemplateSegmentValue)
    ]
    strings = [segment for segment in segments if isinstance(segment, StringSegmentValue)]
    if not strings:
        return
    rendered = machine.translate(original, target, list(dict.fromkeys(segment.string for segment in strings)))
    for segment in strings:
        found = rendered.get(segment.string)
        if found is not None and found.data is not None:
            segment.string = found
    ingest_segments(draft, draft, original, target, segments)
