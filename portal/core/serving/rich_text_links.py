"""Links of running text to pages: they lead only to what any reader may see."""

from typing import Any

from django.utils import timezone
from django.utils.html import escape
from wagtail.rich_text.pages import PageLinkHandler

from portal.core.serving.access import open_among


class OpenPageLink(PageLinkHandler):
    """Wagtail's writes the address of a draft, too, and with that its title: before an embargo ends, say."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        pages = [page.localized if page else None for page in cls.get_many(attrs_list)]
        seen = open_among([page for page in pages if page], timezone.now())
        return [f'<a href="{escape(page.url)}">' if page and page.pk in seen else "<a>" for page in pages]
