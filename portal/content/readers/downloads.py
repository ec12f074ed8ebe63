"""Safe spreadsheet exports of Wagtail's lists, and lists of readers' data, which note who looked at them."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from wagtail.models import Site

from portal.content.readers.access_log import EXPORTED, LOOKED_AT, log_access
from portal.platform.spreadsheets.files import KINDS, XLSX, as_csv, as_xlsx


class SafeSpreadsheets:
    """Mixin for Wagtail's views that export; it writes their rows by `portal.platform.spreadsheets.files`."""

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> HttpResponseBase:
        rows = self._rows(queryset)
        response: HttpResponseBase
        if spreadsheet_format == XLSX:
            response = HttpResponse(as_xlsx(rows), content_type=KINDS[XLSX])
        else:
            response = StreamingHttpResponse(as_csv(rows), content_type=KINDS[spreadsheet_format])
        name = f"{self.get_filename()}.{spreadsheet_format}"  # type: ignore[attr-defined]
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "private, no-store"
        return response

    def _rows(self, queryset: Any) -> Iterator[list[Any]]:
        view: Any = self
        yield [view.get_heading(queryset, name) for name in view.list_export]
        for record in queryset.iterator(chunk_size=500):
            yield list(view.to_row_dict(record).values())


class ReaderDataList(SafeSpreadsheets):
    """Mixin for lists of what readers sent: a look and an export leave an entry in the log.

    `reader_data` is the msgid of the kind of records.
    """

    reader_data = ""
    # Set by Wagtail.
    is_export: bool

    def sites_of_data(self) -> Iterable[Site | None]:
        raise NotImplementedError

    def page_of_data(self) -> str:
        """The title of the page that the records belong to; empty if there is none."""
        return ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        action = EXPORTED if self.is_export else LOOKED_AT
        log_access(action, self.sites_of_data(), request.user, self.reader_data, self.page_of_data())
        return response
