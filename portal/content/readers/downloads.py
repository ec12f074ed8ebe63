"""Safe spreadsheet exports of Wagtail's lists, and lists of readers' data with access logging."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
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


# The prefix of columns with answers, so that no question can have the name of another column.
ANSWER_PREFIX = "answer:"


class QuestionColumns(ReaderDataList):
    """A list of records whose `answers` are `[[question, answer], …]`. Its export has a column for each question.

    A question that was renamed or removed later keeps its column.
    """

    # Set by the view.
    default_ordering: str
    columns_before: Sequence[str] = ()
    columns_after: Sequence[str] = ()

    def present_questions(self) -> Iterable[str]:
        """The questions whose columns come first, in this order."""
        return ()

    def exported_records(self) -> Any:
        """All records of the list, whatever its filters."""
        return self.get_base_queryset()  # type: ignore[attr-defined]

    @cached_property
    def questions(self) -> list[str]:
        records = self.exported_records().order_by(self.default_ordering)
        answers = records.values_list("answers", flat=True)
        return list(dict.fromkeys([*self.present_questions(), *(question for each in answers for question, _ in each)]))

    @property
    def list_export(self) -> list[str]:
        return [*self.columns_before, *(ANSWER_PREFIX + question for question in self.questions), *self.columns_after]

    def get_heading(self, queryset: Any, field: str) -> str:
        question = field.removeprefix(ANSWER_PREFIX)
        return question if question != field else super().get_heading(queryset, field)  # type: ignore[misc]

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        answers = {ANSWER_PREFIX + question: answer for question, answer in item.answers}
        return {
            name: answers.get(name, "") if name.startswith(ANSWER_PREFIX) else self.value_of(item, name)
            for name in self.list_export
        }

    def value_of(self, item: Any, name: str) -> Any:
        return getattr(item, name)
