"""What people do with the trash in the newsroom."""

from typing import Any

from django.test import Client
from django.urls import reverse
from wagtail.models import Page


def delete(client: Client, page: Page) -> Any:
    return client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))


def restore(client: Client, *pages: Page, **data: Any) -> Any:
    return client.post(reverse("restore_from_trash"), {"key": [page.pk for page in pages], **data})


def row_of(page: Page) -> Page:
    return Page.objects.get(pk=page.pk)
