"""The block that offers a document by email."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock

from portal.content.blocks.previews import PreviewsOwnFile
from portal.content.blocks.questions import FormQuestionBlock

KEEPING = [("30", _("30 days")), ("90", _("90 days")), ("180", _("180 days")), ("365", _("a year"))]


class SheetBlock(PreviewsOwnFile):
    """A document that `portal.sheets` emails to readers. Without that app the block renders nothing."""

    preview_field = "document"

    title = blocks.CharBlock(label=_("Title"), max_length=160)
    text = blocks.TextBlock(label=_("What is in it"), required=False, max_length=600)
    document = DocumentChooserBlock(label=_("Document"), help_text=_("It must be marked “by mail only”."))
    questions = blocks.ListBlock(
        FormQuestionBlock(),
        label=_("Questions"),
        default=[],
        max_num=6,
        help_text=_("In addition to the e-mail address. Ask only for what you need."),
    )
    marketing = blocks.TextBlock(
        label=_("Further consent"),
        required=False,
        max_length=600,
        help_text=_(
            "Such as: I agree to receive the agency’s offers by e-mail. Readers who do not agree get the document "
            "all the same. Empty: nothing is asked."
        ),
    )
    keeping = blocks.ChoiceBlock(
        label=_("Requests are deleted after"), choices=KEEPING, default="180", help_text=_("The form tells readers so.")
    )

    class Meta:
        icon = "drawing-sheet"
        label = _("Detailed sheet")
        description = _("A document that readers receive by e-mail.")
        group = _("Links")
        template = "blocks/sheet.html"
        # Questions to readers are not page content.
        not_searched = ("questions", "marketing")
        preview_value = {
            "title": "La fiche détaillée du procédé",
            "text": "Douze pages : plans, consommations mesurées, coûts et financements.",
            "questions": [],
            "marketing": "",
            "keeping": "180",
        }

    def clean(self, value):
        cleaned = super().clean(value)
        document = cleaned["document"]
        if document and not document.is_gated and not self.is_deferred_validation:
            message = _("Anyone can download this document: mark it “by mail only” first, under Documents.")
            raise StructBlockValidationError({"document": ValidationError(message)})
        return cleaned

    def preview_file(self, files):
        return files.order_by("-is_gated", "-pk").first()
