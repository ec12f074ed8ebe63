"""Readership views of the newsroom: network, site, page, printable month, and a site's choices."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy as _, ngettext
from django.views.generic import TemplateView, View
from wagtail import hooks
from wagtail.admin import messages
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log
from wagtail.models import Page, Site

from portal.content.readers.downloads import spreadsheet_response
from portal.editorial.roles import sections_of
from portal.editorial.site_admin.redirects import SiteRedirectForm
from portal.editorial.site_admin.scope import sites_administered
from portal.platform.newsroom_views import NewsroomView, crumb
from portal.platform.spreadsheets.files import CSV, KINDS, XLSX
from portal.readership.models import ReadershipChoices
from portal.readership.newsroom import figures
from portal.readership.newsroom.access import may_choose_for, may_see_figures, site_of_page_seen_by, sites_seen_by
from portal.readership.newsroom.figures import Period
from portal.readership.newsroom.missing import forget_missing, missing_addresses
from portal.readership.newsroom.words import (
    CountTable,
    month_facts,
    overview,
    table_of_downloads,
    table_of_hosts,
    table_of_languages,
    table_of_subjects,
)

DAYS = (7, 30, 90, 365)
USUAL_DAYS = 30
EXPORTED_PAGES = 5000
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


class ReadershipView(NewsroomView, TemplateView):
    header_icon = "view"
    page_title = _("Readership")

    def test_func(self) -> bool:
        return may_see_figures(self.request.user)

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(_("Readership"), reverse("readership")), crumb(self.page_subtitle or self.page_title)]


def redirect_to_site(request: HttpRequest, site: Site) -> HttpResponse:
    """Redirect to a site's figures, with the days, language and section of the request."""
    return redirect(reverse("readership_site", args=[site.pk], query=request.GET or None))


class NetworkReadershipView(ReadershipView):
    """All sites that the user works for. A user with one site is redirected to it."""

    template_name = "readership/network.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        sites = list(sites_seen_by(request.user))
        if len(sites) == 1:
            return redirect_to_site(request, sites[0])
        reads = figures.views_of_sites(sites, figures.WEEK, timezone.localdate() - timedelta(days=1))
        return self.render_to_response(self.get_context_data(sites=reads))


class OfSite:
    """Mixin for a view of one site that the user must work for."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def site(self) -> Site:
        return get_object_or_404(sites_seen_by(self.request.user), pk=self.kwargs["site"])

    @cached_property
    def page_subtitle(self) -> str:
        return self.site.site_name or self.site.hostname


class SiteReadershipView(OfSite, ReadershipView):
    template_name = "readership/site.html"

    @cached_property
    def days(self) -> int:
        wanted = self.request.GET.get("days", "")
        return int(wanted) if wanted in map(str, DAYS) else USUAL_DAYS

    @cached_property
    def period(self) -> Period:
        return Period.of_days(self.days, figures.today_at(self.site, timezone.now()))

    @cached_property
    def homes(self) -> list[Page]:
        return figures.homes_by_language(self.site)

    @cached_property
    def language(self) -> str:
        wanted = self.request.GET.get("language", "")
        return wanted if wanted in {home.locale.language_code for home in self.homes} else ""

    @cached_property
    def sections(self) -> list[Page]:
        """The sections to choose from, in the requested language or else in the site's own."""
        found = sections_of(self.site)
        if not self.language or not found:
            return found
        keys = [section.translation_key for section in found]
        below = next(home.path for home in self.homes if home.locale.language_code == self.language)
        return list(Page.objects.filter(translation_key__in=keys, path__startswith=below).order_by("path"))

    @cached_property
    def section(self) -> Page | None:
        wanted = self.request.GET.get("section", "")
        return next((section for section in self.sections if str(section.pk) == wanted), None)

    @property
    def below(self) -> str:
        return self.section.path if self.section else ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        kind = request.GET.get("export", "")
        if kind not in KINDS:
            return super().get(request, *args, **kwargs)
        # The rows are in the user's language, which is no longer active when a response is streamed.
        return spreadsheet_response(list(self.rows()), kind, f"readership-{self.period.last}")

    def rows(self) -> Iterator[list[Any]]:
        yield [gettext("Title"), gettext("Address"), gettext("Language"), gettext("Views")]
        for read in self.most_read(EXPORTED_PAGES):
            yield [read.thing.title, read.thing.url or "", read.thing.locale.language_code, read.views]

    def most_read(self, most: int = figures.MAX_READS) -> list[figures.Read]:
        return figures.most_read(self.site, self.period, self.language, self.below, most)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        homes = [home for home in self.homes if self.language in ("", home.locale.language_code)]
        sums = figures.sums_of_places([self.section] if self.section else homes, self.site, self.period)
        choices = ReadershipChoices.objects.filter(site=self.site).first() or ReadershipChoices(site=self.site)
        query = self.request.GET.copy()
        query.pop("export", None)
        context = super().get_context_data(**kwargs) | overview(sums, self.period)
        return context | {
            "site": self.site,
            "chosen": {"days": self.days, "language": self.language, "section": self.section},
            "periods": [(days, ngettext("%(days)d day", "%(days)d days", days) % {"days": days}) for days in DAYS],
            "homes": self.homes,
            "sections": self.sections,
            "has_languages": len(self.homes) > 1 and not self.language,
            "most_read": self.most_read(),
            "rising": figures.rising(self.site, self.period.last, self.language, self.below),
            "by_section": figures.by_section(self.site, self.period, self.language, self.below),
            "tables": self.tables(),
            "query": query.urlencode(),
            "exports": [(kind, f"?{query.urlencode()}&export={kind}") for kind in (CSV, XLSX)],
            "choices": choices,
            "may_choose": self.may_choose,
            "last_month": (self.period.last.replace(day=1) - timedelta(days=1)).strftime("%Y-%m"),
        }

    @cached_property
    def may_choose(self) -> bool:
        return may_choose_for(self.request.user, self.site)

    def tables(self) -> list[CountTable]:
        site, period = self.site, self.period
        hosts = table_of_hosts(figures.followed_links(site, period, language=self.language, below=self.below).hosts)
        whole = [
            table_of_downloads(figures.most_downloaded(site, period)),
            table_of_subjects(figures.subjects(site, period), self.may_choose),
        ]
        if self.language or self.below:
            return [hosts, *(table.of_whole_site() for table in whole)]
        return [table_of_languages(figures.by_language(site, period, self.homes)), *whole, hosts]


