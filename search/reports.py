"""The newsroom's report of what readers asked, and from it one step to a synonym or a promotion."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page, Site
from wagtail.permissions import policy_registry

from search.models import Question, SearchSettings


def sites_of(user: Any) -> QuerySet[Site]:
    """The sites whose search this member of the newsroom may set."""
    policy = policy_registry.get_by_type(SearchSettings)
    return policy.sites_user_has_permission_for(user, "change")


class QuestionFilter(WagtailFilterSet):
    found = django_filters.ChoiceFilter(
        label=_("Results"), choices=[("none", _("Without a result"))], method="without_result", empty_label=_("All")
    )

    def without_result(self, questions: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        # Each row stands for all days of a question: see `QuestionReport`.
        return questions.filter(least=0) if value == "none" else questions  # type: ignore[misc]

    class Meta:
        model = Question
        fields = ["site", "language"]


class QuestionReport(ReportView):
    """Questions of the sites that one may set, the most frequent first."""

    model = Question
    page_title = _("What readers search")
    header_icon = "search"
    index_url_name = "search_report"
    index_results_url_name = "search_report_results"
    template_name = "wagtailadmin/reports/base_report.html"
    results_template_name = "search/report_results.html"
    filterset_class = QuestionFilter
    default_ordering = "-asked"
    is_searchable = False
    list_export: list[str] = ["text", "site__site_name", "language", "asked", "least", "last_day"]
    export_headings = {
        "text": _("Words"),
        "site__site_name": _("Site"),
        "language": _("Language"),
        "asked": _("Times"),
        "least": _("Results"),
        "last_day": _("Last day"),
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not sites_of(request.user).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> QuerySet[Any]:
        questions = Question.objects.filter(site__in=sites_of(self.request.user))
        grouped = questions.order_by().values("site", "site__site_name", "language", "text")
        return grouped.annotate(asked=Sum("times"), least=Max("found"), last_day=Max("day")).order_by("-asked", "text")


class SynonymForm(forms.Form):
    text = forms.CharField(label=_("What readers ask"), max_length=80)
    same = forms.CharField(
        label=_("Means the same as"), max_length=240, help_text=_("One word or phrase, or several with commas between.")
    )

    def block(self, language: str) -> tuple[str, dict[str, Any]]:
        same = [word.strip() for word in self.cleaned_data["same"].split(",") if word.strip()]
        return "synonyms", {"language": language, "words": [self.cleaned_data["text"], *same]}


class PromotionForm(forms.Form):
    text = forms.CharField(label=_("What readers ask"), max_length=80)
    page = forms.ModelChoiceField(label=_("Page shown first"), queryset=Page.objects.all(), widget=AdminPageChooser())

    def block(self, language: str) -> tuple[str, dict[str, Any]]:
        queries = [self.cleaned_data["text"]]
        return "promotion", {"language": language, "queries": queries, "page": self.cleaned_data["page"]}


class AddFromQuestion(View):
    """A synonym or a promotion for a question that was asked; it joins those in the settings of the site."""

    kinds: dict[str, tuple[Any, Any]] = {
        "synonyms": (SynonymForm, _("Add a synonym")),
        "promotions": (PromotionForm, _("Add a promotion")),
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.site = get_object_or_404(sites_of(request.user), pk=kwargs["site"])
        self.form_class: Any
        self.form_class, self.title = self.kinds[kwargs["kind"]]
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.shown(request, self.form_class(initial={"text": request.GET.get("text", "")[:80]}))

    def post(self, request: HttpRequest, site: int, language: str, kind: str) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.shown(request, form)
        found = SearchSettings.for_site(self.site)
        stream = getattr(found, kind)
        stream.append(form.block(language))
        found.save()
        messages.success(request, _("Readers find it from now on."))
        return redirect(reverse("search_report"))

    def shown(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        context = {"form": form, "title": self.title, "site": self.site, "header_icon": "search"}
        return TemplateResponse(request, "search/add_from_question.html", context)
