"""Blocks of running text and of boxes within it."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

INLINE = ["bold", "italic", "link", "superscript", "subscript", "code"]
PARAGRAPHS = [*INLINE, "ul", "ol", "document-link"]


class LabelChoiceBlock(blocks.ChoiceBlock):
    """A choice of appearance. Its label is not page text, so search does not index it.

    `search_index=False` has the same effect, but would appear in the migrations of every model with such a body.
    """

    def get_searchable_content(self, value):
        return []


class HeadingValue(blocks.StructValue):
    anchor = ""
    """The URL fragment of this heading; `anchor_headings` sets it."""


class HeadingBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Text"), max_length=160)
    level = LabelChoiceBlock(label=_("Level"), choices=[("h2", _("Heading")), ("h3", _("Subheading"))], default="h2")

    class Meta:
        icon = "drawing-heading"
        label = _("Heading")
        description = _("Opens a part of the text; readers can jump to it.")
        group = _("Text")
        value_class = HeadingValue
        template = "blocks/heading.html"
        preview_value = {"text": "Un bassin industriel en mouvement", "level": "h2"}


class ParagraphBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs):
        # This is not required: empty paragraphs are removed when the page is saved; see `portal.content.forms`.
        super().__init__(features=PARAGRAPHS, required=False, **kwargs)

    class Meta:
        icon = "drawing-paragraph"
        label = _("Paragraph")
        description = _("Running text with links and lists.")
        group = _("Text")
        template = "blocks/paragraph.html"
        preview_value = (
            "<p>La vallée compte aujourd’hui quarante ateliers, deux fois plus qu’il y a dix ans. Leur point commun : "
            "ils forment eux-mêmes leurs équipes.</p>"
        )


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(
        label=_("Text"), help_text=_("Without quotation marks: the page adds those of its language.")
    )
    source = blocks.CharBlock(label=_("Who says it"), required=False, max_length=120)
    role = blocks.CharBlock(label=_("Role"), required=False, max_length=160)

    class Meta:
        icon = "drawing-quote"
        label = _("Quote")
        description = _("One strong sentence, and who said it.")
        group = _("Text")
        template = "blocks/quote.html"
        preview_value = {
            "text": "Nous avons appris à dire non aux commandes trop grandes.",
            "source": "Élise Marchal",
            "role": "gérante",
        }


class FactBoxBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=PARAGRAPHS)

    class Meta:
        icon = "drawing-fact-box"
        label = _("Fact box")
        description = _("Background beside the story: a definition, a method, an address.")
        group = _("Facts")
        template = "blocks/fact_box.html"
        preview_value = {"title": "Repères", "text": "<p>Le programme court sur six ans et couvre trois vallées.</p>"}


class CallOutBlock(blocks.StructBlock):
    tone = LabelChoiceBlock(
        label=_("Tone"),
        choices=[("note", _("Note")), ("important", _("Important")), ("advice", _("Advice"))],
        default="note",
    )
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=PARAGRAPHS)

    class Meta:
        icon = "drawing-call-out"
        label = _("Call-out")
        description = _("What the reader must not miss: a deadline, a condition.")
        group = _("Facts")
        template = "blocks/call_out.html"
        preview_value = {
            "tone": "important",
            "title": "Dépôt des dossiers",
            "text": "<p>Les dossiers se déposent en ligne, avant midi.</p>",
        }


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=200)
    answer = blocks.RichTextBlock(label=_("Answer"), features=PARAGRAPHS)

    class Meta:
        icon = "help"
        label = _("Question")


class ExchangeValue(blocks.StructValue):
    is_new_speaker = True
    """Whether the answer begins with the speaker's name; `name_speakers_once` sets it."""


class ExchangeBlock(blocks.StructBlock):
    question = blocks.TextBlock(label=_("Question"), max_length=400)
    speaker = blocks.CharBlock(
        label=_("Who answers"),
        required=False,
        max_length=120,
        help_text=_("Only if several people answer. Shown when it changes."),
    )
    answer = blocks.RichTextBlock(label=_("Answer"), features=PARAGRAPHS)

    class Meta:
        icon = "drawing-exchange"
        label = _("Question with answer")
        description = _("A question of an interview, and what the other person says.")
        group = _("Text")
        value_class = ExchangeValue
        template = "blocks/exchange.html"
        preview_value = {
            "question": "Qu’est-ce qui a changé en premier ?",
            "speaker": "",
            "answer": "<p>Le bruit. On s’entend parler, et l’on s’est remis à se parler.</p>",
        }


class CodeBlock(blocks.TextBlock):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        # The first line may be indented.
        self.field_options["strip"] = False

    class Meta:
        icon = "drawing-code"
        label = _("Code")
        description = _("Lines of a program or of a file, shown as they are written.")
        group = _("Text")
        template = "blocks/code.html"
        preview_value = 'for year in range(2020, 2027):\n    print("Loyers", year)'


class AccordionBlock(blocks.StructBlock):
    items = blocks.ListBlock(QuestionBlock(), label=_("Questions"), min_num=1)

    class Meta:
        icon = "drawing-accordion"
        label = _("Questions and answers")
        description = _("Questions whose answers open on a click.")
        group = _("Facts")
        template = "blocks/accordion.html"
        preview_value = {
            "items": [
                {"question": "Qui peut candidater ?", "answer": "<p>Toute entreprise de moins de 250 salariés.</p>"},
                {"question": "Combien de temps ?", "answer": "<p>Six mois, à raison d’une journée par mois.</p>"},
            ]
        }
