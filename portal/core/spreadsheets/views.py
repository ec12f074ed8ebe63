"""Safe spreadsheet exports of Wagtail's lists."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from portal.core.spreadsheets.files import KINDS, XLSX, as_csv, as_xlsx


class SafeSpreadsheets:
    """Mixin for Wagtail's views that export; it writes their rows by `portal.core.spreadsheets.files`."""

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
