"""What a page's texts lead to when it goes live: which pages readers may see then, and which documents exist."""

from datetime import datetime
from typing import Any

from django.utils.functional import cached_property
from wagtail.models import Page

from portal.content.visibility import is_public, public_keys
from portal.editorial.editor.linked import linked_records


class LinkTargets:
    """What the links of `page` find when it goes live at `live_at`."""

    def __init__(self, page: Any, live_at: datetime):
        self.linked, self.live_at = linked_records(page), live_at

    def page(self, key: int | None) -> Page | None:
        return self.linked.pages.get(str(key))

    def has_document(self, key: int | None) -> bool:
        return str(key) in self.linked.documents

    def is_public(self, target: Page) -> bool:
        if str(target.pk) in self.linked.pages:
            return target.pk in self._public
        return is_public(target, self.live_at)

    @cached_property
    def _public(self) -> set[int]:
        return public_keys(self.linked.pages.values(), self.live_at)
