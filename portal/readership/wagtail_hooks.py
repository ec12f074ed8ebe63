"""Adds readership to reports, page headers, page lists, public pages and the privacy notice."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _, ngettext
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from portal.content.readers.processing import LegalGround, Processing
from portal.content.serving.editions import Edition
from portal.readership.counting.counter import REFUSAL
from portal.readership.demo import load_demo
from portal.readership.models import ReadershipChoices
from portal.readership.most_read import most_read_stories
from portal.readership.newsroom import views
from portal.readership.newsroom.access import may_see_figures
from portal.readership.newsroom.figures import ViewsColumn

hooks.register("portal_most_read", most_read_stories)
hooks.register("portal_demo", load_demo)


@hooks.register("portal_scripts")
def click_script(context: dict[str, Any]) -> SafeString:
    """The script that reports clicks on links to other hosts; empty on a site that counts no readers."""
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
        path(f"{site}missing/", views.MissingView.as_view(), name="readership_missing"),
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


@hooks.register("portal_processing", order=40)
def processing_by_readership(edition: Edition) -> Iterator[Processing]:
    if ReadershipChoices.objects.filter(site=edition.site, is_counting=False).exists():
        return
    months = settings.READERSHIP_MONTHS
    retention = gettext("Sums: for as long as the site exists.")
    if months:
        retention = ngettext("Sums: %(months)d month.", "Sums: %(months)d months.", months) % {"months": months}
    yield Processing(
        gettext("To count how often our pages are read"),
        gettext(
            "Which page was opened in which hour, the kind of site that led to it, the kind of device and to which "
            "other sites its links were followed, as sums without any person. Your address and the name of your "
            "browser are turned into a number that stays in memory for a day at most and is never stored. No cookie, "
            "no third party. If your browser sends “Global Privacy Control” or “Do Not Track”, you are not counted."
        ),
        LegalGround.INTEREST,
        retention,
        refusal=REFUSAL,
        refusal_url=reverse("readership:objection"),
    )
