"""Links a page to its translations from an import in another language."""

from typing import Any
from uuid import UUID

from wagtail.models import Page

from portal.moving.models import ImportedItem, ImportSource
from portal.moving.planning.survey import Survey


class Translations:
    def __init__(self, source: ImportSource, survey: Survey):
        self.source = source
        groups = [keys for keys in survey.translations.values() if len(keys) > 1]
        self._others = {key: [other for other in keys if other != key] for keys in groups for key in keys}

    def key_for(self, wp_id: int, model: type[Any]) -> UUID | None:
        """The translation key for a new page; None if it has no translation here, or a translation of another kind."""
        others = self._others.get(wp_id)
        if not others:
            return None
        rows = ImportedItem.objects.filter(
            source__site=self.source.site,
            source__address=self.source.address,
            kind=ImportedItem.Kind.PAGE,
            key__in=map(str, others),
        ).exclude(source=self.source)
        # The page must be in the same site: a page that was moved to another site is no translation.
        homes = self.source.site.root_page.get_translations(inclusive=True).values_list("path", flat=True)
        for page in Page.objects.filter(pk__in=rows.values("page")).order_by("pk"):
            is_here = any(page.path.startswith(home) for home in homes)
            taken = Page.objects.filter(translation_key=page.translation_key, locale=self.source.locale)
            if is_here and page.specific_class is model and not taken.exists():
                return page.translation_key
        return None
