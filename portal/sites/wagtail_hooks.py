"""What this app adds to the newsroom: the founding of a site."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from portal.sites.views import FoundSite, may_found


@hooks.register("register_admin_urls")
def founding_address():
    return [path("sites/found/", FoundSite.as_view(), name="found_site")]


class FoundSiteItem(MenuItem):
    def is_shown(self, request):
        return may_found(request.user)


@hooks.register("register_settings_menu_item")
def founding_item():
    return FoundSiteItem(_("New site"), reverse("found_site"), icon_name="site", order=601)
