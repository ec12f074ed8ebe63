"""Adds the creation of sites to the admin."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from portal.sites.views import CreateSiteView, may_create_sites


@hooks.register("register_admin_urls")
def create_site_urls():
    return [path("sites/found/", CreateSiteView.as_view(), name="create_site")]


class CreateSiteMenuItem(MenuItem):
    def is_shown(self, request):
        return may_create_sites(request.user)


@hooks.register("register_settings_menu_item")
def create_site_menu_item():
    return CreateSiteMenuItem(_("New site"), reverse("create_site"), icon_name="site", order=601)
