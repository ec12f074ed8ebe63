"""What this app adds to the newsroom: the founding of a site."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from portal.sites.views import CreateSiteView, may_create_sites


@hooks.register("register_admin_urls")
def create_site_url():
    return [path("sites/found/", CreateSiteView.as_view(), name="found_site")]


class CreateSiteItem(MenuItem):
    def is_shown(self, request):
        return may_create_sites(request.user)


@hooks.register("register_settings_menu_item")
def create_site_item():
    return CreateSiteItem(_("New site"), reverse("found_site"), icon_name="site", order=601)
