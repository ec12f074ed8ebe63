"""Private names of wagtail-localize that we use, each in one function here; see `portal.content.upstream`."""

from typing import Any

from wagtail.models import Locale, Page
from wagtail_localize.models import TranslationSource


def has_untranslated_locale(page: Page) -> bool:
    """What wagtail-localize notes of a page in a list: whether a language is left to translate it into."""
    return getattr(page, "_has_untranslated_locale", False)


def segments_for(source: TranslationSource, locale: Locale) -> list[Any]:
    """The segments of a source in a language, in the source's own words where they are not translated."""
    return source._get_segments_for_translation(locale, fallback=True)
