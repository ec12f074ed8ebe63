"""Private names of wagtail-localize that we use, each in one function here; see `portal.content.upstream`."""

from wagtail.models import Page


def has_untranslated_locale(page: Page) -> bool:
    """Whether a listed page has no translation into some language, as wagtail-localize has annotated it."""
    return getattr(page, "_has_untranslated_locale", False)
