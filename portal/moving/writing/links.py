"""Replaces the old site's URLs in texts with links to pages and documents here, once all are imported."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from html import escape, unescape
from itertools import batched
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import transaction
from wagtail.models import Page, ReferenceIndex, Revision

from portal.content.publication import lock_pages
from portal.editorial.records.releases import is_in_waiting_release
from portal.moving.converting.addresses import host_of
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.planning.survey import Survey, path_of
from portal.moving.wordpress.values import number_of
from portal.moving.writing.hashes import hash_of_value
from portal.moving.writing.pages import EMPTY

_LINK = re.compile(r'<a href="([^"]*)">')
BATCH = 100
# The code of notes about links whose targets were not imported.
BROKEN = "broken link"
# Finds the target of a URL: (`page` or `document`, key), or None.
Find = Callable[[str], tuple[str, int] | None]


def old_links(stream: Any, survey: Survey) -> list[str]:
    """The links to the old site."""
    return list(dict.fromkeys(found for found in _addresses(stream) if survey.is_of_old_site(found)))


def _addresses(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        if isinstance(value.get("url"), str) and "page" in value:
            yield value["url"]
        for part in value.values():
            yield from _addresses(part)
    elif isinstance(value, list):
        for part in value:
            yield from _addresses(part)
    elif isinstance(value, str) and "<a href" in value:
        yield from (unescape(found) for found in _LINK.findall(value))


def relinked(value: Any, find: Find) -> Any:
    """The value with links to pages and documents in place of the old site's URLs."""
    if isinstance(value, list):
        return [relinked(part, find) for part in value]
    if isinstance(value, str):
        return _LINK.sub(lambda match: _tag(match, find), value) if "<a href" in value else value
    if not isinstance(value, dict):
        return value
    target = find(value["url"]) if value.get("url") and "page" in value else None
    if target and target[0] == "page":
        return {**value, "page": target[1], "url": ""}
    return {key: relinked(part, find) for key, part in value.items()}


def _tag(match: re.Match[str], find: Find) -> str:
    target = find(unescape(match[1]))
    return f'<a linktype="{escape(target[0])}" id="{target[1]}">' if target else match[0]


class Addresses:
    """Finds the target of an old URL: a permalink, a short link, an attachment, an archive."""

    def __init__(self, survey: Survey, pages: Mapping[int, int], documents: Mapping[int, int]):
        self.survey = survey
        self.host = host_of(survey.channel.address)
        self.pages = pages
        self.documents = documents
        self.by_path = {
            path_of(item.link).rstrip("/"): pages[item.wp_id]
            for item in survey.items.values()
            if item.wp_id in pages and path_of(item.link).strip("/")
        }

    def find(self, address: str) -> tuple[str, int] | None:
        if not self.survey.is_of_old_site(address):
            return None
        if host_of(address) != self.host:
            return self._document(address)
        query = parse_qs(urlsplit(address).query)
        for name in ("p", "page_id", "post"):
            if key := self.pages.get(number_of(query.get(name, [""])[0]) or 0):
                return "page", key
        if key := self.by_path.get(path_of(address).rstrip("/")):
            return "page", key
        return self._document(address)

    def _document(self, address: str) -> tuple[str, int] | None:
        facts = self.survey.file_at(address)
        return ("document", self.documents[facts.wp_id]) if facts and facts.wp_id in self.documents else None


def link_pages(source: ImportSource, addresses: Addresses, after: int = 0) -> Iterator[tuple[int, int]]:
    """Link the texts of all pages that still have old URLs; a text that was edited here is left as it is.

    Yields two numbers for each batch. The first is the key of its last item, from which another call resumes (`after`).
    The second is the number of its pages that still have old URLs, because the targets do not exist here.
    """
    rows = source.items_here().filter(kind=ImportedItem.Kind.PAGE, has_old_links=True, pk__gt=after)
    for keys in batched(rows.order_by("pk").values_list("pk", flat=True), BATCH):
        with transaction.atomic():
            lock_pages(ImportedItem.objects.filter(pk__in=keys, page__isnull=False).values_list("page_id", flat=True))
            # This is only checked now, because somebody may have edited or moved a page since the rows were read.
            found = source.items_here().filter(pk__in=keys).defer("old_text").select_related("page", "revision")
            empty = empty_pages(source)
            left = sum(_link(row, addresses, empty) for row in found)
        yield keys[-1], left


def _link(row: ImportedItem, addresses: Addresses, empty: Collection[int]) -> bool:
    """Link one page; return whether it still has old URLs, such as those of pages that are empty here."""
    page, revision = row.page, row.revision
    if page is None or revision is None or page.latest_revision_id != revision.pk:
        return False
    # What was approved must not change afterwards.
    if revision.approved_go_live_at or is_in_waiting_release(revision.pk):
        return False
    before = json.loads(revision.content["body"])
    drafts = {("page", key) for key in empty}
    after = relinked(before, lambda address: None if (to := addresses.find(address)) in drafts else to)
    if after != before:
        _store(page, revision, after)
        row.field_hashes = {**row.field_hashes, "body": hash_of_value(after)}
    left = old_links(after, addresses.survey)
    row.has_old_links = bool(left)
    row.notes = [note for note in row.notes if note[0] != BROKEN] + [[BROKEN, address] for address in left]
    row.save(update_fields=["field_hashes", "has_old_links", "notes"])
    return row.has_old_links


def _store(page: Page, revision: Revision, body: list[Any]) -> None:
    """Write the text into the page and its only version, so that a later import can still change the page."""
    text = json.dumps(body)
    Revision.objects.filter(pk=revision.pk).update(content={**revision.content, "body": text})
    if not page.live or page.live_revision_id == revision.pk:
        model: Any = page.specific_class
        rows = model.objects.filter(pk=page.pk)
        rows.update(body=model._meta.get_field("body").to_python(text))
        ReferenceIndex.create_or_update_for_object(rows.get())


def page_keys(source: ImportSource) -> dict[int, int]:
    """The keys of the imported pages by their numbers in the old site."""
    rows = source.items_here().filter(kind=ImportedItem.Kind.PAGE)
    return {int(key): page for key, page in rows.values_list("key", "page_id") if page}


def empty_pages(source: ImportSource) -> set[int]:
    """The keys of imported pages that had no text and that nobody has published since."""
    rows = source.items_here().filter(kind=ImportedItem.Kind.PAGE, page__live=False)
    return {page for page, notes in rows.values_list("page_id", "notes") if page and [EMPTY, ""] in notes}


def document_keys(source: ImportSource) -> dict[int, int]:
    rows = ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.FILE, document__isnull=False)
    found = rows.values_list("key", "document_id")
    return {int(key): document for key, document in found if key.isdigit() and document}
