"""The report of what readers search, in the newsroom's menu."""

from django.http import HttpRequest
from django.urls import URLPattern, path, re_path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from portal.editorial.reader_data import may_read_reader_data
from search.reports import AddFromQuestion, QuestionReport


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        # Whoever keeps a site's data sets its search as well; the report itself asks for the right.
        return may_read_reader_data(request.user)


@hooks.register("register_reports_menu_item")
def register_report() -> MenuItem:
    return ReportMenuItem(_("What readers search"), reverse("search_report"), icon_name="search", order=900)


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    return [
        path("reports/search/", QuestionReport.as_view(), name="search_report"),
        path("reports/search/results/", QuestionReport.as_view(results_only=True), name="search_report_results"),
        re_path(
            r"^reports/search/(?P<site>\d+)/(?P<language>[\w-]{2,12})/(?P<kind>synonyms|promotions)/$",
            AddFromQuestion.as_view(),
            name="search_add",
        ),
    ]
