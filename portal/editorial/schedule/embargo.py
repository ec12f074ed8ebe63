"""Withholds images and documents that only pages under embargo use, until the embargo ends.

A page under embargo is not live before that moment (`PortalPage.with_content_json`), but its files have addresses of
their own. A file that something public uses is never withheld.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex, Revision

from portal.core.serving.access import expired, unexpired
from portal.core.serving.privacy import restricted_paths
from portal.core.upstream import references_in
from portal.editorial.records.newsroom import EmbargoedFile
from portal.media.models import Document, Image

FILES: dict[str, type[Image | Document]] = {"image": Image, "document": Document}


def record_embargoed_files(page: Page, now: datetime) -> None:
    """Store which files the upcoming versions of a page use; to be called when one is saved or scheduled."""
    found = set()
    for revision in _upcoming_revisions(page):
        # Building the page object is expensive, and most versions have no embargo.
        if revision.content.get("embargo_until"):
            version = revision.as_object()
            if version.is_embargoed(now):
                found |= {(kind, key, version.embargo_until) for kind, key in _used_files(version)}
    recorded = EmbargoedFile.objects.filter(page=page)
    if not found and not recorded.exists():
        return
    with transaction.atomic():
        recorded.delete()
        EmbargoedFile.objects.bulk_create(
            EmbargoedFile(page=page, until=until, **{f"{kind}_id": key}) for kind, key, until in found
        )
        hide_embargoed(now)


def hide_embargoed(now: datetime) -> None:
    """Set `withheld_until` of every file by the embargoes and by what is public at this moment."""
    embargoed = EmbargoedFile.objects.filter(until__gt=now)
    EmbargoedFile.objects.filter(until__lte=now).delete()
    for kind, model in FILES.items():
        until: dict[int, datetime | None] = dict.fromkeys(
            model.objects.filter(embargoed_until__gt=now).values_list("pk", flat=True)
        )
        latest: dict[int, datetime] = {}
        for key, moment in embargoed.exclude(**{kind: None}).values_list(kind, "until"):
            latest[key] = max(moment, latest.get(key, moment))
        public = publicly_used(model, latest, now)
        until |= {key: moment for key, moment in latest.items() if key not in public}
        until |= dict.fromkeys(public)
        for key, moment in until.items():
            model.objects.filter(pk=key).exclude(embargoed_until=moment).update(embargoed_until=moment)


def _upcoming_revisions(page: Page) -> Iterator[Revision]:
    """Yield the latest revision, unless it is live, and the scheduled one."""
    live = Page.objects.filter(pk=page.pk).values_list("live_revision", flat=True).first()
    # Not `page.latest_revision`, which Wagtail sets after the revision's `post_save`.
    latest = page.revisions.order_by("-created_at", "-pk").values_list("pk", flat=True).first()
    scheduled = page.revisions.filter(approved_go_live_at__isnull=False).values_list("pk", flat=True)
    yield from Revision.objects.filter(pk__in={latest, *scheduled} - {live, None})


def _used_files(version: Page) -> set[tuple[str, int]]:
    """Return kind and key of every image and document that a version of a page refers to."""
    kinds = {ContentType.objects.get_for_model(model).pk: kind for kind, model in FILES.items()}
    references = references_in(version)
    return {(kinds[found], int(key)) for found, key, *_path in references if found in kinds}


def publicly_used(model: type[Model], keys: Iterable[int], now: datetime) -> set[int]:
    """Return the keys of those records that something public uses.

    Public is a page that every reader may see, and any referrer that is no page, such as settings.
    """
    pages = ContentType.objects.get_for_model(Page)
    referrers: dict[int, set[str]] = defaultdict(set)
    used: set[int] = set()
    references = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(model), to_object_id__in=[str(key) for key in keys]
    )
    for key, content_type, referrer in references.values_list("to_object_id", "base_content_type", "object_id"):
        if content_type == pages.pk:
            referrers[int(key)].add(referrer)
        else:
            used.add(int(key))
    public = _public_page_keys(set().union(*referrers.values()), now) if referrers else set()
    return used | {key for key, page_keys in referrers.items() if page_keys & public}


def _public_page_keys(keys: set[str], now: datetime) -> set[str]:
    live = Page.objects.filter(unexpired(now), pk__in=keys, live=True).values_list("pk", "path")
    if not live:
        return set()
    closed_paths = [*restricted_paths(), *Page.objects.filter(expired(now)).values_list("path", flat=True)]
    return {str(key) for key, path in live if not path.startswith(tuple(closed_paths))}


def revision_saved(sender: type[Revision], instance: Revision, **kwargs: Any) -> None:
    if instance.base_content_type_id != ContentType.objects.get_for_model(Page).pk:
        return
    # Autosave calls this every few seconds, and nearly no page is under embargo.
    if instance.content.get("embargo_until") or EmbargoedFile.objects.filter(page=instance.object_id).exists():
        record_embargoed_files(Page.objects.get(pk=instance.object_id), timezone.now())


def page_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """Update the files after a page went live or offline: its own, and those that it shares with other pages."""
    if EmbargoedFile.objects.exists():
        now = timezone.now()
        record_embargoed_files(instance, now)
        hide_embargoed(now)


def access_changed(sender: type, **kwargs: Any) -> None:
    hide_embargoed(timezone.now())
