"""The pictures and documents of an export for WordPress: their numbers, URLs and items."""

from collections.abc import Iterator
from datetime import UTC
from itertools import batched
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.urls import reverse
from wagtail.images.utils import generate_signature
from wagtail.models import Page, Site

from portal.editorial.roles import homes_of
from portal.media.models import Document, Image
from portal.moving.exporting.pages import AT_ONCE, exported_address
from portal.moving.wordpress.records import Item

WHOLE = "original"


class Attachments:
    """Numbers pictures and documents above all pages, and collects the ones in use."""

    def __init__(self, site: Site):
        self.site = site
        self.homes = homes_of(site)
        self.first_picture = Page.objects.aggregate(highest=Max("pk"))["highest"] or 0
        self.first_document = self.first_picture + (Image.objects.aggregate(highest=Max("pk"))["highest"] or 0)
        # The alternative text and caption of the picture's first use.
        self.pictures: dict[int, tuple[str, str]] = {}
        self.documents: set[int] = set()

    def picture(self, image: Any, alt: str = "", caption: str = "") -> tuple[int, str]:
        self.pictures.setdefault(image.pk, (alt, caption))
        return self.first_picture + image.pk, self.picture_address(image.pk)

    def picture_address(self, key: int) -> str:
        # The URL has no version in its query, so that WordPress stores each picture once.
        return self.site.root_url + reverse("picture", args=[generate_signature(key, WHOLE), key, WHOLE])

    def document(self, document: Any) -> tuple[int, str] | None:
        if document.is_gated:
            return None
        self.documents.add(document.pk)
        return self.first_document + document.pk, self.site.root_url + document.url

    def document_address(self, key: int) -> str | None:
        found = Document.objects.filter(pk=key).first()
        numbered = self.document(found) if found else None
        return numbered[1] if numbered else None

    def page_address(self, key: int) -> str | None:
        page = Page.objects.filter(pk=key, live=True).first()
        if page is None:
            return None
        home = next((home for home in self.homes if page.path.startswith(home.path)), None)
        return exported_address(self.site, home, page) if home else page.full_url

    def items(self, zone: ZoneInfo) -> Iterator[Item]:
        for keys in batched(sorted(self.pictures), AT_ONCE):
            for image in Image.objects.filter(pk__in=keys).order_by("pk"):
                alt, caption = self.pictures[image.pk]
                meta = {"_wp_attachment_image_alt": [image.description or alt], "credit": [image.credit]}
                number, address = self.first_picture + image.pk, self.picture_address(image.pk)
                yield _item(image, number, address, zone, meta, caption)
        for keys in batched(sorted(self.documents), AT_ONCE):
            for document in Document.objects.filter(pk__in=keys).order_by("pk"):
                number, address = self.first_document + document.pk, self.site.root_url + document.url
                yield _item(document, number, address, zone, {}, "")


def _item(file: Any, number: int, address: str, zone: ZoneInfo, meta: dict[str, list[str]], excerpt: str) -> Item:
    name = PurePosixPath(file.file.name).name
    return Item(
        wp_id=number,
        kind="attachment",
        title=file.title,
        link=address,
        slug=f"file-{number}",
        status="inherit",
        excerpt=excerpt,
        date=file.created_at.astimezone(zone),
        date_gmt=file.created_at.astimezone(UTC),
        file_address=address,
        meta={**{key: values for key, values in meta.items() if any(values)}, "_wp_attached_file": [name]},
    )
