"""The page that offers a document by email; the requests of readers are in `records`."""

from typing import Any

from django.db import models
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from portal.content.blocks.sheets import SheetBlock
from portal.content.blocks.streams import PortalStreamField
from portal.content.pages.pages import PortalPage
from portal.sheets.records import LINK_LIFETIME, MAX_OPENINGS, ConsentText, SheetRequest
from portal.sheets.requests import form_for, offer_of_page

__all__ = ["LINK_LIFETIME", "MAX_OPENINGS", "ConsentText", "SheetPage", "SheetRequest"]


class SheetPage(PortalPage):
    introduction = models.TextField(_("introduction"), max_length=400, blank=True)
    sheet = PortalStreamField([("sheet", SheetBlock())], verbose_name=_("sheet"), max_num=1)

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("sheet")]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    template = "sheets/sheet_page.html"
    parent_page_types = ["home.HomePage", "home.SectionPage", "home.StandardPage"]
    subpage_types: list[str] = []
    page_description = _("A document that readers get by e-mail.")

    class Meta:
        verbose_name = _("sheet by mail")
        verbose_name_plural = _("sheets by mail")

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        offer = offer_of_page(self)
        return context | {"offer": offer, "form": form_for(request, offer) if offer else None}

    def serve(self, request, *args, **kwargs):
        response = super().serve(request, *args, **kwargs)
        # The page has this reader's form token.
        add_never_cache_headers(response)
        return response
