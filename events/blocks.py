"""The blocks of an event and its recap: programme, speakers, partners, documents, photos and replay."""

from datetime import time

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail import blocks
from wagtail.admin.widgets import AdminDateInput, AdminTimeInput
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageChooserBlock

from portal.content.blocks.links import DownloadBlock
from portal.content.blocks.pictures import GalleryImageBlock, VideoBlock
from portal.formats.fields import TypedDateField, TypedTimeField


class OptionalStream(blocks.StreamBlock):
    class Meta:
        required = False


class TypedDateBlock(blocks.DateBlock):
    @cached_property
    def field(self):
        return TypedDateField(widget=AdminDateInput(format=self.format), **self.field_options)

    def deconstruct(self):
        # Migrations use Wagtail's block, because it stores the same values.
        return "wagtail.blocks.DateBlock", *super().deconstruct()[1:]


class TypedTimeBlock(blocks.TimeBlock):
    @cached_property
    def field(self):
        return TypedTimeField(widget=AdminTimeInput(format=self.format), **self.field_options)

    def deconstruct(self):
        return "wagtail.blocks.TimeBlock", *super().deconstruct()[1:]


class SessionBlock(blocks.StructBlock):
    """One entry of a programme. An entry without a day belongs to the same day as the previous entry."""

    day = TypedDateBlock(label=_("Day"), required=False, help_text=_("Only where the programme has several days."))
    start = TypedTimeBlock(label=pgettext_lazy("an hour", "From"), required=False)
    end = TypedTimeBlock(label=pgettext_lazy("an hour", "To"), required=False)
    title = blocks.CharBlock(label=_("Title"), max_length=200)
    speakers = blocks.CharBlock(label=_("With"), max_length=300, required=False)
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=1000)

    class Meta:
        icon = "time"
        label = pgettext_lazy("of a programme", "Session")
        label_format = "{start} {title}"
        description = _("A talk, a workshop or a pause, with its hours.")
        template = "blocks/session.html"
        preview_value = {"title": "Accueil et café", "speakers": "", "text": "", "start": time(8, 30), "end": time(9)}

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["end"] and not cleaned["start"]:
            raise StructBlockValidationError({"start": ValidationError(_("An end needs a start."))})
        return cleaned


class Programme(OptionalStream):
    session = SessionBlock()


class SpeakerBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=120)
    role = blocks.CharBlock(label=_("Role"), max_length=200, required=False)
    picture = ImageChooserBlock(label=_("Picture"), required=False)

    class Meta:
        icon = "user"
        label = _("Speaker")
        description = _("Someone who speaks at the event.")
        template = "blocks/speaker.html"
        preview_value = {"name": "Claire Humbert", "role": "Directrice, Fonderies de Meuse", "picture": None}


class Speakers(OptionalStream):
    speaker = SpeakerBlock()


class PartnerBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=120)
    logo = ImageChooserBlock(label=_("Logo"), required=False)
    url = blocks.URLBlock(label=_("Address"), required=False)

    class Meta:
        icon = "group"
        label = _("Partner")
        description = _("An organisation that supports the event.")
        template = "blocks/partner.html"
        preview_value = {"name": "Agence du bassin", "logo": None, "url": ""}


class Partners(OptionalStream):
    partner = PartnerBlock()


class Documents(OptionalStream):
    download = DownloadBlock()


class Photos(OptionalStream):
    photo = GalleryImageBlock(label=_("Photo"))


class Replay(OptionalStream):
    video = VideoBlock()
