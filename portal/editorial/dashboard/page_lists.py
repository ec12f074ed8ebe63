"""Page lists with a button that creates a page of the listed kind."""

from typing import Any

from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.pages.usage import ContentTypeUseView
from wagtail.admin.widgets import HeaderButton
from wagtail.contrib.forms.utils import get_form_types

from portal.editorial.dashboard.write import kind_url, new_page_buttons, parents_for
from portal.overrides.separation.lists import FormPages


class FormList(FormPages):
    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        models = [form_type.model_class() for form_type in get_form_types()]
        return [button for model in models for button in new_page_buttons(self.request.user, model, _("New form"))]


class KindList(ContentTypeUseView):
    """All pages of one type, with the type's name as title."""

    def get_page_title(self) -> str:
        return capfirst(self.model._meta.verbose_name_plural)

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_add_url(self) -> str | None:
        return kind_url(self.model) if parents_for(self.request.user, self.model) else None
