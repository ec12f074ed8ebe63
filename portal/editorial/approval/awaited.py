"""Finds the records shown by pages that are in review or scheduled, or in the trash, from which they may return.

An approval covers everything that the reviewer saw. So these records are protected like those shown by public pages.
"""

from datetime import datetime
from functools import lru_cache

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q
from wagtail.models import ReferenceIndex, Revision, TaskState

from portal.content.records.trash import TrashedPage
from portal.content.upstream import references_in

# More revisions than are ever waiting at the same time.
CACHE_SIZE = 2000


def is_awaited(record: Model) -> bool:
    """Whether a waiting page shows the record, directly or through another record such as an author."""
    kind = ContentType.objects.get_for_model(record).pk
    wanted = {(kind, str(record.pk))}
    named = ReferenceIndex.objects.filter(to_content_type=kind, to_object_id=str(record.pk))
    shown = set().union(*(_shown_by(key, at) for key, at in _waiting()))
    return bool(shown) and not shown.isdisjoint(wanted | set(named.values_list("base_content_type", "object_id")))


def _waiting() -> list[tuple[int, datetime]]:
    reviewed = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS).values("revision")
    restorable = TrashedPage.objects.values("live_pages__live_revision")
    waiting = Revision.page_revisions.filter(
        Q(approved_go_live_at__isnull=False) | Q(pk__in=reviewed) | Q(pk__in=restorable)
    )
    return list(waiting.order_by().values_list("pk", "created_at"))


@lru_cache(maxsize=CACHE_SIZE)
def _shown_by(revision: int, created_at: datetime) -> frozenset[tuple[int, str]]:
    """The content type and key of each record shown. Autosaves change `created_at`, so it is part of the cache key."""
    page = Revision.objects.get(pk=revision).as_object()
    return frozenset((kind, key) for kind, key, *_path in references_in(page))