class PageReadershipView(ReadershipView):
    """One page's figures, linked from its header and its row in a list."""

    template_name = "readership/page.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        published = Page.objects.filter(first_published_at__isnull=False)
        self.page = get_object_or_404(published.select_related("locale"), pk=kwargs["page_id"])
        site = site_of_page_seen_by(request.user, self.page)
        if site is None:
            raise Http404
        # This is the published title, because some people who see this may not see a draft.
        self.page_subtitle = self.page.title
        period = Period.of_days(USUAL_DAYS, figures.today_at(site, timezone.now()))
        since = timezone.now() - timedelta(days=USUAL_DAYS)
        followed = figures.followed_links(site, period, self.page)
        figure_hooks = hooks.get_hooks("portal_page_figures")
        context = overview(figures.sums_of_page(self.page, site, period), period)
        return self.render_to_response(
            self.get_context_data(
                **context,
                page=self.page,
                site=site,
                week=sum(views for _day, views in context["chart"].rows[-figures.WEEK :]),
                all_views=figures.all_views(self.page, site, period.last),
                figures=[each for hook in figure_hooks for each in hook(self.page.specific, request.user, since)],
                forms=followed.forms,
                hosts=table_of_hosts(followed.hosts),
            )
        )


class MonthView(OfSite, ReadershipView):
    """A monthly report that prints on two pages."""

    template_name = "readership/month.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = self.request.GET.get("month", "")
        if not MONTH.fullmatch(month):
            raise Http404
        return super().get_context_data(**kwargs) | month_facts(self.site, date.fromisoformat(f"{month}-01"))


class MissingView(OfSite, ReadershipView):
    """Paths that readers did not find on a site in the last 30 days. Administrators add redirects with one click."""

    template_name = "readership/missing.html"
    page_title = _("Not found")

    @cached_property
    def site(self) -> Site:
        return get_object_or_404(sites_administered(self.request.user), pk=self.kwargs["site"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = missing_addresses(self.site, timezone.now())
        choices = ReadershipChoices.objects.filter(site=self.site).first() or ReadershipChoices(site=self.site)
        return super().get_context_data(**kwargs) | {"site": self.site, "missing": found, "choices": choices}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        path = request.POST.get("old_path", "")
        data = {"site": self.site.pk, "is_permanent": "on", "old_path": path, "redirect_page": request.POST.get("page")}
        form = SiteRedirectForm(data, instance=Redirect(), administrator=request.user)
        if form.is_valid():
            log(instance=form.save(), action="wagtail.create", user=request.user)
            forget_missing(self.site, path)
            messages.success(request, gettext("Saved."))
        else:
            messages.error(request, " ".join(each for errors in form.errors.values() for each in errors))
        return redirect("readership_missing", self.site.pk)


class ReadershipChoicesView(OfSite, View):
    """Whether a site counts its readers, and whether its administrators get monthly reports."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not may_choose_for(request.user, self.site):
            raise PermissionDenied
        chosen = {name: name in request.POST for name in ("is_counting", "sends_month")}
        ReadershipChoices.objects.update_or_create(site=self.site, defaults=chosen)
        messages.success(request, gettext("Saved."))
        return redirect_to_site(request, self.site)
