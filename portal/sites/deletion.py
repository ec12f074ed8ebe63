"""Exports a site into a zip archive, and deletes it."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.contrib.auth.models import Group
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from wagtail.models import Page, Site, Workflow

from portal.core.models import Person, SiteSettings, Topic
from portal.editorial.roles import groups_of, media_collection
from portal.media.models import Document, Image


def export_site(site: Site, file: IO[bytes] | Path) -> dict[str, int]:
    """Write a zip archive: `site.json`, a line of JSON for each page in the order of the tree, and the uploaded files.

    Each page is the `serializable_data` of its latest revision. Returns the counts of `pages`, `images`, `documents`.
    """
    counts = {"pages": 0, "images": 0, "documents": 0}
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        data = {
            "host": site.hostname,
            "name": site.site_name,
            "languages": [home.locale.language_code for home in homes_of(site)],
            "settings": _as_data(SiteSettings.for_site(site)),
            "topics": [_as_data(topic) for topic in Topic.objects.filter(site=site)],
            "people": [_as_data(person) for person in Person.objects.filter(site=site)],
        }
        archive.writestr("site.json", _json(data))
        with archive.open("pages.jsonl", "w") as lines:
            for page in pages_of(site).specific().iterator(chunk_size=200):
                version = page.get_latest_revision_as_object()
                kind = f"{page._meta.app_label}.{page._meta.model_name}"
                lines.write((_json({"type": kind, "data": version.serializable_data()}, indent=None) + "\n").encode())
                counts["pages"] += 1
        for name, model in (("images", Image), ("documents", Document)):
            for each in model.objects.filter(collection__in=collections_of(site)):
                _write_upload(archive, name, each)
                counts[name] += 1
    return counts


@transaction.atomic
def delete_site(site: Site) -> None:
    """Delete the site with its pages, media, groups and workflow; its users stay, without a role here."""
    groups = list(groups_of(site))
    workflows = list(Workflow.objects.filter(workflow_pages__page__in=homes_of(site)).distinct())
    collections = list(collections_of(site))
    for home in homes_of(site):
        Page.objects.get(pk=home.pk).delete()
    site.delete()
    for model in (Image, Document):
        for each in model.objects.filter(collection__in=collections):
            each.delete()
    for collection in reversed(collections):
        collection.delete()
    for workflow in workflows:
        if not workflow.workflow_pages.exists():
            tasks = [link.task for link in workflow.workflow_tasks.all()]
            workflow.delete()
            for task in tasks:
                if not task.workflow_tasks.exists():
                    task.delete()
    Group.objects.filter(pk__in=[group.pk for group in groups]).delete()


def homes_of(site: Site) -> Iterator[Page]:
    return site.root_page.get_translations(inclusive=True).select_related("locale").order_by("path").iterator()


def pages_of(site: Site) -> Any:
    descendants = Q()
    for home in homes_of(site):
        descendants |= Q(path__startswith=home.path)
    return Page.objects.filter(descendants).order_by("path")


def collections_of(site: Site) -> Any:
    return media_collection(site).get_descendants(inclusive=True)


def _write_upload(archive: ZipFile, folder: str, upload: Any) -> None:
    """Write an image or a document, with its file if the storage still has it."""
    archive.writestr(f"{folder}/{upload.pk}.json", _json(_as_data(upload)))
    if not upload.file.storage.exists(upload.file.name):
        return
    entry = ZipInfo(f"{folder}/{upload.pk}-{Path(upload.file.name).name}")
    # Images and documents are compressed already.
    entry.compress_type = ZIP_STORED
    with upload.file.open("rb") as content, archive.open(entry, "w") as copy:
        copyfileobj(content, copy)


def _as_data(record: Any) -> dict[str, Any]:
    return {field.name: field.value_to_string(record) for field in record._meta.concrete_fields}


def _json(data: Any, indent: int | None = 1) -> str:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=indent)
