"""The text of a page's share image, and the image's URL."""

from dataclasses import astuple, dataclass
from hashlib import blake2s

from django.urls import reverse
from wagtail.models import Page

from portal.content.serving.editions import Edition
from portal.content.share.drawing import DESIGN
from portal.platform.typography import typeset


@dataclass(frozen=True)
class ShareImageText:
    title: str
    label: str
    site: str
    brand: str

    @property
    def version(self) -> str:
        words = repr((DESIGN, *astuple(self)))
        return blake2s(words.encode(), digest_size=8).hexdigest()


def share_image_text(page: Page, edition: Edition) -> ShareImageText:
    """The text to draw for a page: title (the tagline for the home page), section and site."""
    is_home = page.path == edition.home.path
    section = edition.section_of(page.path)
    return ShareImageText(
        title=typeset(edition.wording.tagline if is_home and edition.wording.tagline else page.title, edition.language),
        label=section.label if section and not is_home else "",
        site=edition.name,
        brand=edition.settings.brand_colour,
    )


def share_image_url(page: Page, edition: Edition) -> str:
    """The full URL of a page's share image; empty for an unsaved page or another site's."""
    if not page.pk or not page.path.startswith(edition.home.path):
        return ""
    return edition.full(reverse("share_image", args=[page.pk, share_image_text(page, edition).version]))
