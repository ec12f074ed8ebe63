"""The import report: all pages, each beside its original, and as a spreadsheet."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy as _

from portal.moving.models import ImportedItem
from portal.moving.newsroom.views import OneImport
from portal.moving.reporting import rows_of, state_of
from portal.moving.wording import MISSING, URGENT, note_in_words
from portal.moving.writing.links import BROKEN
from portal.platform.newsroom_views import crumb
from portal.platform.spreadsheets.files import KINDS, XLSX, as_csv, as_xlsx

ON_A_PAGE = 50
MOST_NOTES = 4
FILTERS = {
    "look": _("To be looked at"),
    "missing": _("Pictures and files missing"),
    "links": _("Links that lead nowhere"),
    "both": _("Changed on both sides"),
    "gone": _("Gone there"),
    "all": _("All"),
}


class ReportRow(NamedTuple):
    item: ImportedItem
    state: str
    # The title of the page here; empty if it is now in another site.
    address: str
    notes: list[str]
    more_notes: int


class OneReport(OneImport):
    """Base view for the items of an import that has started."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if self.run.source is None:
            raise Http404
        self.source = self.run.source
        self.items = ImportedItem.objects.filter(source=self.source, kind=ImportedItem.Kind.PAGE)
        self.here = set(self.source.items_here().values_list("pk", flat=True))

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [*super().breadcrumbs(), crumb(gettext("Report"), reverse("moving_report", args=[self.run.pk]))]

    def row(self, item: ImportedItem) -> ReportRow:
        notes = [note_in_words(*note) for note in item.notes]
        address = item.page.full_url if item.page and item.pk in self.here else ""
        return ReportRow(
            item, state_of(item, self.here), address or "", notes[:MOST_NOTES], max(0, len(notes) - MOST_NOTES)
        )


class ReportView(OneReport):
    template_name = "moving/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = self.request.GET.get("show", "look")
        chosen = chosen if chosen in FILTERS else "look"
        keys = _most_read_first(list(_filtered(self.items, chosen).order_by("pk").values_list("pk", "page_id")))
        page = Paginator(keys, ON_A_PAGE).get_page(self.request.GET.get("p"))
        found = self.items.defer("old_text", "field_hashes").select_related("page").in_bulk(list(page))
        return super().get_context_data(**kwargs) | {
            "filters": [(name, label, name == chosen) for name, label in FILTERS.items()],
            "page_obj": page,
            "rows": [self.row(found[key]) for key in page if key in found],
        }


def _filtered(items: QuerySet[ImportedItem], chosen: str) -> QuerySet[ImportedItem]:
    match chosen:
        case "both":
            return items.filter(is_conflict=True)
        case "gone":
            return items.filter(is_gone=True)
        case "all":
            return items
    codes = {"missing": MISSING, "links": (BROKEN, "link lost")}.get(chosen, URGENT)
    has_one = Q()
    for code in codes:
        has_one |= Q(notes_text__contains=f'"{code}"')
    return items.annotate(notes_text=Cast("notes", TextField())).filter(has_one)


def _most_read_first(items: list[tuple[int, int | None]]) -> list[int]:
    """The keys of items, sorted by the total views of their pages. The keys of the pages are passed with them."""
    views: dict[int, int] = {}
    if apps.is_installed("portal.readership"):
        # The model is looked up by name, because neither app depends on the other.
        days = apps.get_model("readership", "PageDay")._default_manager
        pages = {page for _key, page in items if page}
        sums = days.values("page").annotate(sum=Sum("views")).values_list("page", "sum")
        views = {page: count for page, count in sums if page in pages}
    return [key for key, page in sorted(items, key=lambda pair: (-views.get(pair[1] or 0, 0), pair[0]))]


class ItemView(OneReport):
    """One page: the old and the new text side by side, the result for each part, and the notes to check."""

    template_name = "moving/item.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.item = get_object_or_404(self.items.select_related("page"), pk=kwargs["item"])
        self.page_title = str(self.item)

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [*super().breadcrumbs(), crumb(self.item)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row(self.item)
        page = self.item.page if self.item.pk in self.here else None
        return super().get_context_data(**kwargs) | {
            "item": self.item,
            "row": row,
            "notes": [note_in_words(*note) for note in self.item.notes],
            "page": page,
            "parts": list(_parts_of(page.specific.get_latest_revision_as_object())) if page else [],
        }


def _parts_of(page: Any) -> Iterator[tuple[str, str]]:
    """The kind and the words of the parts above the text, and of each of its blocks, in the newest version."""
    for name in ("standfirst", "introduction"):
        if text := getattr(page, name, ""):
            yield str(capfirst(page._meta.get_field(name).verbose_name)), text
    for block in page.body:
        words = "\n".join(str(text) for text in block.block.get_searchable_content(block.value))
        yield str(block.block.label), words


class ReportFile(OneReport):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        kind = kwargs["kind"]
        if kind not in KINDS:
            raise Http404
        rows = rows_of(self.source)
        response = HttpResponse(as_xlsx(rows)) if kind == XLSX else StreamingHttpResponse(as_csv(rows))
        response["Content-Type"] = KINDS[kind]
        response["Content-Disposition"] = f'attachment; filename="import-{self.run.pk}.{kind}"'
        response["Cache-Control"] = "private, no-store"
        return response
