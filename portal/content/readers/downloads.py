"""Safe spreadsheet exports of Wagtail's lists, and lists of readers' data with access logging."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from wagtail.models import Site

from portal.content.readers.access_log import EXPORTED, LOOKED_AT, log_access
from portal.platform.spreadsheets.files import KINDS, XLSX, as_csv, as_xlsx


def spreadsheet_response(rows: Iterable[Iterable[Any]], kind: str, name: str) -> HttpResponseBase:
    """The rows as a download that no cache stores; `kind` is one of KINDS."""
    response: HttpResponseBase
    response = HttpResponse(as_xlsx(rows)) if kind == XLSX else StreamingHttpResponse(as_csv(rows))
    response["Content-Type"] = KINDS[kind]
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["Cache-Control"] = "private, no-store"
    return response


class SafeSpreadsheets:
    """Mixin for Wagtail views that export: writes their rows with `portal.platform.spreadsheets.files`."""

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> HttpResponseBase:
        name = self.get_filename()  # type: ignore[attr-defined]
        return spreadsheet_response(self._rows(queryset), spreadsheet_format, name)

    def _rows(self, queryset: Any) -> Iterator[list[Any]]:
        view: Any = self
        yield [view.get_heading(queryset, name) for name in view.list_export]
        for record in queryset.iterator(chunk_size=500):
            yield list(view.to_row_dict(record).values())


class ReaderDataList(SafeSpreadsheets):
    """Mixin for lists of readers' data that logs views and exports.

    `reader_data` is the msgid of the kind of record.
    """

    reader_data = ""
    # Set by Wagtail.
    is_export: bool

    def sites_of_data(self) -> Iterable[Site | None]:
        raise NotImplementedError

    def page_of_data(self) -> str:
        """The title of the page that the records belong to, or an empty string."""
        return ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        action = EXPORTED if self.is_export else LOOKED_AT
        log_access(action, self.sites_of_data(), request.user, self.reader_data, self.page_of_data())
        return response
