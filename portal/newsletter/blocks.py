"""The blocks of an issue: groups of stories and events, editorial notes and buttons."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from portal.content.blocks.links import ButtonBlock, EventChooserBlock, StoryChooserBlock
from portal.content.blocks.pictures import FigureBlock
from portal.content.blocks.text import HeadingBlock, ParagraphBlock

SECTION_TYPE = "home.SectionPage"


class IssueIntroduction(blocks.StreamBlock):
    paragraph = ParagraphBlock()
    heading = HeadingBlock()
    figure = FigureBlock()
    button = ButtonBlock()

    class Meta:
        template = "blocks/stream.html"
        required = False


class StoryEntryBlock(blocks.StructBlock):
    page = StoryChooserBlock(label=_("Story"))
    title = blocks.CharBlock(label=_("Other title"), required=False, max_length=160, help_text=_("Empty: the story's."))
    text = blocks.TextBlock(
        label=_("Other text"), required=False, max_length=400, help_text=_("Empty: the story's standfirst.")
    )

    class Meta:
        icon = "doc-full"
        label = _("Story")
        label_format = "{page} {title}"
        collapsed = True


class GroupBlock(blocks.StructBlock):
    """Stories and events of one section, for the subscribers who chose that section."""

    title = blocks.CharBlock(label=_("Title"), max_length=80)
    section = blocks.PageChooserBlock(
        label=_("Section"), page_type=SECTION_TYPE, required=False, help_text=_("Empty: every subscriber gets it.")
    )
    stories = blocks.ListBlock(StoryEntryBlock(), label=_("Stories"), default=[])
    events = blocks.ListBlock(EventChooserBlock(label=_("Event")), label=_("Coming events"), default=[])

    class Meta:
        icon = "folder-open-inverse"
        label = _("Section")
        label_format = "{title}"
        description = _("Stories and events under one heading.")
        template = "newsletter/blocks/group.html"
        preview_value: ClassVar[dict[str, Any]] = {"title": "Transitions", "section": None, "stories": [], "events": []}


class EditorialNoteBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    text = ParagraphBlock(label=_("Text"))

    class Meta:
        icon = "pilcrow"
        label = _("Editorial note")
        description = _("A paragraph between the sections: a call, an appointment, a thank you.")
        template = "newsletter/blocks/editorial_note.html"
        preview_value = {
            "title": "À vos agendas",
            "text": "<p>La rédaction ouvre ses portes le premier jeudi du mois.</p>",
        }


class IssueContent(blocks.StreamBlock):
    group = GroupBlock()
    note = EditorialNoteBlock()
    button = ButtonBlock()

    class Meta:
        required = False
