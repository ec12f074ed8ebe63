"""Copies translated strings between drafts and wagtail-localize's store, which its editor and PO files use."""

from collections import defaultdict
from typing import Any

from wagtail.models import Page
from wagtail_localize.fields import copy_synchronised_fields
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments
from wagtail_localize.segments.ingest import ingest_segments

from portal.editorial.translations.blank_texts import fill_blank_texts
from portal.editorial.translations.upstream import segments_for


def apply_stored_strings(translation: Translation, draft: Page) -> None:
    """Put the stored strings into a draft, in memory.

    Wagtail-localize itself writes them to the live page, before anybody publishes it.
    """
    source, locale = translation.source, translation.target_locale
    original, slug = source.as_instance(), draft.slug
    copy_synchronised_fields(original, draft)
    segments = segments_for(source, locale)
    ingest_segments(original, draft, source.locale, locale, segments)
    if not _has_own_slug(translation):
        draft.slug = slug


def _has_own_slug(translation: Translation) -> bool:
    own = StringTranslation.objects.filter(locale=translation.target_locale, context__path="slug", has_error=False)
    return own.filter(context__object=translation.source.object).exists()


def store_strings(translation: Translation, original: Page, draft: Page, user: Any) -> None:
    """Store the texts of a draft, so that wagtail-localize's editor starts with them.

    Only texts with as many segments as the original's can be matched; others are left out.
    """
    source, locale = translation.source, translation.target_locale
    original_strings, draft_strings = _strings(original), _strings(draft)
    segments_by_path = defaultdict(list)
    segments = StringSegment.objects.filter(source=source).select_related("context", "string").order_by("order")
    for segment in segments:
        segments_by_path[segment.context.path].append(segment)
    for path, path_segments in segments_by_path.items():
        texts = draft_strings.get(path, [])
        if len(texts) != len(path_segments) or len(original_strings.get(path, [])) != len(path_segments):
            continue
        for segment, text in zip(path_segments, texts, strict=True):
            if text == segment.string.data:
                continue
            StringTranslation.objects.update_or_create(
                translation_of=segment.string,
                locale=locale,
                context=segment.context,
                defaults={
                    "data": text,
                    "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                    "tool_name": "",
                    "last_translated_by": user,
                    "has_error": False,
                    "field_error": "",
                },
            )


def _strings(page: Page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for segment in extract_segments(fill_blank_texts(page)):
        if isinstance(segment, StringSegmentValue):
            found[segment.path].append(segment.string.data)
    return found
