"""Finds the earlier versions of a post anywhere in its export, and writes them before the page's first revision."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any
from weakref import finalize

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, Revision

from portal.content.bulk.drafts import log_pages
from portal.moving.sources.spool import record_as_line, record_from_line
from portal.moving.wordpress.records import Item, Records
from portal.moving.writing.pages import Draft, PageBuilder

# Log action: a version from the old site.
EARLIER = "portal.moving.earlier"
AUTOSAVE = "-autosave-"


class EarlierVersions:
    """The versions of all posts, in a temporary file; only their offsets are in memory."""

    def __init__(self, records: Records):
        self._file = TemporaryFile()  # noqa: SIM115 - it is closed with this object
        finalize(self, self._file.close)
        self._places: dict[int, list[int]] = defaultdict(list)
        for item in records():
            if isinstance(item, Item) and item.kind == "revision" and AUTOSAVE not in item.slug:
                self._places[item.parent].append(self._file.tell())
                self._file.write(record_as_line(item).encode())

    def of(self, item: Item) -> Iterator[Item]:
        """The versions whose text differs from the current one."""
        for place in self._places.get(item.wp_id, ()):
            self._file.seek(place)
            found = record_from_line(self._file.readline().decode())
            if isinstance(found, Item) and (found.title, found.content) != (item.title, item.content):
                yield found


def write_versions(versions: EarlierVersions, builder: PageBuilder, made: Sequence[tuple[Any, Draft]]) -> None:
    """Store the versions of new pages, which have keys but no revision yet, with their original times."""
    base = ContentType.objects.get_for_model(Page)
    found: list[tuple[Any, Revision]] = []
    for page, draft in made:
        for item in versions.of(draft.item):
            date = builder.date_of(item)
            if date is None or draft.kind == "form":
                continue
            content, title = _content(page, builder.texts_of_version(item, draft))
            revision = Revision(
                content_type_id=page.content_type_id,
                base_content_type=base,
                object_id=str(page.pk),
                created_at=date,
                object_str=title,
                content=content,
            )
            found.append((page, revision))
    found.sort(key=lambda pair: pair[1].created_at)
    Revision.objects.bulk_create(revision for _page, revision in found)
    log_pages(
        (page, {"action": EARLIER, "revision": revision, "timestamp": revision.created_at}) for page, revision in found
    )


def _content(page: Any, texts: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The content of a page with an earlier text and title."""
    own = {name: getattr(page, name) for name in texts}
    for name, value in texts.items():
        setattr(page, name, value)
    try:
        return page.serializable_data(), str(page)
    finally:
        for name, value in own.items():
            setattr(page, name, value)
