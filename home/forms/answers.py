"""The answers of a form's messages, by question: as text, and as columns of a spreadsheet."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import chain
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language, gettext as _, override, pgettext

from home.forms.records import FormRecord
from portal.accounts.names import name_of


class Answer(NamedTuple):
    label: str
    text: str
    is_address: bool = False


def answers_of(page: Any, record: Any) -> list[Answer]:
    """The answers in form order, then those to fields that no longer exist."""
    sent = dict(record.form_data)
    answers = [
        Answer(field.label, as_text(sent.pop(field.clean_name, None)), field.field_type == "email")
        for field in page.get_form_fields()
    ]
    labels = record.labels or {}
    return answers + [Answer(labels.get(name) or _words_of(name), as_text(value)) for name, value in sent.items()]


def as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(localtime(value) if is_aware(value) else value, "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return "" if value is None else str(value)


def questions_of(page: Any) -> dict[str, str]:
    """The labels of all questions by their names: those of the form, then removed ones as readers last saw them."""
    present = {field.clean_name: field.label for field in page.get_form_fields()}
    removed: dict[str, str] = {}
    sent = FormRecord.objects.filter(page=page).order_by("submit_time", "pk").values_list("form_data", "labels")
    for answers, labels in sent.iterator(chunk_size=500):
        removed |= {name: (labels or {}).get(name) or _words_of(name) for name in answers.keys() - present.keys()}
    return present | dict(sorted(removed.items()))


def rows_of(page: Any, records: Iterable[FormRecord]) -> Iterator[list[Any]]:
    """The rows of a spreadsheet: the headings, then each message with a column for each question ever in the form.

    The language is the one active at the call, because a streamed response reads the rows in another one.
    """
    language, questions = get_language(), questions_of(page)
    headings = [
        str(dict(page.get_data_fields())["submit_time"]),
        *questions.values(),
        pgettext("form message", "Status"),
        pgettext("form message", "Assigned to"),
        pgettext("form message", "Note"),
    ]

    def row_of(record: FormRecord) -> list[Any]:
        with override(language):
            answers = (record.form_data.get(name) for name in questions)
            cells = [as_text(answer) if isinstance(answer, bool) else answer for answer in answers]
            status = str(record.get_status_display())
        return [record.submit_time, *cells, status, name_of(record.assigned_to), record.note]

    return chain([headings], map(row_of, records))


def _words_of(name: str) -> str:
    return name.replace("_", " ").capitalize()
