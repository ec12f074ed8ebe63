"""The strings that wagtail-localize keeps of translations, for its editor, its files and its machines."""

from collections import defaultdict
from typing import Any

from wagtail.models import Page
from wagtail_localize.fields import copy_synchronised_fields
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments
from wagtail_localize.segments.ingest import ingest_segments

from portal.editorial.translations.readable import whole


def translate_from_store(translation: Translation, draft: Page) -> None:
    """Put the strings that were entered in wagtail-localize's editor into a draft, in memory.

    Wagtail-localize itself would write them to the page that readers see, before anybody publishes it.
    """
    source, locale = translation.source, translation.target_locale
    original, slug = source.as_instance(), draft.slug
    copy_synchronised_fields(original, draft)
    segments = source._get_segments_for_translation(locale, fallback=True)
    ingest_segments(original, draft, source.locale, locale, segments)
    if not _has_own_slug(translation):
        draft.slug = slug


def _has_own_slug(translation: Translation) -> bool:
    own = StringTranslation.objects.filter(locale=translation.target_locale, context__path="slug", has_error=False)
    return own.filter(context__object=translation.source.object).exists()


def keep_strings(translation: Translation, original: Page, draft: Page, user: Any) -> None:
    """Keep what a translator wrote in the page itself, so that wagtail-localize's editor begins with it.

    Only texts of as many parts as the original's can be told apart; the others stay as the page has them.
    """
    source, locale = translation.source, translation.target_locale
    theirs, own = _strings(original), _strings(draft)
    known = defaultdict(list)
    segments = StringSegment.objects.filter(source=source).select_related("context", "string").order_by("order")
    for segment in segments:
        known[segment.context.path].append(segment)
    for path, parts in known.items():
        written = own.get(path, [])
        if len(written) != len(parts) or len(theirs.get(path, [])) != len(parts):
            continue
        for segment, text in zip(parts, written, strict=True):
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
    for segment in extract_segments(whole(page)):
        if isinstance(segment, StringSegmentValue):
            found[segment.path].append(segment.string.data)
    return found
