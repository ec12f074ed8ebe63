"""The heading of a page of the newsroom: French sets a space before a colon, where Wagtail sets none."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin


def heading(view: Any) -> str:
    title, subtitle = view.get_page_title(), view.get_page_subtitle()
    return _("%(title)s: %(subtitle)s") % {"title": title, "subtitle": subtitle} if subtitle else title


def set_headings() -> None:
    WagtailAdminTemplateMixin.get_header_title = heading
