"""The import screens for administrators of sites and of the network. Imports of other sites return 404."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import TemplateView
from wagtail.admin import messages

from portal.editorial.site_admin.scope import sites_administered
from portal.moving.models import ImportRun
from portal.moving.newsroom.forms import MOST_BYTES, MappingForm, SourceForm, focus_first_error, too_large
from portal.moving.newsroom.permissions import permitted_runs
from portal.moving.newsroom.runs import BusyError, begin, change_state
from portal.moving.newsroom.tasks import waits_for_another
from portal.moving.redirects_by_hand import redirects_to_break
from portal.moving.reporting import SiteImportReport
from portal.moving.wording import broken_in_words, kind_in_words
from portal.moving.writing.statutory import statutory_twice
from portal.moving.writing.targets import unused_sections
from portal.platform.newsroom_views import NewsroomView, crumb

State = ImportRun.State
# The limit for the other form fields and all field names.
MOST_BYTES_OF_FIELDS = 100_000
# The effects of the buttons: on an import that continues with its report, and on one whose report is no longer valid.
# Only stopped imports can be continued. A proposal is imported with its form, which asks for the confirmation.
GOING_ON = {"stop": (State.STOPPED, State.IMPORTING), "continue": (State.IMPORTING, State.STOPPED)}
ENDING = {"change": State.PROPOSED, "undo": State.UNDOING}


class MovingView(NewsroomView, TemplateView):
    page_title: Any = _("Moving in")
    header_icon = "download"

    def test_func(self) -> bool:
        return sites_administered(self.request.user).exists()

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(gettext("Moving in"), reverse("moving"))]


class ImportList(MovingView):
    template_name = "moving/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = permitted_runs(self.request.user).select_related("site", "locale", "started_by")
        page = Paginator(runs.order_by("-started_at", "-pk"), 50).get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs) | {"page_obj": page}


# Otherwise the check for CSRF would read the whole file before the check of its size.
@method_decorator(csrf_exempt, name="dispatch")
class BeginImport(MovingView):
    template_name = "moving/begin.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=SourceForm(user=request.user)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + MOST_BYTES_OF_FIELDS:
            messages.error(request, too_large())
            return self.render_to_response(self.get_context_data(form=SourceForm(user=request.user)), status=413)
        return self._begin(request)

    @method_decorator(csrf_protect)
    def _begin(self, request: HttpRequest) -> HttpResponse:
        form = SourceForm(request.POST, request.FILES, user=request.user)
        if not form.is_valid():
            focus_first_error(form)
            return self.render_to_response(self.get_context_data(form=form))
        return redirect("moving_run", begin(form.run(), request.user).pk)

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [*super().breadcrumbs(), crumb(gettext("New import"))]


class OneImport(MovingView):
    """Base view of one import, `run`."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        runs = permitted_runs(request.user).select_related("site", "locale", "source", "started_by")
        self.run = get_object_or_404(runs, pk=kwargs["key"])
        self.page_title = str(self.run)

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [*super().breadcrumbs(), crumb(self.run, reverse("moving_run", args=[self.run.pk]))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"run": self.run}


class RunView(OneImport):
    """The proposal, the progress or the report of an import, depending on its state."""

    template_name = "moving/run.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = MappingForm(run=self.run) if self.run.state == State.PROPOSED else None
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action = request.POST.get("action", "")
        try:
            if action in ("try", "import"):
                form = MappingForm(request.POST, run=self.run)
                if not form.is_valid():
                    focus_first_error(form)
                    return self.render_to_response(self.get_context_data(form=form))
                work = State.TRYING if action == "try" else State.IMPORTING
                change_state(self.run, request.user, work, report={}, **form.facts())
            elif action in GOING_ON:
                state, since = GOING_ON[action]
                change_state(self.run, request.user, state, since=since)
            elif action in ENDING:
                change_state(self.run, request.user, ENDING[action], report={})
            elif action == "stop_reading":
                error = gettext("The reading was stopped.")
                change_state(self.run, request.user, State.FAILED, error=error, secret="")
            elif action == "delete" and not self.run.is_working:
                self.run.file.delete(save=False)
                self.run.delete()
                messages.success(request, gettext("The import was removed from this list. Its pages stay."))
                return redirect("moving")
        except BusyError as busy:
            messages.warning(request, str(busy))
        return redirect("moving_run", self.run.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.run
        kinds = run.facts.get("kinds", {})
        return super().get_context_data(**kwargs) | {
            "report": SiteImportReport.from_json(run.report) if run.report else None,
            "waits": waits_for_another(run.pk),
            "unused": unused_sections(run.source) if run.source and run.state == State.DONE else [],
            "twice": statutory_twice(run.source) if run.source and run.state == State.DONE else [],
            "broken": broken_in_words(broken) if (broken := self._redirects_to_break()) else "",
            "kinds": [kind_in_words(kind, count) for kind, count in sorted(kinds.items(), key=lambda pair: -pair[1])],
        }

    def _redirects_to_break(self) -> list[str]:
        run = self.run
        is_over = run.is_working or run.state == State.UNDONE
        return redirects_to_break(run.source) if run.source and not is_over else []
