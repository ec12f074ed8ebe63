"""Private names of wagtail-localize that we use, each in one function here; see `portal.content.upstream`."""

from wagtail.models import Page


def has_untranslated_locale(page: Page) -> bool:
    """What wagtail-localize notes of a page in a list: whether a language is left to translate it into."""
    return getattr(page, "_has_untranslated_locale", False)
