"""Translates what Wagtail leaves untranslated in the newsroom: the colon of headings, the root page, and languages."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's headings are translatable with their colon.

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.utils.translation import gettext as _, gettext_noop
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Locale, Page

from portal.formats.words import language_name
from portal.platform.newsroom_views import titled

# Our own string, because Wagtail's French catalogue, which Django searches first, has another translation.
gettext_noop("0 minutes")


def heading(view: Any) -> str:
    title, subtitle = view.get_page_title(), view.get_page_subtitle()
    return titled(title, subtitle) if subtitle else title


def set_headings() -> None:
    WagtailAdminTemplateMixin.get_header_title = heading
    Page.get_admin_display_title = _with_root_named(Page.get_admin_display_title)
    Locale.get_display_name = _name_in_active_language


def _name_in_active_language(locale: Locale) -> str:
    """Wagtail's has each language's own name from the settings, as the language switch of readers does."""
    return language_name(locale.language_code)


def _with_root_named(title_of: Callable[[Page], str]) -> Callable[[Page], str]:
    """Translate the title of Wagtail's root page, which is always English."""

    @wraps(title_of)
    def named(page: Page) -> str:
        return _("All sites") if page.depth == 1 else title_of(page)

    return named
