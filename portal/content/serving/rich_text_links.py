"""Page links in rich text, limited to public pages."""

from typing import Any

from django.utils import timezone
from django.utils.html import escape
from wagtail.models import Locale
from wagtail.rich_text.pages import PageLinkHandler

from portal.content.visibility import public_keys


class PublicPageLink(PageLinkHandler):
    """Links to public pages only: a draft's URL would reveal its title before an embargo ends."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        active = Locale.get_active()
        # `Page.localized` reads the locale again for each page.
        found = cls.get_many(attrs_list)
        pages = [page if page is None or page.locale_id == active.pk else page.localized for page in found]
        seen = public_keys([page for page in pages if page], timezone.now())
        return [f'<a href="{escape(page.url)}">' if page and page.pk in seen else "<a>" for page in pages]
