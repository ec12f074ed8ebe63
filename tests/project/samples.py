"""Builds a published page of any registered kind, so that tests cover later kinds too."""

from typing import Any

from django.utils.text import slugify

from articles.stories import StoryPage
from events.models import CalendarPage, EventPage
from home.models import DossierPage, HomePage
from portal.content.kinds import Format, Kind
from portal.content.pages.pages import PortalPage
from portal.media.models import Document
from tests.builders import SampleSite, make_document, make_event, make_image, make_person, unsaved
from tests.home.dossiers.making import chapter, link_to
from tests.publishing import publish

TITLE = "Zinnoberrot"


def facts_of(kind: Kind) -> dict[str, Any]:
    """What a story of this format needs; nothing for a kind."""
    if not isinstance(kind, Format):
        return {}
    exchange = {"question": "Pourquoi ?", "speaker": "", "answer": "<p>Parce que.</p>"}
    pictures = [{"image": make_image().pk, "alt": "Un atelier"}]
    facts: dict[str, dict[str, Any]] = {
        "opinion": {"authors": [make_person("Anne Zeller")]},
        "interview": {"body": [{"type": "exchange", "value": exchange}]},
        "pictures": {"body": [{"type": "gallery", "value": {"images": pictures}}]},
        "link": {"link": "https://ailleurs.example/article"},
    }
    return {"format": kind.name, **facts.get(kind.name, {})}


def make_page_of(model: type[PortalPage], ground: SampleSite, title: str = TITLE, **facts: Any) -> PortalPage:
    """A complete page; each file field has a file."""
    parents = model.allowed_parent_page_models()
    if issubclass(model, EventPage):
        return make_event(ground.calendar, title)
    parent = ground.calendar if CalendarPage in parents else ground.home if HomePage in parents else ground.section
    if not issubclass(model, StoryPage):
        return publish(model(title=title, slug=slugify(title), locale=parent.locale), parent)
    choosing = [field.name for field in model._meta.local_fields if field.related_model is Document]
    if issubclass(model, DossierPage):
        facts["chapters"] = [chapter("Repères", link_to())]
    files = {name: make_document("Aufnahme", "aufnahme.mp3", b"ID3") for name in choosing}
    return publish(unsaved(model, parent, title, **files, **facts), parent)
