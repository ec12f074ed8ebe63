"""Which files wait with the pages that they belong to, and until when.

A page under embargo is simply not live before its minute (`PortalPage.with_content_json`). Its images and documents
have addresses of their own, so they are withheld as long as nothing that is public uses them.
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
from portal.editorial.records.newsroom import EmbargoedFile
from portal.media.models import Document, Image

FILES: dict[str, type[Image | Document]] = {"image": Image, "document": Document}


def record_embargoed_files(page: Page, now: datetime) -> None:
    """Remember which files the coming versions of a page use, after one was saved, scheduled, published or given up."""
    found = set()
    for revision in _coming_versions(page):
        # Without reading a whole version only to learn that it has no embargo.
        if revision.content.get("embargo_until"):
            version = revision.as_object()
            if version.is_embargoed(now):
                found |= {(kind, key, version.embargo_until) for kind, key in _files_of(version)}
    kept = EmbargoedFile.objects.filter(page=page)
    if not found and not kept.exists():
        return
    with transaction.atomic():
        kept.delete()
        EmbargoedFile.objects.bulk_create(
            EmbargoedFile(page=page, until=until, **{f"{kind}_id": key}) for kind, key, until in found
        )
        hide_embargoed(now)


def hide_embargoed(now: datetime) -> None:
    """Bring every file in line with the embargoes and with what is public at this moment."""
    waiting = EmbargoedFile.objects.filter(until__gt=now)
    EmbargoedFile.objects.filter(until__lte=now).delete()
    for kind, model in FILES.items():
        until: dict[int, datetime | None] = dict.fromkeys(
            model.objects.filter(embargoed_until__gt=now).values_list("pk", flat=True)
        )
        wanted: dict[int, datetime] = {}
        for key, moment in waiting.exclude(**{kind: None}).values_list(kind, "until"):
            wanted[key] = max(moment, wanted.get(key, moment))
        shown = shown_in_public(model, wanted, now)
        until |= {key: moment for key, moment in wanted.items() if key not in shown}
        until |= dict.fromkeys(shown)
        for key, moment in until.items():
            model.objects.filter(pk=key).exclude(embargoed_until=moment).update(embargoed_until=moment)


def _coming_versions(page: Page) -> Iterator[Revision]:
    """The version that is worked on, unless it is live, and the one that waits for its time."""
    live = Page.objects.filter(pk=page.pk).values_list("live_revision", flat=True).first()
    # The page itself learns of its latest version a moment after that is saved.
    latest = page.revisions.order_by("-created_at", "-pk").values_list("pk", flat=True).first()
    scheduled = page.revisions.filter(approved_go_live_at__isnull=False).values_list("pk", flat=True)
    yield from Revision.objects.filter(pk__in={latest, *scheduled} - {live, None})


def _files_of(version: Page) -> set[tuple[str, int]]:
    """The kind and key of every image and document that a version of a page uses, wherever in it."""
    kinds = {ContentType.objects.get_for_model(model).pk: kind for kind, model in FILES.items()}
    references = ReferenceIndex._extract_references_from_object(version)
    return {(kinds[found], int(key)) for found, key, *_path in references if found in kinds}


def shown_in_public(model: type[Model], keys: Iterable[int], now: datetime) -> set[int]:
    """Those of the files, or other records, that something public uses.

    That is a page that any reader may see, or what is no page at all.
    """
    pages = ContentType.objects.get_for_model(Page)
    users: dict[int, set[str]] = defaultdict(set)
    shown: set[int] = set()
    references = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(model), to_object_id__in=[str(key) for key in keys]
    )
    for key, kind, user in references.values_list("to_object_id", "base_content_type", "object_id"):
        if kind == pages.pk:
            users[int(key)].add(user)
        else:
            shown.add(int(key))
    public = _public_pages(set().union(*users.values()), now) if users else set()
    return shown | {key for key, its_users in users.items() if its_users & public}


def _public_pages(keys: set[str], now: datetime) -> set[str]:
    live = Page.objects.filter(unexpired(now), pk__in=keys, live=True).values_list("pk", "path")
    if not live:
        return set()
    shut = [*restricted_paths(), *Page.objects.filter(expired(now)).values_list("path", flat=True)]
    return {str(key) for key, path in live if not path.startswith(tuple(shut))}


def version_saved(sender: type[Revision], instance: Revision, **kwargs: Any) -> None:
    if instance.base_content_type_id != ContentType.objects.get_for_model(Page).pk:
        return
    # Nearly all pages are under no embargo, and are saved every few seconds while somebody writes.
    if instance.content.get("embargo_until") or EmbargoedFile.objects.filter(page=instance.object_id).exists():
        record_embargoed_files(Page.objects.get(pk=instance.object_id), timezone.now())


def page_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """It went live or offline: its own files may be free, or free no more, and those that it shares with others."""
    if EmbargoedFile.objects.exists():
        now = timezone.now()
        record_embargoed_files(instance, now)
        hide_embargoed(now)


def access_changed(sender: type, **kwargs: Any) -> None:
    hide_embargoed(timezone.now())
