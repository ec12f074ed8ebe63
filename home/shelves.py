"""The shelves of a home page: the blocks that editors can choose."""

from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page
from wagtail.snippets.blocks import SnippetChooserBlock

from home.front.base import Shelf, StoryShelf
from home.front.border import BorderShelf
from home.front.breaking import BreakingShelf
from home.front.chosen import ChosenShelf
from home.front.events import EventsShelf, is_open, topic_in
from home.shelf_filling import Source
from portal.content.blocks.links import LinkBlock, StoryChooserBlock
from portal.content.kinds import Listed, format_named, kinds, story_choices
from portal.content.records.topics import Topic
from portal.content.visibility import public_keys
from portal.platform.typography import first_sentences

LEAD_SIZE = 3
LONGEST_OPENING = 190


class LeadShelf(StoryShelf):
    story = StoryChooserBlock(label=_("Lead story"), required=False, help_text=_("Empty: the newest one."))

    class Meta:
        icon = "drawing-lead-shelf"
        label = _("Lead story")
        description = _("The story of the day, with two others beside it.")
        template = "home/shelves/lead.html"
        preview_value = {"story": None}

    def size(self, value):
        return LEAD_SIZE

    def sources(self, value, edition):
        return [Source(edition.home.pk)]

    def chosen(self, value):
        return (value["story"].pk,) if value["story"] else ()


class CountedShelf(StoryShelf):
    """A shelf with a title and a number of stories chosen by editors."""

    title = blocks.CharBlock(label=_("Title"), max_length=80)
    count = blocks.IntegerBlock(label=_("How many"), min_value=2, max_value=12, default=6)

    def size(self, value):
        return value["count"]


class LatestShelf(CountedShelf):
    class Meta:
        icon = "drawing-latest-shelf"
        label = _("Latest news")
        description = _("The newest stories of the whole site that are not shown above.")
        template = "home/shelves/latest.html"
        preview_value = {"title": "À la une cette semaine", "count": 4}

    def sources(self, value, edition):
        return [Source(edition.home.pk)]

    def more(self, value, edition):
        return edition.list_url(edition.home, "news")


class MostReadShelf(CountedShelf):
    count = blocks.IntegerBlock(label=_("How many"), min_value=2, max_value=12, default=5)

    class Meta:
        icon = "drawing-most-read-shelf"
        label = _("Most read")
        description = help_text = _(
            "The most read stories of the last seven days that are not shown above, updated each hour. "
            "The shelf is hidden until a story has been read ten times."
        )
        template = "home/shelves/most_read.html"
        preview_value = {"title": "Les plus lus", "count": 4}

    def sources(self, value, edition):
        return [Source(edition.home.pk, is_most_read=True)]

    def preview_plan(self, value, edition):
        # A preview has no readers.
        return LatestShelf().plan(value, edition)


class SectionShelf(StoryShelf):
    section = blocks.PageChooserBlock(label=_("Section"), page_type="home.SectionPage")
    layout = blocks.ChoiceBlock(
        label=_("Layout"),
        choices=[("large", _("One large, three lines")), ("three", _("Three cards"))],
        default="large",
    )

    class Meta:
        icon = "drawing-section-shelf"
        label = _("News of one section")
        description = _("The newest stories of a section and its sub-sections.")
        template = "home/shelves/section.html"
        preview_value = {"section": None, "layout": "large"}

    def size(self, value):
        return 4 if value["layout"] == "large" else 3

    def sources(self, value, edition):
        return [Source(value["section"].pk)] if is_open(value["section"], edition) else []

    def more(self, value, edition):
        return edition.url_of(value["section"]) if is_open(value["section"], edition) else ""

    def preview_plan(self, value, edition):
        first = next(iter(edition.sections), None)
        section = value["section"] or Page.objects.filter(path=first).first()
        return self.plan(self.normalize({**value, "section": section}), edition)


def first_labelled_kind() -> str:
    """The first kind of story whose cards show its name."""
    return next(kind.name for kind in kinds(Listed.STORIES) if kind.is_labelled)


class KindShelf(StoryShelf):
    title = blocks.CharBlock(label=_("Title"), max_length=80)
    kind = blocks.ChoiceBlock(label=_("Kind"), choices=story_choices, default=first_labelled_kind)

    class Meta:
        icon = "drawing-kind-shelf"
        label = _("Stories of one kind")
        description = _("A strip of the newest stories of one kind, such as portraits.")
        template = "home/shelves/kind.html"
        preview_value = {"title": "Portraits"}

    def size(self, value):
        return 4

    def sources(self, value, edition):
        return [Source(edition.home.pk, value["kind"])]

    def more(self, value, edition):
        return edition.list_url(edition.home, "news") + f"?kind={value['kind']}"

    def arrange(self, value, cards, edition, now):
        chosen = format_named(value["kind"])
        return {"size": chosen.card_size if chosen else "standard"}

    def get_preview_value(self):
        return self.normalize({**self.meta.preview_value, "kind": first_labelled_kind()})


