"""The block for an editor's own question in a public form."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class FormQuestionBlock(blocks.StructBlock):
    """`portal.content.readers.form_fields.answer_field` turns its value into a form field."""

    label = blocks.CharBlock(label=_("Question"), max_length=120, help_text=_("Such as: company, postcode."))
    is_required = blocks.BooleanBlock(label=_("Must be answered"), required=False)
    choices = blocks.TextBlock(
        label=_("Answers to choose from"), required=False, help_text=_("One per line; empty: readers write their own.")
    )

    class Meta:
        icon = "help"
        label = _("Question")
        description = _("A question to readers.")
        form_layout = ["label", "is_required", "choices"]
