"""The stream blocks of page bodies, and the blocks that each of them offers."""

from itertools import pairwise

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from portal.content.blocks.charts import ChartBlock
from portal.content.blocks.facts import KeyFiguresBlock, TableBlock, TimelineBlock
from portal.content.blocks.links import ButtonBlock, DownloadBlock, RelatedLinksBlock
from portal.content.blocks.maps import MapBlock
from portal.content.blocks.pictures import FigureBlock, GalleryBlock, VideoBlock
from portal.content.blocks.recordings import RecordingBlock
from portal.content.blocks.sheets import SheetBlock
from portal.content.blocks.text import (
    AccordionBlock,
    CallOutBlock,
    CodeBlock,
    ExchangeBlock,
    ExchangeValue,
    FactBoxBlock,
    HeadingBlock,
    HeadingValue,
    ParagraphBlock,
    QuoteBlock,
)
from portal.platform.slugs import first_free

# The anchors in the templates of pages.
TEMPLATE_ANCHORS = ("main", "correction")


def anchor_headings(body: blocks.StreamValue) -> list[HeadingValue]:
    """Give each heading of a body a unique anchor and return the headings in order."""
    # Iterating over the body itself would fetch the image and page of every block.
    headings = [body[place].value for place, raw in enumerate(body.raw_data) if raw["type"] == "heading"]
    taken = set(TEMPLATE_ANCHORS)
    for heading in headings:
        heading.anchor = first_free(slugify(heading["text"])[:80] or "section", taken)
        taken.add(heading.anchor)
    return headings


def name_speakers_once(body: blocks.StreamValue) -> None:
    """Name the speaker of an interview answer only if the previous answer is by somebody else."""
    answers: list[ExchangeValue] = [
        body[place].value for place, raw in enumerate(body.raw_data) if raw["type"] == "exchange"
    ]
    for before, answer in pairwise(answers):
        answer.is_new_speaker = answer["speaker"] != before["speaker"]


class StoryBody(blocks.StreamBlock):
    """The text of a story, an event or a plain page."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock()
    quote = QuoteBlock()
    figure = FigureBlock()
    table = TableBlock()
    chart = ChartBlock()
    map = MapBlock()
    call_out = CallOutBlock()
    download = DownloadBlock()
    button = ButtonBlock()
    related_links = RelatedLinksBlock()
    accordion = AccordionBlock()
    code = CodeBlock()
    exchange = ExchangeBlock()
    gallery = GalleryBlock()
    video = VideoBlock()
    recording = RecordingBlock()
    fact_box = FactBoxBlock()
    key_figures = KeyFiguresBlock()
    timeline = TimelineBlock()
    sheet = SheetBlock()

    def get_context(self, value, parent_context=None):
        anchor_headings(value)
        name_speakers_once(value)
        return super().get_context(value, parent_context=parent_context)

    class Meta:
        template = "blocks/stream.html"
        required = False


class CreditBlock(blocks.StructBlock):
    role = blocks.CharBlock(label=_("For what"), max_length=80)
    name = blocks.CharBlock(label=_("Who"), max_length=160)

    class Meta:
        icon = "user"
