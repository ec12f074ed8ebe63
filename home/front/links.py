"""Links beside a story on a front page: to a page, a document or another address."""

from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.models import Page

from portal.content.kinds import Listed
from portal.content.serving.editions import Edition

TARGETS = ("page", "document", "url")


class PublicLink(NamedTuple):
    """A link as readers see it. `icon` is the name of an icon in `img/icons.svg`.

    `language` is empty if the link is in the language of the page on which it stands.
    """

    label: str
    url: str
    icon: str
    language: str = ""


class CompanionLinkBlock(blocks.StructBlock):
    """A link to a page of the network, a document, or another address such as a live stream."""

    may_be_empty = False

    label = blocks.CharBlock(
        label=_("Label"), required=False, max_length=80, help_text=_("Empty: the title of the page or document.")
    )
    page = blocks.PageChooserBlock(label=_("Story, event or other page"), required=False)
    document = DocumentChooserBlock(label=_("Or document"), required=False)
    url = blocks.URLBlock(label=_("Or address"), required=False)

    class Meta:
        icon = "link"
        label = _("Link")

    def clean(self, value):
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        errors = {}
        targets = [name for name in TARGETS if cleaned[name]]
        if len(targets) > 1:
            message = _("A link has one target: a page, a document or an address.")
            errors[targets[1]] = ValidationError(message)
        elif not targets and (cleaned["label"] or not self.may_be_empty):
            errors["page"] = ValidationError(_("Choose where the link leads."))
        elif cleaned["url"] and not cleaned["label"]:
            errors["label"] = ValidationError(_("An address needs a label."))
        if cleaned["document"] and cleaned["document"].is_gated:
            errors["document"] = ValidationError(
                _("This document is sent by mail only: link to a page that offers it.")
            )
        if errors:
            raise StructBlockValidationError(errors)
        return cleaned


class OptionalLinkBlock(CompanionLinkBlock):
    may_be_empty = True


def public_link(value: blocks.StructValue, edition: Edition, now: datetime) -> PublicLink | None:
    """The link for readers; None if it has no target that they may see. Takes no query."""
    page, document = value["page"], value["document"]
    if page:
        url, language = _address(page, edition) if _is_public(page, edition, now) else ("", "")
        # A label is written for this page.
        language = "" if value["label"] else language
        return PublicLink(value["label"] or page.title, url, _icon(page), language) if url else None
    if document:
        if document.is_gated:
            return None
        return PublicLink(value["label"] or document.title, document.url, "download")
    return PublicLink(value["label"], value["url"], "out") if value["url"] else None


def _is_public(page: Page, edition: Edition, now: datetime) -> bool:
    is_live = page.live and not (page.expire_at and page.expire_at <= now)
    return is_live and not page.path.startswith(edition.network_private_paths)


def _address(page: Page, edition: Edition) -> tuple[str, str]:
    """The URL, and the language code if it differs from this edition's. Both are empty if readers have no URL for it.

    The page is on this site, in any language, or on another site, in this language.
    """
    if neighbour := edition.network_home_of(page.path):
        return neighbour.url_of(page), ""
    for code, home in edition.homes.items():
        if page.path.startswith(home.path):
            return f"/{code}/{page.url_path[len(home.url_path) :]}", "" if code == edition.language else code
    return "", ""


def _icon(page: Page) -> str:
    kind = getattr(page.specific_class, "kind", None)
    return "calendar" if kind and kind.listed is Listed.EVENTS else "arrow"
