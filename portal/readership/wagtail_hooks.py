"""Adds readership to the reports, to the header and the list row of each page, and its script to public pages."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from portal.readership.demo import load_demo
from portal.readership.models import ReadershipChoices
from portal.readership.most_read import most_read_stories
from portal.readership.newsroom import views
from portal.readership.newsroom.access import may_see_figures
from portal.readership.newsroom.beside import ViewsColumn
from portal.readership.processing import processing_by_readership

hooks.register("portal_processing", processing_by_readership, order=40)
hooks.register("portal_most_read", most_read_stories)
hooks.register("portal_demo", load_demo)


@hooks.register("portal_scripts")
def click_script(context: dict[str, Any]) -> SafeString:
    """The script that reports clicks on links to other hosts; empty at a site that counts no readers."""
    if ReadershipChoices.objects.filter(site=context["edition"].site, is_counting=False).exists():
        return SafeString()
    return format_html('<script type="module" src="{}"></script>', static("readership/clicks.js"))


@hooks.register("register_admin_urls")
def readership_urls() -> list[URLPattern]:
    site = "reports/readership/<int:site>/"
    return [
        path("reports/readership/", views.NetworkReadershipView.as_view(), name="readership"),
        path(site, views.SiteReadershipView.as_view(), name="readership_site"),
        path(f"{site}month/", views.MonthView.as_view(), name="readership_month"),
        path(f"{site}choices/", views.ReadershipChoicesView.as_view(), name="readership_choices"),
        path("reports/readership/page/<int:page_id>/", views.PageReadershipView.as_view(), name="readership_page"),
    ]


class ReadershipMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_see_figures(request.user)


@hooks.register("register_reports_menu_item")
def readership_menu_item() -> MenuItem:
    return ReadershipMenuItem(_("Readership"), reverse("readership"), name="readership", icon_name="view", order=890)


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def readership_button(page: Any, user: Any, *args: Any, **kwargs: Any) -> Iterator[Button]:
    if page.first_published_at is not None and may_see_figures(user):
        yield Button(_("Readership"), reverse("readership_page", args=[page.pk]), icon_name="view", priority=80)


@hooks.register("portal_page_columns")
def views_column(user: Any) -> Iterator[ViewsColumn]:
    if may_see_figures(user):
        yield ViewsColumn("views", user, label=_("Views, 30 days"), width="10%")


@hooks.register("insert_global_admin_css")
def readership_styles() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("readership/readership.css"))
