"""The admin report of readers' queries, and views that add a synonym or promotion for a query."""

from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets import AdminPageChooser
from wagtail.log_actions import log
from wagtail.models import Page, Site
from wagtail.permissions import policy_registry

from portal.content.separation.choices import choosable_pages
from search.models import LoggedQuery, OpenedPlace, SearchSettings


def editable_sites(user: Any) -> QuerySet[Site]:
    policy = policy_registry.get_by_type(SearchSettings)
    sites: QuerySet[Site] = policy.sites_user_has_permission_for(user, "change")
    return sites


class QueryFilter(WagtailFilterSet):
    found = django_filters.ChoiceFilter(
        label=_("Results"),
        choices=[("none", _("Without a result")), ("left", _("Left without opening one"))],
        method="without_result",
        empty_label=_("All"),
    )

    def without_result(self, queries: QuerySet[LoggedQuery], name: str, value: str) -> QuerySet[LoggedQuery]:
        # Each row is a query's total over all days: see `QueryReport`.
        if value == "left":
            return queries.filter(results__gt=0, opened_times=0)  # type: ignore[misc]
        return queries.filter(results=0) if value == "none" else queries  # type: ignore[misc]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        sites = editable_sites(self.request.user)
        if sites.count() < 2:
            del self.filters["site"]
        else:
            self.filters["site"].queryset = sites

    class Meta:
        model = LoggedQuery
        fields = ["site", "language"]


class QueryReport(ReportView):
    model = LoggedQuery
    page_title = _("What readers search for")
    header_icon = "search"
    index_url_name = "search_report"
    index_results_url_name = "search_report_results"
    template_name = "search/report.html"
    results_template_name = "search/report_results.html"
    filterset_class = QueryFilter
    default_ordering = "-searches"
    is_searchable = False
    export_headings = {
        "text": pgettext_lazy("what readers searched", "Words"),
        "site__site_name": _("Site"),
        "language": _("Language"),
        "searches": _("Times"),
        "results": _("Results"),
        "opened_times": _("Led to a page"),
        "left": _("Left without opening one"),
        "last_day": _("Last day"),
    }
    list_export: list[str] = list(export_headings)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not editable_sites(request.user).exists():
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_base_queryset(self) -> QuerySet[Any]:
        queries = LoggedQuery.objects.filter(site__in=editable_sites(self.request.user))
        grouped = queries.order_by().values("site", "site__site_name", "language", "text")
        return grouped.annotate(
            searches=Sum("times"),
            results=Max("result_count"),
            opened_times=Sum("opened"),
            left=Sum(F("times") - F("opened")),
            last_day=Max("day"),
        ).order_by("-searches", "text")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        queries = list(context["object_list"])
        places = OpenedPlace.objects.filter(query__text__in={query["text"] for query in queries})
        rows = places.values_list("query__site", "query__language", "query__text", "place").order_by("place")
        by_query: dict[tuple[Any, ...], list[tuple[int, int]]] = {}
        for *query, place, times in rows.annotate(total=Sum("times")):
            by_query.setdefault(tuple(query), []).append((place, times))
        for query in queries:
            query["places"] = by_query.get((query["site"], query["language"], query["text"]), [])
        context["object_list"] = queries
        return context


class QueryForm(forms.Form):
    text = forms.CharField(label=_("What readers search for"), max_length=80)

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user


class SynonymForm(QueryForm):
    same = forms.CharField(
        label=_("Means the same as"), max_length=240, help_text=_("One or more words or phrases, separated by commas.")
    )

    def block(self, language: str) -> tuple[str, dict[str, Any]]:
        same = [word.strip() for word in self.cleaned_data["same"].split(",") if word.strip()]
        return "synonyms", {"language": language, "words": [self.cleaned_data["text"], *same]}


class PromotionForm(QueryForm):
    page: Any = forms.ModelChoiceField(label=_("Page shown first"), queryset=None, widget=AdminPageChooser())

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["page"].queryset = Page.objects.filter(choosable_pages(self.user))  # type: ignore[attr-defined]

    def is_valid(self) -> bool:
        is_valid = super().is_valid()
        if "page" in self.errors:
            # Without this, the chooser would show the title of another site's page.
            self.data = {**self.data.dict(), "page": ""}  # type: ignore[attr-defined]
        return is_valid

    def block(self, language: str) -> tuple[str, dict[str, Any]]:
        queries = [self.cleaned_data["text"]]
        return "promotion", {"language": language, "queries": queries, "page": self.cleaned_data["page"]}


class AddFromQuery(View):
    kinds: dict[str, tuple[Any, Any]] = {
        "synonyms": (SynonymForm, _("Add a synonym")),
        "promotions": (PromotionForm, _("Add a promotion")),
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.site = get_object_or_404(editable_sites(request.user), pk=kwargs["site"])
        if kwargs["language"] not in dict(settings.LANGUAGES):
            raise Http404
        self.form_class: Any
        self.form_class, self.title = self.kinds[kwargs["kind"]]
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render_form(
            request, self.form_class(user=request.user, initial={"text": request.GET.get("text", "")[:80]})
        )

    @transaction.atomic
    def post(self, request: HttpRequest, site: int, language: str, kind: str) -> HttpResponse:
        form = self.form_class(request.POST, user=request.user)
        if not form.is_valid():
            return self.render_form(request, form)
        # The lock prevents the loss of a simultaneous request's additions.
        found = SearchSettings.objects.select_for_update().get(pk=SearchSettings.for_site(self.site).pk)
        getattr(found, kind).append(form.block(language))
        found.save()
        log(instance=found, action="wagtail.edit", user=request.user)
        messages.success(request, _("From now on, readers will find it."))
        return redirect(reverse("search_report"))

    def render_form(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        context = {"form": form, "title": self.title, "site": self.site, "header_icon": "search"}
        return TemplateResponse(request, "search/add_from_query.html", context)
