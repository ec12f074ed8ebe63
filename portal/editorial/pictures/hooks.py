"""Registers the newsroom's URLs, scripts and report for pictures."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permissions import policy_registry

from portal.editorial.menu import ConditionalItem
from portal.editorial.pictures import dropping, licences
from portal.media.models import Image


@hooks.register("register_admin_urls")
def picture_urls() -> list[URLPattern]:
    return [path("pictures/store/", dropping.store_picture, name="store_picture"), *licences.URLS]


@hooks.register("insert_editor_js")
def picture_script() -> SafeString:
    return format_html('<script type="module" src="{}"></script>', static("editorial/pictures.js"))


def _may_edit_pictures(request: HttpRequest) -> bool:
    return policy_registry.get_by_type(Image).user_has_any_permission(request.user, ["add", "change"])


@hooks.register("register_reports_menu_item")
def licences_menu_item() -> MenuItem:
    label, url = _("Pictures whose licence ends"), reverse_lazy("licences_report")
    return ConditionalItem(label, url, condition=_may_edit_pictures, name="licences", icon_name="image", order=910)
