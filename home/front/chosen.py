"""The shelf of chosen stories: an editor decides which, in which layout, and under which headline."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError
from wagtail.images.blocks import ImageChooserBlock

from home.front.base import StoryShelf
from home.front.layouts import MOST_PLACES, PLACES, Layout, Look, fitting, looks
from home.front.links import CompanionLinkBlock, PublicLink, public_link
from home.shelf_filling import Source
from portal.content.blocks.links import StoryChooserBlock
from portal.content.records.cards import IMAGE_COLUMNS, Card, CardImage
from portal.content.serving.editions import Edition

MOST_LINKS = 3


class ShownPicture(TextChoices):
    """The picture of a story on this shelf."""

    OWN = "own", _("The story’s picture")
    OTHER = "other", _("Another picture")
    NONE = "none", pgettext_lazy("a picture", "None")


class LayoutChoice(forms.RadioSelect):
    """Shows a drawing of each layout."""

    option_template_name = "home/layout_option.html"


class QuoteOnShelfBlock(blocks.StructBlock):
    """The quote that the layout “quote with portrait” shows; other layouts leave it out."""

    may_be_empty = True

    text = blocks.TextBlock(
        label=pgettext_lazy("of a quote", "Words"),
        required=False,
        max_length=240,
        help_text=_("Without quotation marks."),
    )
    who = blocks.CharBlock(label=_("Who says it"), required=False, max_length=120)
    portrait = ImageChooserBlock(label=_("Portrait"), required=False)

    class Meta:
        icon = "openquote"
        label = pgettext_lazy("somebody's words", "Quote")


class PlaceBlock(blocks.StructBlock):
    """One place of the shelf. Without a story it is filled by date, and its other fields must be empty."""

    may_be_empty = True

    story = StoryChooserBlock(
        label=_("Story"), required=False, help_text=_("Empty: the newest story that is not shown yet.")
    )
    headline = blocks.CharBlock(
        label=_("Headline on this page"), required=False, max_length=120, help_text=_("Empty: the story’s title.")
    )
    kicker = blocks.CharBlock(
        label=_("Kicker"),
        required=False,
        max_length=40,
        help_text=_("A word or two above the headline. Empty: the section."),
    )
    teaser = blocks.TextBlock(
        label=_("Teaser on this page"), required=False, max_length=300, help_text=_("Empty: the story’s teaser.")
    )
    picture = blocks.ChoiceBlock(label=_("Picture"), choices=ShownPicture.choices, default=ShownPicture.OWN)
    image = ImageChooserBlock(label=_("Another picture"), required=False)
    quote = QuoteOnShelfBlock(required=False)
    links = blocks.ListBlock(
        CompanionLinkBlock(), label=_("With it"), default=[], max_num=MOST_LINKS, help_text=_("Up to three links.")
    )

    class Meta:
        icon = "doc-full"
        label = pgettext_lazy("on a shelf", "Place")
        label_format = "{story} {headline}"
        form_layout = BlockGroup(
            ["story", "headline", "kicker", "teaser"], settings=["picture", "image", "quote", "links"]
        )

    def clean(self, value):
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        errors = {}
        own = ("headline", "kicker", "teaser", "image", "links")
        if not cleaned["story"] and (any(cleaned[name] for name in own) or cleaned["quote"]["text"]):
            errors["story"] = ValidationError(_("Choose the story that these words belong to, or remove them."))
        if cleaned["picture"] == ShownPicture.OTHER and not cleaned["image"]:
            errors["image"] = ValidationError(_("Choose the other picture."))
        if errors:
            raise StructBlockValidationError(errors)
        return cleaned


class PlacesBlock(blocks.ListBlock):
    """Starts with the open places of the first layout."""

    def get_default(self):
        return self.normalize([self.child_block.get_default() for _ in range(PLACES[Layout.LARGE][0])])


@dataclass(frozen=True)
class ChosenStory:
    """A story on the shelf as its card shows it, with the words that an editor wrote for it."""

    card: Card
    look: Look
    kicker: str = ""
    teaser: str = ""
    links: tuple[PublicLink, ...] = ()
    quote: blocks.StructValue | None = None


class ChosenShelf(StoryShelf):
    title = blocks.CharBlock(
        label=_("Title"), required=False, max_length=80, help_text=_("Empty: the shelf has no title.")
    )
    layout = blocks.ChoiceBlock(
        label=_("Layout"), choices=Layout.choices, default=Layout.LARGE, widget=LayoutChoice, search_index=False
    )
    places = PlacesBlock(PlaceBlock(), label=_("Stories"), min_num=1, max_num=MOST_PLACES)

    class Meta:
        icon = "drawing-chosen-shelf"
        label = pgettext_lazy("stories on a shelf", "Chosen")
        description = help_text = _(
            "One to seven stories that you choose, in one of six layouts, with headlines for this page. "
            "An open place, or one whose story is no longer public, is filled by date."
        )
        template = "home/shelves/chosen.html"
        preview_value = {"title": "", "layout": Layout.LARGE}

    def get_preview_value(self):
        return self.normalize({**self.meta.preview_value, "places": self.child_blocks["places"].get_default()})

    def size(self, value):
        # A draft may have too few or too many places.
        least, most = PLACES[_layout(value)]
        return min(max(len(value["places"]), least), most)

    def sources(self, value, edition):
        return [Source(edition.home.pk)]

    def chosen(self, value):
        keys = [place["story"].pk if place["story"] else None for place in value["places"]]
        return tuple(keys[: self.size(value)])

    def arrange(self, value, cards, edition, now):
        if not cards:
            return {}
        words = {place["story"].pk: place for place in reversed(value["places"]) if place["story"]}
        first = words.get(cards[0].pk)
        layout = fitting(
            _layout(value),
            len(cards),
            has_picture=_picture(cards[0], first) is not None,
            has_quote=bool(first and first["quote"]["text"]),
        )
        shown = zip(cards, looks(layout), strict=False)
        places = [_place(card, look, words.get(card.pk), edition, now) for card, look in shown]
        # The stories after the third are a row of their own, below the others.
        below = PLACES[layout][0] if layout is Layout.LARGE else MOST_PLACES
        return {"layout": layout.value, "places": places[:below], "lines": places[below:]}

    def clean(self, value):
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        errors: dict[str, Any] = {}
        if message := _wrong_number(_layout(cleaned), len(cleaned["places"])):
            errors["layout"] = ValidationError(message)
        stories = [place["story"].pk if place["story"] else None for place in cleaned["places"]]
        if repeated := {at for at, key in enumerate(stories) if key and key in stories[:at]}:
            again = ValidationError(_("This story is on the shelf already."))
            errors["places"] = ListBlockValidationError(
                {at: StructBlockValidationError({"story": again}) for at in repeated}
            )
        if not errors and _layout(cleaned) == Layout.QUOTE and not cleaned["places"][0]["quote"]["text"]:
            errors["layout"] = ValidationError(_("This layout shows a quote: write it in the settings of the story."))
        if errors:
            raise StructBlockValidationError(errors)
        return cleaned


def _layout(value: blocks.StructValue) -> Layout:
    return Layout(value["layout"]) if value["layout"] in Layout else Layout.LARGE


def _wrong_number(layout: Layout, count: int) -> str:
    """The error message for a number of places that does not fit the layout; otherwise empty."""
    least, most = PLACES[layout]
    name = {"layout": layout.label, "least": least, "most": most}
    if count < least:
        message = ngettext(
            "“%(layout)s” needs %(least)s story: add a place. An open place is filled by date.",
            "“%(layout)s” needs %(least)s stories: add places. An open place is filled by date.",
            least,
        )
        return message % name
    if count > most:
        message = ngettext(
            "“%(layout)s” has room for %(most)s story: remove the others or choose another layout.",
            "“%(layout)s” has room for %(most)s stories: remove the others or choose another layout.",
            most,
        )
        return message % name
    return ""


def _place(card: Card, look: Look, words: blocks.StructValue | None, edition: Edition, now: datetime) -> ChosenStory:
    if words is None:
        return ChosenStory(card if look.slot else replace(card, image=None), look)
    shown = replace(
        card,
        title=words["headline"] or card.title,
        image=_picture(card, words) if look.slot else None,
    )
    links = (public_link(link, edition, now) for link in words["links"])
    quote = words["quote"] if look.with_quote and words["quote"]["text"] else None
    return ChosenStory(shown, look, words["kicker"], words["teaser"], tuple(link for link in links if link), quote)


def _picture(card: Card, words: blocks.StructValue | None) -> CardImage | None:
    if words and words["picture"] == ShownPicture.NONE:
        return None
    image = words["image"] if words and words["picture"] == ShownPicture.OTHER else None
    # The other picture may have been deleted.
    return CardImage(image.pk, *(getattr(image, name) for name in IMAGE_COLUMNS)) if image else card.image
