"""Adds the creation of sites and their opening to the admin."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogFormatter

from portal.sites.first_steps import FirstStepsPanel
from portal.sites.opening import OPENED, open_site
from portal.sites.views import CreateSiteView, may_create_sites


@hooks.register("register_admin_urls")
def create_site_urls():
    return [
        path("sites/found/", CreateSiteView.as_view(), name="create_site"),
        path("sites/<int:site>/open/", open_site, name="open_site"),
    ]


@hooks.register("construct_homepage_panels")
def add_first_steps(request, panels):
    panels.append(FirstStepsPanel())


@hooks.register("register_log_actions")
def register_opening(actions):
    @actions.register_action(OPENED)
    class SiteOpened(LogFormatter):
        label = _("Opened the site")
        message = _("Opened the site to search engines and to the other sites")


class CreateSiteMenuItem(MenuItem):
    def is_shown(self, request):
        return may_create_sites(request.user)


@hooks.register("register_settings_menu_item")
def create_site_menu_item():
    return CreateSiteMenuItem(_("New site"), reverse("create_site"), icon_name="site", order=601)
