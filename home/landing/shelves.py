"""The shelves that editors can put on a plain page, which makes it a landing page."""

from wagtail import blocks

from home.front.events import EventsShelf
from home.landing.blocks import (
    CardsShelf,
    ColumnsShelf,
    FormShelf,
    HeroShelf,
    LetterShelf,
    PersonShelf,
    PictureTextShelf,
    StoriesShelf,
    TabsShelf,
)
from home.shelves import CallToActionShelf, PagesShelf, PartnersShelf


class LandingShelves(blocks.StreamBlock):
    hero = HeroShelf()
    columns = ColumnsShelf()
    cards = CardsShelf()
    picture_text = PictureTextShelf()
    tabs = TabsShelf()
    person = PersonShelf()
    stories = StoriesShelf()
    events = EventsShelf()
    pages = PagesShelf()
    form = FormShelf()
    letter = LetterShelf()
    call_to_action = CallToActionShelf()
    partners = PartnersShelf()

    class Meta:
        required = False
        # Both are unique on a page: the heading of the page, and the id of the address field.
        block_counts = {"hero": {"max_num": 1}, "letter": {"max_num": 1}}
