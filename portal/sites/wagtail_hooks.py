"""Adds the creation and opening of sites to the admin."""

from django.shortcuts import redirect
from django.urls import path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.menus import MenuItem as Button
from wagtail.log_actions import LogFormatter

from portal.content.records.settings import SiteSettings
from portal.editorial.menu import ConditionalItem
from portal.editorial.site_admin.scope import administers_any
from portal.sites.first_steps import FirstStepsPanel
from portal.sites.further_hosts import ADDED, REMOVED
from portal.sites.hosts.views import HostsView, remove_further_host
from portal.sites.network.report import URLS as SITES_REPORT_URLS
from portal.sites.opening import OPENED, hidden_site_of, lacks_steps, open_site
from portal.sites.renaming import RENAMED
from portal.sites.views import CreateSiteView, may_create_sites


@hooks.register("register_admin_urls")
def create_site_urls():
    return [
        path("sites/create/", CreateSiteView.as_view(), name="create_site"),
        path("sites/<int:site>/open/", open_site, name="open_site"),
        path("hosts/", HostsView.as_view(), name="hosts"),
        path("hosts/<int:key>/remove/", remove_further_host, name="remove_further_host"),
        *SITES_REPORT_URLS,
    ]


@hooks.register("construct_homepage_panels")
def add_first_steps(request, panels):
    panels.append(FirstStepsPanel())


@hooks.register("register_page_header_buttons")
def open_site_button(page, user, view_name, next_url=None):
    # This is not done in page lists, because they already need many queries.
    if view_name == "edit" and (site := hidden_site_of(page, user)):
        yield Button(_("Open the site"), reverse("open_site", args=[site.pk]), icon_name="globe", priority=12)


@hooks.register("before_edit_setting")
def keep_hidden_until_confirmed(request, setting):
    """Redirect to the button's confirmation if “not open yet” is unticked; save the rest of the form."""
    opens = request.method == "POST" and "is_unlisted" not in request.POST
    if opens and isinstance(setting, SiteSettings) and setting.is_unlisted and lacks_steps(setting.site):
        request.POST = request.POST.copy()
        request.POST["is_unlisted"] = "on"
        request.asks_to_open = True


@hooks.register("after_edit_setting")
def confirm_opening(request, setting):
    if getattr(request, "asks_to_open", False):
        return redirect("open_site", setting.site_id)
    return None


@hooks.register("register_log_actions")
def register_opening(actions):
    @actions.register_action(OPENED)
    class SiteOpened(LogFormatter):
        label = _("Opened the site")
        message = _("Opened the site to search engines and to the other sites")

    @actions.register_action(RENAMED)
    class SiteRenamed(LogFormatter):
        label = _("Changed the site’s host")

        def format_message(self, log_entry):
            return _("Changed the site’s host: %(after)s instead of %(before)s") % log_entry.data["host"]

    @actions.register_action(ADDED)
    class HostAdded(LogFormatter):
        label = _("Added a further host")

        def format_message(self, log_entry):
            return _("Added the further host %(host)s") % log_entry.data

    @actions.register_action(REMOVED)
    class HostRemoved(LogFormatter):
        label = _("Removed a further host")

        def format_message(self, log_entry):
            return _("Removed the further host %(host)s") % log_entry.data


class NetworkMenuItem(MenuItem):
    def is_shown(self, request):
        return may_create_sites(request.user)


@hooks.register("register_settings_menu_item")
def create_site_menu_item():
    return NetworkMenuItem(_("New site"), reverse("create_site"), name="new-site", icon_name="site", order=601)


@hooks.register("register_settings_menu_item")
def hosts_menu_item():
    return NetworkMenuItem(_("Hosts"), reverse("hosts"), name="hosts", icon_name="globe", order=603)


@hooks.register("register_reports_menu_item")
def sites_report_menu_item():
    return ConditionalItem(
        _("Sites of the network"),
        reverse_lazy("sites_report"),
        condition=lambda request: administers_any(request.user),
        name="sites-report",
        icon_name="site",
        order=880,
    )
