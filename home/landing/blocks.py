"""The shelves that only landing pages have: hero, columns, cards, tabs, a person, stories, a form, the newsletter."""

from typing import Any

from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.snippets.blocks import SnippetChooserBlock

from home.front.base import Shelf
from home.front.events import is_open, topic_in
from home.front.links import OptionalLinkBlock, public_link
from home.landing.parts import ColumnBlock, LandingCardBlock, LandingPictureBlock, TabBlock
from home.shelf_filling import Source
from home.shelves import CountedShelf
from portal.content.blocks.previews import PreviewsOwnFile
from portal.content.blocks.text import PARAGRAPHS, LabelChoiceBlock
from portal.content.kinds import story_choices
from portal.content.records.people import Person
from portal.content.records.topics import Topic

SAMPLE_LINK = {"label": "Nous écrire", "page": None, "document": None, "url": "https://example.org/"}
NO_LINK = {"label": "", "page": None, "document": None, "url": ""}


def picture_of(file: Any) -> dict[str, Any]:
    return {"image": file, "alt": "", "decorative": file is not None}


class PicturedShelf(Shelf, PreviewsOwnFile):
    """A shelf whose preview shows a picture that the user may choose."""

    may_be_empty = False

    def preview_model(self):
        return get_image_model()

    def preview_files(self, file):
        return {"picture": picture_of(file)}


class HeroShelf(PicturedShelf):
    title = blocks.CharBlock(
        label=_("Title"), required=False, max_length=120, help_text=_("Empty: the title of the page.")
    )
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=400, help_text=_("One or two sentences."))
    picture = LandingPictureBlock()
    links = blocks.ListBlock(
        OptionalLinkBlock(), label=_("Buttons"), default=[], max_num=2, help_text=_("The first one is the main one.")
    )

    class Meta:
        icon = "drawing-hero-shelf"
        label = pgettext_lazy("of a landing page", "Opening")
        description = help_text = _(
            "A title beside a large picture, with one or two buttons. It is at the top of the page, in place of the "
            "page’s title and introduction."
        )
        template = "home/landing/hero.html"
        preview_value = {
            "title": "S’implanter en Lorraine",
            "text": "Des terrains, des équipes et trois frontières à moins d’une heure.",
            "links": [SAMPLE_LINK],
        }

    def arrange(self, value, cards, edition, now):
        links = (public_link(link, edition, now) for link in value["links"])
        return {"links": [link for link in links if link]}


class ColumnsShelf(PicturedShelf):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    columns = blocks.ListBlock(ColumnBlock(), label=pgettext_lazy("of a layout", "Columns"), min_num=1, max_num=3)

    class Meta:
        icon = "drawing-columns-shelf"
        label = pgettext_lazy("of a layout", "Columns")
        description = _("One to three columns of text, each with a picture and a link if you like.")
        template = "home/landing/columns.html"
        preview_value = {"title": "Pourquoi ici"}

    def preview_files(self, file):
        texts = (
            ("Du terrain", "<p>Douze parcs d’activités prêts à bâtir, desservis par le rail ou par l’eau.</p>"),
            ("Des métiers", "<p>Quatre-vingts formations industrielles, dont la moitié en alternance.</p>"),
            ("Des voisins", "<p>Luxembourg, Sarrebruck et Liège à moins de deux heures.</p>"),
        )
        return {
            "columns": [
                {"title": title, "picture": picture_of(None), "text": text, "link": NO_LINK} for title, text in texts
            ]
        }

    def arrange(self, value, cards, edition, now):
        return {"columns": [(column, public_link(column["link"], edition, now)) for column in value["columns"]]}


class CardsShelf(PicturedShelf):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    cards = blocks.ListBlock(LandingCardBlock(), label=pgettext_lazy("of a layout", "Cards"), min_num=2, max_num=6)

    class Meta:
        icon = "drawing-cards-shelf"
        label = pgettext_lazy("of a layout", "Cards")
        description = _("Two to six cards with a picture, a title, a sentence and a link.")
        template = "home/landing/cards.html"
        preview_value = {"title": "Vos premiers pas"}

    def preview_files(self, file):
        texts = (("Trouver un site", "Bureaux, ateliers et terrains."), ("Recruter", "Les réseaux et les aides."))
        return {
            "cards": [
                {"title": title, "picture": picture_of(file), "text": text, "link": SAMPLE_LINK}
                for title, text in texts
            ]
        }

    def arrange(self, value, cards, edition, now):
        # `cards` are stories; this shelf has its own.
        return {"entries": [(card, public_link(card["link"], edition, now)) for card in value["cards"]]}


class PictureTextShelf(PicturedShelf):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    picture = LandingPictureBlock()
    side = LabelChoiceBlock(
        label=_("Side of the picture"),
        choices=[("start", _("Before the text")), ("end", _("After the text"))],
        default="start",
        help_text=_("On a phone, the picture is above the text."),
    )
    text = blocks.RichTextBlock(label=_("Text"), features=PARAGRAPHS)
    link = OptionalLinkBlock(label=_("Button"))

    class Meta:
        icon = "drawing-picture-text-shelf"
        label = _("Picture and text")
        description = _("A picture beside a text, on the side that you choose.")
        template = "home/landing/picture_text.html"
        preview_value = {
            "title": "Une équipe sur place",
            "side": "start",
            "text": "<p>Nos conseillers visitent les sites avec vous et préparent les dossiers d’aide.</p>",
            "link": SAMPLE_LINK,
        }

    def arrange(self, value, cards, edition, now):
        return {"link": public_link(value["link"], edition, now)}


