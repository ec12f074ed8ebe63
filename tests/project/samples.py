"""Builds a published page of any registered kind, so that tests cover later kinds too."""

from django.utils.text import slugify

from articles.stories import StoryPage
from events.models import CalendarPage, EventPage
from home.models import HomePage
from portal.content.pages.pages import PortalPage
from portal.media.models import Document
from tests.builders import SampleSite, make_document, make_event, unsaved
from tests.publishing import publish

TITLE = "Zinnoberrot"


def make_page_of(model: type[PortalPage], ground: SampleSite, title: str = TITLE) -> PortalPage:
    """A complete page; each file field has a file."""
    parents = model.allowed_parent_page_models()
    if issubclass(model, EventPage):
        return make_event(ground.calendar, title)
    parent = ground.calendar if CalendarPage in parents else ground.home if HomePage in parents else ground.section
    if not issubclass(model, StoryPage):
        return publish(model(title=title, slug=slugify(title), locale=parent.locale), parent)
    choosing = [field.name for field in model._meta.local_fields if field.related_model is Document]
    files = {name: make_document("Aufnahme", "aufnahme.mp3", b"ID3") for name in choosing}
    return publish(unsaved(model, parent, title, **files), parent)
