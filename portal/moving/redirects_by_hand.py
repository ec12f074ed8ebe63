"""The redirects made in the newsroom that lead to imported pages: undoing the import breaks them."""

from collections import defaultdict

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import ModelLogEntry, Page

from portal.editorial.site_admin.redirects import path_on
from portal.moving.models import ImportedItem, ImportSource


class RedirectsByHand:
    """The old paths of a site's redirects that nobody imported, by the page to which they lead."""

    def __init__(self, source: ImportSource):
        self._home, self._language = source.home, source.locale.language_code
        self._to_page: dict[int, list[str]] = defaultdict(list)
        self._to_path: dict[str, list[str]] = defaultdict(list)
        rows = Redirect.objects.filter(site=source.site).order_by("old_path")
        # The import writes no log of its redirects, and the newsroom does.
        logs = ModelLogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Redirect))
        logged = {int(key) for key in logs.values_list("object_id", flat=True).distinct().iterator()}
        ours = ImportedItem.objects.filter(source__site=source.site, kind=ImportedItem.Kind.REDIRECT)
        imported = Exists(ours.filter(old_address=OuterRef("old_path"), title=OuterRef("redirect_link")))
        pages = rows.filter(redirect_page__in=source.items.exclude(page=None).values("page"))
        for key, path, page in pages.values_list("pk", "old_path", "redirect_page").iterator():
            if key in logged:
                self._to_page[page].append(path)
        links = rows.filter(redirect_page=None).exclude(redirect_link="").exclude(imported)
        for path, link in links.values_list("old_path", "redirect_link").iterator():
            self._to_path[path_on(source.site, link)].append(path)

    def to(self, key: int, url_path: str) -> list[str]:
        """The old paths of those that lead to a page, by its key and its path in the tree."""
        below = url_path[len(self._home.url_path) :] if self._home else ""
        return [*self._to_page.get(key, []), *self._to_path.get(f"/{self._language}/{below}".rstrip("/"), [])]


def redirects_to_break(source: ImportSource) -> list[str]:
    """The old paths of the redirects that undoing an import would break."""
    by_hand = RedirectsByHand(source)
    unedited = source.items_here().filter(kind__in=[ImportedItem.Kind.PAGE, ImportedItem.Kind.PLACE])
    keys = unedited.filter(page__latest_revision=F("revision")).values("page")
    pages = Page.objects.filter(pk__in=keys).order_by("path").values_list("pk", "url_path")
    return [path for page in pages.iterator() for path in by_hand.to(*page)]
