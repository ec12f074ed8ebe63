"""Blocks with links: buttons, lists of links, downloads."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.models import Page

from portal.content.blocks.previews import PreviewsOwnFile
from portal.content.kinds import Listed, models_of
from portal.content.visibility import is_public


class TargetValue(blocks.StructValue):
    """The value of a block with `page` and `url`, of which at most one is set."""

    @cached_property
    def target(self) -> Page | None:
        """The page; None if it is not public. A draft or private page must reveal neither its title nor its URL."""
        page = self["page"]
        return page if page and is_public(page, timezone.now()) else None


class LinkValue(TargetValue):
    @property
    def text(self) -> str:
        return self["label"] or (self["page"].title if self["page"] else "")


class LinkBlock(blocks.StructBlock):
    """A link to either a page of the network or an external URL."""

    label = blocks.CharBlock(label=_("Label"), required=False, max_length=120, help_text=_("Empty: the page's title."))
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    url = blocks.URLBlock(label=_("Or address"), required=False)

    class Meta:
        icon = "link"
        label = _("Link")
        value_class = LinkValue

    def clean(self, value):
        cleaned = super().clean(value)
        errors = {}
        if bool(cleaned["page"]) == bool(cleaned["url"]):
            errors["page"] = ValidationError(_("Choose a page or write an address, not both."))
        if cleaned["url"] and not cleaned["label"]:
            errors["label"] = ValidationError(_("An address needs a label."))
        if errors:
            raise StructBlockValidationError(errors)
        return cleaned


class StoryChooserBlock(blocks.PageChooserBlock):
    """Offers pages of every kind that is listed as a story."""

    listed = Listed.STORIES

    @cached_property
    def target_models(self) -> list[type[Page]]:
        return models_of(self.listed)


class EventChooserBlock(StoryChooserBlock):
    listed = Listed.EVENTS


class ButtonBlock(LinkBlock):
    class Meta:
        icon = "drawing-button"
        label = _("Button")
        description = _("A call to action: apply, register, read on.")
        group = _("Links")
        value_class = LinkValue
        template = "blocks/button.html"
        preview_value = {"label": "Déposer un dossier", "page": None, "url": "https://example.org/"}


class RelatedLinksBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=120)
    links = blocks.ListBlock(LinkBlock(), label=_("Links"), min_num=1)

    class Meta:
        icon = "drawing-links"
        label = _("Related links")
        description = _("Where to read more.")
        group = _("Links")
        template = "blocks/related_links.html"
        preview_value = {
            "title": "Pour aller plus loin",
            "links": [{"label": "Le texte du programme", "page": None, "url": "https://example.org/"}],
        }


class DownloadBlock(PreviewsOwnFile):
    preview_field = "document"

    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(
        label=_("Title"), required=False, max_length=160, help_text=_("Empty: the document's own.")
    )

    class Meta:
        icon = "drawing-download"
        label = _("Download")
        description = _("A document, with its type and size.")
        group = _("Links")
        template = "blocks/download.html"
        preview_value = {"title": "Le guide en quatre pages"}

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["document"] and cleaned["document"].is_gated:
            message = _("This document is sent by mail only: offer it in a “detailed sheet”.")
            raise StructBlockValidationError({"document": ValidationError(message)})
        return cleaned

    def preview_file(self, files):
        return super().preview_file(files.filter(is_gated=False))
