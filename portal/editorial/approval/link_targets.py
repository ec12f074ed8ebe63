"""Looks up a page's link targets: pages that will be public when it goes live, and existing documents."""

from datetime import datetime
from typing import Any

from django.utils.functional import cached_property
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from portal.content.visibility import is_public, public_keys


class LinkTargets:
    """The link targets of `page`, which goes live at `live_at`."""

    def __init__(self, page: Any, live_at: datetime):
        self.source, self.live_at = page, live_at

    def page(self, key: int | None) -> Page | None:
        return self._pages.get(str(key))

    def has_document(self, key: int | None) -> bool:
        return str(key) in self._documents

    def is_public(self, target: Page) -> bool:
        return target.pk in self._public if str(target.pk) in self._pages else is_public(target, self.live_at)

    @cached_property
    def _keys(self) -> dict[Any, set[str]]:
        """The primary keys in the text, by model."""
        found: dict[Any, set[str]] = {}
        for field in self.source._meta.get_fields():
            if isinstance(field, StreamField | RichTextField):
                for model, key, _path, _place in field.extract_references(getattr(self.source, field.name)):
                    # Pasted or imported text may contain any key.
                    if str(key).isdecimal():
                        found.setdefault(model, set()).add(str(key))
        return found

    @cached_property
    def _pages(self) -> dict[str, Page]:
        keys = {key for model, keys in self._keys.items() if issubclass(model, Page) for key in keys}
        return {str(page.pk): page for page in Page.objects.filter(pk__in=keys)}

    @cached_property
    def _documents(self) -> set[str]:
        model = get_document_model()
        found = model.objects.filter(pk__in=self._keys.get(model, set()))
        return {str(key) for key in found.values_list("pk", flat=True)}

    @cached_property
    def _public(self) -> set[int]:
        return public_keys(self._pages.values(), self.live_at)
