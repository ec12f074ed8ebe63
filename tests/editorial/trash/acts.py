"""What people do with the trash in the newsroom."""

from typing import Any

from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from portal.content.records.trash import DeletedRecord
from portal.media.models import Document, Image


def delete(client: Client, page: Page) -> Any:
    return client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))


def restore(client: Client, *pages: Page, **data: Any) -> Any:
    return client.post(reverse("restore_from_trash"), {"key": [page.pk for page in pages], **data})


def row_of(page: Page) -> Page:
    return Page.objects.get(pk=page.pk)


def address_of_deletion(record: Any) -> str:
    names = {Image: "wagtailimages", Document: "wagtaildocs"}
    space = names.get(type(record)) or f"wagtailsnippets_core_{record._meta.model_name}"
    return reverse(f"{space}:delete", args=[record.pk])


def restore_records(client: Client, *entries: DeletedRecord) -> Any:
    """Restore these records, or all in the trash."""
    keys = [entry.pk for entry in entries or DeletedRecord.objects.all()]
    return client.post(reverse("restore_from_trash"), {"record": keys})