class NetworkShelf(CountedShelf):
    count = blocks.IntegerBlock(label=_("How many"), min_value=2, max_value=12, default=3)
    topic = SnippetChooserBlock(Topic, label=_("Topic"), required=False, help_text=_("Empty: all of them."))

    class Meta:
        icon = "drawing-network-shelf"
        label = _("From the network")
        description = _("The newest stories of the other sites, in this language.")
        template = "home/shelves/network.html"
        preview_value = {"title": "Chez nos voisins", "topic": None, "count": 3}

    def sources(self, value, edition):
        topic = topic_in(value["topic"], edition)
        if value["topic"] and topic is None:
            return []
        key = topic.pk if topic else None
        return [Source(each.pk, topic=key, is_foreign=True) for each in edition.network_homes]


class PagesValue(blocks.StructValue):
    @cached_property
    def shown(self) -> list[tuple[Page, str]]:
        """The public pages in the chosen order, each with its summary or its first sentences."""
        pages = [page for page in self["pages"] if page]
        found = Page.objects.specific().in_bulk(public_keys(pages, timezone.now()))
        return [(found[page.pk], _opening(found[page.pk])) for page in pages if page.pk in found]


def _opening(page: Any) -> str:
    if summary := getattr(page, "summary", ""):
        return str(summary)
    paragraphs = (block for block in getattr(page, "body", ()) if block.block_type == "paragraph")
    texts = (text for block in paragraphs for text in block.block.get_searchable_content(block.value))
    return first_sentences(" ".join(next(texts, "").split()), LONGEST_OPENING)


class PagesShelf(Shelf):
    may_be_empty = False

    title = blocks.CharBlock(label=_("Title"), max_length=80)
    pages = blocks.ListBlock(blocks.PageChooserBlock(label=_("Page")), label=_("Pages"), min_num=1)

    class Meta:
        icon = "drawing-pages-shelf"
        label = _("Pages")
        description = _("Chosen pages, each with its introduction or its first sentences.")
        template = "home/shelves/pages.html"
        value_class = PagesValue
        preview_value = {"title": "Sur ce site", "pages": []}

    def preview_plan(self, value, edition):
        pages = value["pages"] or Page.objects.filter(path__in=list(edition.sections)[:3])
        return self.plan(self.normalize({**value, "pages": list(pages)}), edition)


class CallToActionShelf(Shelf):
    may_be_empty = False

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.TextBlock(label=_("Text"), required=False)
    link = LinkBlock(label=_("Button"))

    class Meta:
        icon = "drawing-call-shelf"
        label = _("Call to action")
        description = _("One thing that the site asks its readers to do.")
        template = "home/shelves/call_to_action.html"
        preview_value = {
            "title": "Un projet d’implantation ?",
            "text": "Nos conseillers répondent sous deux jours.",
            "link": {"label": "Nous écrire", "page": None, "url": "https://example.org/"},
        }


class PartnerLogoBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=120)
    logo = ImageChooserBlock(label=_("Logo"), required=False)
    url = blocks.URLBlock(label=_("Address"), required=False)

    class Meta:
        icon = "group"
        label = _("Partner")


class PartnersShelf(Shelf):
    may_be_empty = False

    title = blocks.CharBlock(label=_("Title"), max_length=80)
    partners = blocks.ListBlock(PartnerLogoBlock(), label=_("Partners"))

    class Meta:
        icon = "drawing-partners-shelf"
        label = _("Partners")
        description = _("The organisations behind the site.")
        template = "home/shelves/partners.html"
        preview_value = {
            "title": "Nos partenaires",
            "partners": [{"name": "Agence du bassin", "logo": None, "url": ""}],
        }


class Shelves(blocks.StreamBlock):
    breaking = BreakingShelf()
    chosen = ChosenShelf()
    lead = LeadShelf()
    latest = LatestShelf()
    most_read = MostReadShelf()
    section = SectionShelf()
    events = EventsShelf()
    border = BorderShelf()
    # The name is part of stored pages.
    portraits = KindShelf()
    network = NetworkShelf()
    pages = PagesShelf()
    call_to_action = CallToActionShelf()
    partners = PartnersShelf()

    class Meta:
        required = False
        # The ids on the map occur once.
        block_counts = {"border": {"max_num": 1}}
