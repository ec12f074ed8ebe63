"""The six layouts of a shelf of chosen stories: how many stories each has, and at which size it shows them."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MOST_PLACES = 7


class Layout(TextChoices):
    LARGE = "large", _("One large, two small")
    TEXT = "text", _("One large, text only")
    QUOTE = "quote", _("Quote with portrait")
    PICTURE = "picture", _("Full-width picture")
    PAIR = "pair", _("Two of equal size")
    BRIEFS = "briefs", _("In brief, with times")


class Look(NamedTuple):
    """The size of a card, and its picture slot (`portal.media.picture.SLOTS`); without a slot it has no picture."""

    size: str
    slot: str
    # Whether the quote stands beside the card.
    with_quote: bool = False


# The fewest and the most stories of each layout.
PLACES = {
    Layout.LARGE: (3, MOST_PLACES),
    Layout.TEXT: (1, 1),
    Layout.QUOTE: (1, 1),
    Layout.PICTURE: (1, 1),
    Layout.PAIR: (2, 2),
    Layout.BRIEFS: (3, MOST_PLACES),
}
# The looks of the first stories of each layout. All further stories look like the last one.
LOOKS = {
    Layout.LARGE: (Look("lead", "lead"), Look("standard", "card"), Look("standard", "card"), Look("line", "")),
    Layout.TEXT: (Look("display", ""),),
    Layout.QUOTE: (Look("large", "", with_quote=True),),
    Layout.PICTURE: (Look("lead", "banner"),),
    Layout.PAIR: (Look("large", "large"),),
    Layout.BRIEFS: (Look("brief", ""),),
}
# Fallbacks if there are too few stories, largest first.
SMALLER = (Layout.PAIR, Layout.PICTURE, Layout.TEXT)


def fitting(wanted: Layout, count: int, *, has_picture: bool, has_quote: bool) -> Layout:
    """The wanted layout if it can be filled, otherwise the largest smaller one. `count` is at least 1.

    `has_picture` and `has_quote` are about the first story.
    """
    lacks = {Layout.PICTURE: not has_picture, Layout.QUOTE: not has_quote}
    return next(each for each in (wanted, *SMALLER) if count >= PLACES[each][0] and not lacks.get(each))


def looks(layout: Layout) -> Iterator[Look]:
    """The looks of a layout's stories in order. The iterator is endless."""
    yield from LOOKS[layout]
    while True:
        yield LOOKS[layout][-1]