class TabsShelf(Shelf):
    may_be_empty = False

    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    tabs = blocks.ListBlock(TabBlock(), label=pgettext_lazy("of a layout", "Tabs"), min_num=2, max_num=6)

    class Meta:
        icon = "drawing-tabs-shelf"
        label = pgettext_lazy("of a layout", "Tabs")
        description = _("Two to six texts of which readers see one at a time. In print they are one below the other.")
        template = "home/landing/tabs.html"
        preview_value = {
            "title": "Selon votre projet",
            "tabs": [
                {"title": "Créer", "text": "<p>Un accompagnement de cent jours, gratuit.</p>"},
                {"title": "Reprendre", "text": "<p>Deux cents ateliers cherchent un successeur.</p>"},
            ],
        }


class PersonShelf(Shelf):
    may_be_empty = False

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=400)
    person = SnippetChooserBlock(Person, label=_("Person"), help_text=_("Readers see their picture, name and role."))
    telephone = blocks.CharBlock(label=_("Telephone"), required=False, max_length=40)
    email = blocks.EmailBlock(label=_("E-mail"), required=False)
    link = OptionalLinkBlock(label=_("Button"))

    class Meta:
        icon = "drawing-person-shelf"
        label = _("Call to action with a person")
        description = _("Who answers, with face, telephone and e-mail address.")
        template = "home/landing/person.html"
        preview_value = {
            "title": "Parlons de votre projet",
            "text": "Un appel suffit pour savoir ce qui est possible.",
            "person": None,
            "telephone": "03 00 00 00 00",
            "email": "projets@example.org",
            "link": NO_LINK,
        }

    def arrange(self, value, cards, edition, now):
        person = value["person"]
        is_here = person is not None and person.site_id in (None, edition.site.pk)
        return {
            "person": person if is_here else None,
            "role": person.role_in(edition.language) if is_here else "",
            "dialled": "".join(sign for sign in value["telephone"] or "" if sign.isdigit() or sign == "+"),
            "link": public_link(value["link"], edition, now),
        }

    def preview_plan(self, value, edition):
        person = value["person"] or Person.objects.available_at(edition.site).order_by("pk").first()
        return self.plan(self.normalize({**value, "person": person}), edition)


class StoriesShelf(CountedShelf):
    count = blocks.IntegerBlock(label=_("How many"), min_value=1, max_value=12, default=3)
    section = blocks.PageChooserBlock(
        label=_("Section"), page_type="home.SectionPage", required=False, help_text=_("Empty: the whole site.")
    )
    topic = SnippetChooserBlock(Topic, label=_("Topic"), required=False, help_text=_("Empty: all of them."))
    kind = blocks.ChoiceBlock(
        label=_("Kind"), choices=story_choices, required=False, search_index=False, help_text=_("Empty: all of them.")
    )

    class Meta:
        icon = "drawing-stories-shelf"
        label = _("Stories by section, topic and kind")
        description = _("The newest stories that fit your choice.")
        template = "home/shelves/latest.html"
        preview_value = {"title": "À lire", "count": 3, "section": None, "topic": None, "kind": ""}

    def sources(self, value, edition):
        topic = topic_in(value["topic"], edition)
        is_closed = value["section"] and not is_open(value["section"], edition)
        if is_closed or (value["topic"] and topic is None):
            return []
        above = value["section"] or edition.home
        return [Source(above.pk, value["kind"] or None, topic.pk if topic else None)]

    def more(self, value, edition):
        topic = topic_in(value["topic"], edition)
        if topic and not value["kind"] and not value["section"]:
            return edition.topic_url(topic)
        filters = {"kind": value["kind"], "topic": topic.slug if topic else ""}
        query = "&".join(f"{name}={chosen}" for name, chosen in filters.items() if chosen)
        above = value["section"] if is_open(value["section"], edition) else edition.home
        return edition.list_url(above, "news") + (f"?{query}" if query else "")


class FormShelf(Shelf):
    may_be_empty = False

    title = blocks.CharBlock(
        label=_("Title"), required=False, max_length=120, help_text=_("Empty: the title of the form.")
    )
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=400)
    form = blocks.PageChooserBlock(label=_("Form"), page_type="home.FormPage")
    button = blocks.CharBlock(label=_("Button"), required=False, max_length=60)

    class Meta:
        icon = "drawing-form-shelf"
        label = _("Form")
        description = _("Leads to a form of this site.")
        template = "home/landing/form.html"
        preview_value = {
            "title": "Écrivez-nous",
            "text": "Nous répondons sous deux jours ouvrés.",
            "form": None,
            "button": "Ouvrir le formulaire",
        }

    def arrange(self, value, cards, edition, now):
        return {"link": public_link({**NO_LINK, "page": value["form"]}, edition, now)}


class LetterShelf(Shelf):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=400)

    class Meta:
        icon = "drawing-letter-shelf"
        label = _("Newsletter sign-up")
        description = help_text = _(
            "Readers enter their address here. The shelf is hidden if the site has no newsletter."
        )
        template = "home/landing/letter.html"
        preview_value = {"title": "La lettre des investisseurs", "text": "Une fois par mois, rien que l’essentiel."}
