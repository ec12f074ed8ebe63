"""The admin views where a site's administrators import subscriber lists, and undo an import."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _, gettext_lazy, pgettext
from wagtail.admin import messages

from portal.content.readers.access_log import LOOKED_AT, SUBSCRIBERS, log_access
from portal.content.readers.downloads import spreadsheet_response
from portal.editorial.reader_data import reader_data_sites
from portal.newsletter.importing.lists import Refusal
from portal.newsletter.importing.running import delete_proposed, plan_of, store_list, try_out
from portal.newsletter.importing.tasks import begin_work
from portal.newsletter.models import ListImport
from portal.newsletter.newsroom.import_forms import ImportForm, ImportPlanForm
from portal.newsletter.newsroom.issues import NewsletterView
from portal.newsletter.permissions import may_manage, newsletters_managed_by
from portal.newsletter.subscribers.subscription import ImportOutcome
from portal.platform.spreadsheets.files import CSV, KINDS

State = ListImport.State
MOST_SHOWN = 50
# The outcomes of lines, in report order.
OUTCOMES = {
    ImportOutcome.ADDED: gettext_lazy("new subscribers"),
    ImportOutcome.INVITED: gettext_lazy("unconfirmed; each gets a mail that asks for consent"),
    ImportOutcome.KNOWN: gettext_lazy("subscribers before"),
    ImportOutcome.WAITING: gettext_lazy("unconfirmed here already; they get no second mail"),
    ImportOutcome.LEFT: gettext_lazy("unsubscribed here, or stopped because their mails came back; they stay so"),
    Refusal.UNSUBSCRIBED: gettext_lazy("left out: unsubscribed, bounced, complained or blocked there"),
    Refusal.UNCONFIRMED: gettext_lazy("left out: never confirmed there"),
    Refusal.NO_PROOF: gettext_lazy("left out: no date of consent"),
    Refusal.UNKNOWN_WORD: gettext_lazy("left out: an unknown word in a column that may say that somebody has left"),
    Refusal.BAD_DATE: gettext_lazy("left out: no valid date of consent"),
    Refusal.NO_ADDRESS: gettext_lazy("left out: no e-mail address"),
    Refusal.TWICE: gettext_lazy("left out: the same address twice"),
    "taken back": gettext_lazy("taken back"),
    "stay": gettext_lazy(
        "still here, because something has changed since: they confirmed, changed their choice or left"
    ),
}


class ImportView(NewsletterView):
    template_name = "newsletter/newsroom/import.html"
    page_title = gettext_lazy("Import a list")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.newsletters = newsletters_managed_by(request.user)
        if not self.newsletters.exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form") or ImportForm(newsletters=self.newsletters)
        imports = ListImport.objects.filter(site__in=reader_data_sites(self.request.user)).defer("table", "refused")
        imports = imports.select_related("site", "imported_by").order_by("-pk")[:MOST_SHOWN]
        return super().get_context_data(**kwargs) | {"form": form, "imports": imports}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES, newsletters=self.newsletters)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        cleaned = form.cleaned_data
        return redirect(
            "newsletter_list", store_list(cleaned["newsletter"], cleaned["file"].name, form.content, request.user).pk
        )


class OneListView(NewsletterView):
    """The columns, the dry run, the progress or the report of an imported list, depending on its state."""

    template_name = "newsletter/newsroom/list.html"
    list_import: ListImport

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.list_import = _managed_import(request, kwargs["key"])
        self.page_title = str(self.list_import)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        if self.list_import.is_working:
            response["Refresh"] = "3"
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = None
        if self.list_import.state == State.PROPOSED:
            log_access(LOOKED_AT, [self.list_import.site], request.user, SUBSCRIBERS)
            form = ImportPlanForm(list_import=self.list_import)
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action, list_import = request.POST.get("action"), self.list_import
        is_proposed, is_done = list_import.state == State.PROPOSED, False
        if action in ("check", "import") and is_proposed:
            form = ImportPlanForm(request.POST, list_import=list_import)
            if not form.is_valid():
                return self.render_to_response(self.get_context_data(form=form))
            list_import.plan = form.chosen()
            # The dry run also precedes the import, because its reasons are in the reader's language.
            is_done = try_out(list_import)
            if is_done and action == "import":
                is_done = begin_work(list_import, State.PROPOSED, State.IMPORTING)
        elif action == "undo":
            is_done = begin_work(list_import, State.DONE, State.UNDOING)
        elif action == "delete" and is_proposed and delete_proposed(list_import):
            messages.success(request, _("The list is deleted; nothing of it was imported."))
            return redirect("newsletter_import")
        if not is_done:
            messages.warning(request, _("Nothing has changed: the import is in another state by now."))
        return redirect("newsletter_list", list_import.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        list_import, plan = self.list_import, plan_of(self.list_import)
        refused = list_import.refused
        return super().get_context_data(**kwargs) | {
            "list_import": list_import,
            "is_checked": plan.is_complete and list_import.state == State.PROPOSED and bool(list_import.counts),
            "counts": _counts_in_words(list_import.counts),
            "refused": refused[:MOST_SHOWN],
            "has_more": len(refused) > MOST_SHOWN,
        }


def _managed_import(request: HttpRequest, key: int) -> ListImport:
    rows = ListImport.objects.select_related("site", "newsletter__locale", "imported_by")
    list_import = get_object_or_404(rows, pk=key)
    if not may_manage(request.user, list_import.site):
        raise PermissionDenied
    return list_import


def _counts_in_words(counts: dict[str, int]) -> list[str]:
    return [
        _("%(outcome)s: %(count)d") % {"outcome": outcome, "count": counts[name]}
        for name, outcome in OUTCOMES.items()
        if counts.get(name)
    ]


def refused_lines(request: HttpRequest, key: int) -> HttpResponseBase:
    """The lines that were left out, with the reason, as a spreadsheet; they have no addresses."""
    list_import = _managed_import(request, key)
    kind = request.GET.get("export", CSV)
    rows = [[pgettext("of a file", "Line"), _("Reason")], *list_import.refused]
    return spreadsheet_response(rows, kind if kind in KINDS else CSV, f"list-{list_import.pk}-left-out")
