"""The fields that publication requires. A site's pages share one picture, because pictures are slow to create."""

from functools import cache
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image as Canvas
from wagtail.models import Collection, Locale, Page

from articles.stories import StoryPage
from events.models import EventPage, RecapPage
from portal.content.records.topics import Topic
from portal.editorial.roles import media_collection
from portal.media.models import Image

STANDFIRST = "Deux phrases en disent l’essentiel."
PLACE = "Salle commune"
BODY = [{"type": "paragraph", "value": "<p>La salle était pleine.</p>"}]


@cache
def picture(width: int = 1200, height: int = 800, kind: str = "PNG") -> bytes:
    """The content of a plain picture file."""
    file = BytesIO()
    Canvas.new("RGB", (width, height), "#7a1f2b").save(file, kind)
    return file.getvalue()


def lead_image(place: Page) -> Image:
    """The picture of the site's stories, in the site's own collection."""
    site = place.get_site()
    title = f"Illustration {site.hostname if site else ''}"
    image = Image.objects.filter(title=title).first()
    if image is None:
        collection = media_collection(site) if site else Collection.get_first_root_node()
        file = ImageFile(BytesIO(picture()), name="illustration.png")
        return Image.objects.create(title=title, file=file, collection=collection)
    # A test with its own media folder gets the picture there as well.
    if not image.file.storage.exists(image.file.name):
        image.file.storage.save(image.file.name, ContentFile(picture()))
    return image


def topic(language: Locale) -> Topic:
    """A topic of the whole network."""
    return Topic.objects.get_or_create(slug="territoire", locale=language, site=None, defaults={"name": "Territoire"})[
        0
    ]


def essentials(model: type[Page], place: Page, given: dict[str, Any]) -> dict[str, Any]:
    """The given fields, plus those that the checklist requires; a field given as empty stays empty."""
    facts = {"standfirst": STANDFIRST, **given}
    if "topics" not in facts:
        facts["topics"] = [topic(place.locale)]
    if issubclass(model, StoryPage) and "lead_image" not in facts:
        facts["lead_image"] = lead_image(place)
    if facts.get("lead_image"):
        facts.setdefault("lead_image_alt", "Un atelier")
    if issubclass(model, RecapPage):
        facts.setdefault("body", BODY)
    if issubclass(model, EventPage) and not any(facts.get(name) for name in ("venue", "address", "online_url")):
        facts.setdefault("place", PLACE)
    return facts
