"""Rebuilds a site's derived rows: references, lists, dates, texts of files, and search indexes."""

from collections.abc import Iterable
from itertools import batched

from django.apps import apps
from django.db.models import Model
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex, Site
from wagtail.search.backends import get_search_backends
from wagtail.search.index import class_is_indexed
from wagtail_localize.models import TranslationSource

from articles.listing import update_listings_below
from events.occurrences import list_below, rewrite_entries
from portal.content.bulk.drafts import write_references
from portal.media.models import Document
from portal.sites.data.rules import Fate, rule_of
from portal.sites.data.scope import Scope
from portal.sites.transfer.references import key_model
from search.indexing.file_tasks import read_file
from search.indexing.index import index_drafts_below, index_subtree

BATCH = 200


def rebuild(site: Site) -> None:
    scope, now = Scope(site), timezone.now()
    for model in apps.get_models():
        rule = rule_of(model)
        if rule.fate is Fate.EXPORTED and not model._meta.proxy and model is not Page:
            _note_records(model, rule.rows(model, scope).iterator(BATCH))
    for source in TranslationSource.objects.filter(object__in=scope.translation_keys):
        source.refresh_segments()
    for home in scope.homes:
        update_listings_below(home)
        list_below(home)
        rewrite_entries(home, now)
    for document in Document.objects.filter(collection__in=scope.collections):
        read_file.enqueue(document.pk)
    for home in scope.homes:
        index_subtree(home)
        index_drafts_below(home)


def _note_records(model: type[Model], records: Iterable[Model]) -> None:
    """Index the records' references, and index the records for the newsroom's search."""
    has_references, is_searched = ReferenceIndex.is_indexed(model), class_is_indexed(model)
    if not (has_references or is_searched):
        return
    for batch in batched(records, BATCH):
        if has_references:
            write_references(batch, key_model(model))
        for backend in get_search_backends(with_auto_update=True) if is_searched else ():
            backend.add_bulk(model, list(batch))
