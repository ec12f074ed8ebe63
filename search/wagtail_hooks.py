"""The newsroom's page search, and the report of readers' queries in its menu."""

from django.http import HttpRequest
from django.urls import URLPattern, path, re_path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from portal.editorial.reader_data import may_read_reader_data
from portal.editorial.views import PermittedPageViewSet
from search.ideas import register_ideas
from search.newsroom.views import PageSearchView
from search.reports import AddFromQuery, QueryReport

# Set before Wagtail's URLs are read.
PermittedPageViewSet.search_view_class = PageSearchView


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        # People who handle personal data may also change search settings. The report checks the permission.
        return may_read_reader_data(request.user)


register_ideas()


@hooks.register("register_reports_menu_item")
def register_report() -> MenuItem:
    return ReportMenuItem(
        _("What readers search for"),
        reverse("search_report"),
        name="what-readers-search",
        icon_name="search",
        order=900,
    )


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    return [
        path("reports/search/", QueryReport.as_view(), name="search_report"),
        path("reports/search/results/", QueryReport.as_view(results_only=True), name="search_report_results"),
        re_path(
            r"^reports/search/(?P<site>\d+)/(?P<language>[\w-]{2,12})/(?P<kind>synonyms|promotions)/$",
            AddFromQuery.as_view(),
            name="search_add",
        ),
    ]
