"""Saves an autosave's valid fields. Invalid fields keep their former values, and a note names them."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's autosave saves the valid fields of a form
# with an error.

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.overrides.editor.partial_stream import invalid_blocks, texts
from portal.platform.newsroom_views import titled

Path = tuple[str, ...]


@dataclass(frozen=True)
class InvalidValue:
    """An invalid value: its place in the form, its label, the reason, and a function that resets it.

    `path` is the name of an input, or the name of a stream field, the key of a block and the names of its parts.
    `label` is empty if the user has not changed the value.
    """

    path: Path
    label: str
    reason: str
    restore: Callable[[], None] = field(compare=False)


class _FormError(Exception):
    """The form has an error that belongs to no single field."""


def reset_invalid(form: Any) -> list[InvalidValue] | None:
    """Reset invalid values of a page's form until the rest is valid; None if that is impossible.

    After that, each value either has passed every check, including the check for records of other sites, or is the
    former value. A former value may itself be invalid, such as an expiry date in the past.
    """
    found: dict[Path, InvalidValue] = {}
    initially_invalid: dict[str, str] | None = None
    try:
        while not form.is_valid():
            form.forget_references()
            form.__dict__.pop("changed_data", None)
            problems = {each.path: each for each in _problems(form, found) if each.path not in found}
            if not problems:
                return None
            if initially_invalid is None:
                initially_invalid = _initially_invalid(form)
            for each in problems.values():
                each.restore()
            found |= problems
            _clean_again(form, initially_invalid)
    except _FormError:
        return None
    return [each for each in found.values() if each.label]


def _initially_invalid(form: Any) -> dict[str, str]:
    """The fields whose former values are invalid, and the reasons."""
    if form.instance.pk is None:
        return {}
    typed = [name for name, field in form.fields.items() if not field.disabled]
    _disable(form, typed)
    form.clean_again()
    refused = {name: texts(errors) for name, errors in form.errors.as_data().items()}
    for name in typed:
        form.fields[name].disabled = False
    return refused


def _clean_again(form: Any, initially_invalid: dict[str, str]) -> None:
    form.forget_references()
    for formset in form.formsets.values():
        for row in formset.forms:
            row.__dict__.pop("changed_data", None)
            _restore_values(row, row.fields)
            row.full_clean()
        formset.full_clean()
        for row in formset.forms:
            _restore_values(row, _disabled_fields(row))
            if _disabled_fields(row) == row.fields.keys():
                row.errors.clear()
    _restore_values(form, form.fields)
    form.clean_again()
    _restore_values(form, _disabled_fields(form))
    for name, errors in form.errors.as_data().items():
        if name in _disabled_fields(form) and initially_invalid.get(name) == texts(errors):
            del form.errors[name]


def _restore_values(form: Any, names: Iterable[str]) -> None:
    """Reset attributes of a record to their values before the form was validated."""
    for name in form.initial_values.keys() & set(names):
        attribute, value = form.initial_values[name]
        setattr(form.instance, attribute, value)


def _disabled_fields(form: Any) -> set[str]:
    return {name for name, field in form.fields.items() if field.disabled}


def _problems(form: Any, known: dict[Path, InvalidValue]) -> Iterator[InvalidValue]:
    for name, errors in form.errors.as_data().items():
        if name == NON_FIELD_ERRORS:
            raise _FormError
        yield from list(_problems_of_blocks(form, name, errors)) or _problems_of_field(form, name, errors, known)
    for formset in form.formsets.values():
        if not formset.is_valid():
            yield from _problems_of_rows(formset, known)


def _problems_of_field(
    form: Any, name: str, errors: list[Any], known: dict[Path, InvalidValue]
) -> Iterator[InvalidValue]:
    # A field that is still invalid after a reset does not fit the value of another field.
    is_back = (form.add_prefix(name),) in known
    for refused in form.compared_with.get(name, ()) if is_back else (name,):
        # Fields on which a value depends are reset too, such as a date's time zone.
        for each in (refused, *form.read_by.get(refused, ())):
            if each in form.fields:
                label = str(form.fields[each].label) if each in form.changed_data else ""
                reason = texts(errors) if each == refused else ""
                if each == "slug" and form.instance.pk is None:
                    # Wagtail derives the slug of a new page from its title.
                    form.fields[each].required = False
                yield InvalidValue((form.add_prefix(each),), label, reason, partial(_disable, form, [each]))


def _disable(form: Any, names: Any) -> None:
    # Django ignores the submitted value of a disabled field.
    for name in names:
        form.fields[name].disabled = True


def _problems_of_blocks(form: Any, name: str, errors: list[Any]) -> Iterator[InvalidValue]:
    blocks, put_back = invalid_blocks(form, name, errors)
    for each in blocks:
        label = titled(form.fields[name].label, each.label) if each.is_changed else ""
        yield InvalidValue((form.add_prefix(name), *each.path), label, each.reason, put_back)


def _problems_of_rows(formset: Any, known: dict[Path, InvalidValue]) -> Iterator[InvalidValue]:
    title = capfirst(str(getattr(formset, "row_name", formset.model._meta.verbose_name)))
    general = " ".join(formset.non_form_errors())
    # The changes are unknown without a valid number of rows.
    is_changed = not formset.management_form.is_valid() or any(row.has_changed() for row in formset.forms)
    stays = InvalidValue((formset.prefix,), title if is_changed else "", general, partial(_ignore_changes, formset))
    if general:
        yield stays
    drafted = _use_drafted_values(formset)
    for row in formset.forms:
        if not row.errors or row.cleaned_data.get(DELETION_FIELD_NAME):
            continue
        is_new = row.instance.pk is None and row not in drafted
        is_named = any((row.add_prefix(name),) in known for name in row.errors)
        if formset.model._meta.pk.name in row.errors:
            # The row was deleted in the meantime, for example with the story that it referred to.
            yield InvalidValue((row.prefix,), title, "", partial(_leave_out, row))
        elif not is_named and NON_FIELD_ERRORS not in row.errors:
            # An autosave requires no fields, so it would save a new row without its essential values.
            is_left_out = is_new and any(formset.form.base_fields[name].required for name in row.errors)
            for name, errors in row.errors.as_data().items():
                is_changed = row.instance.pk is None or name in row.changed_data
                label = titled(title, row.fields[name].label) if is_changed else ""
                label = _whole_row(title, row) if is_left_out else label
                restore = partial(_leave_out, row) if is_left_out else partial(_disable, row, [name])
                yield InvalidValue((row.add_prefix(name),), label, texts(errors), restore)
        elif is_new:
            yield InvalidValue((row.prefix,), "" if is_named else title, _reason_of(row), partial(_leave_out, row))
        else:
            label = title if row.has_changed() else ""
            yield InvalidValue((row.prefix,), label, _reason_of(row), partial(_ignore_row_changes, row))


def _whole_row(title: str, row: Any) -> str:
    """The label of a new row. None of its values are saved until its invalid fields are corrected."""
    fields = ", ".join(str(row.fields[name].label) for name in row.errors)
    label = _("%(row)s (the whole new row; first fill in or correct: %(fields)s)")
    return label % {"row": title, "fields": fields}


def _reason_of(row: Any) -> str:
    """Why a whole row is refused."""
    return texts(row.errors.as_data().get(NON_FIELD_ERRORS, ()))


def _use_drafted_values(formset: Any) -> Collection[Any]:
    """Set the initial values of invalid rows from the draft, and return all rows of the draft.

    In the draft of a live page, rows have no keys. They are matched by their values, then by their order.
    """
    left = [record for record in formset.queryset if record.pk is None]
    rows = [row for row in formset.forms if row.instance.pk is None] if left else []
    drafted = {}
    for row in sorted(rows, key=lambda row: bool(row.errors)):
        record = max(left, key=partial(_in_common, row), default=None)
        if record is not None and _in_common(row, record):
            left.remove(record)
            drafted[row] = record
    others = [row for row in formset.initial_forms if row in rows and row not in drafted]
    drafted |= dict(zip(others, left, strict=False))
    for row, record in drafted.items():
        if row.errors:
            # Each save writes rows without keys again.
            row.has_changed = lambda: True
            for name, (attribute, _value) in row.initial_values.items():
                row.initial[name] = getattr(record, attribute)
                row[name].__dict__.pop("initial", None)
                row.initial_values[name] = (attribute, row.initial[name])
    return drafted.keys()


def _in_common(row: Any, record: Any) -> int:
    """The number of values that a row and a record have in common, not counting blank values."""
    columns = [row.initial_values[name][0] for name in row.initial_values.keys() & row.cleaned_data.keys()]
    blank = type(record)()
    return sum(
        getattr(row.instance, column) == getattr(record, column) != getattr(blank, column)
        for column in columns
        if column != record._meta.pk.attname
    )


def _leave_out(row: Any) -> None:
    row.fields[DELETION_FIELD_NAME].widget.value_from_datadict = lambda *_args: True
    _count_as_unchanged(row)


def _count_as_unchanged(row: Any) -> None:
    row.has_changed = lambda: False
    # Wagtail ignores the order of an unchanged row if the row may be empty.
    row.empty_permitted = False


def _ignore_row_changes(row: Any) -> None:
    _disable(row, row.fields)
    if row.instance.pk is not None:
        _count_as_unchanged(row)


def _ignore_changes(formset: Any) -> None:
    for row in formset.forms:
        _ignore_row_changes(row)
        _count_as_unchanged(row)
    formset.is_valid = lambda: True
    formset.save = lambda commit=True: []


class SavesValidPart:
    """Mix-in for page editor views: an autosave saves all valid values, and names the invalid ones."""

    request: HttpRequest
    expects_json_response: bool
    action_name: str
    page: Any
    locked_for_user = False

    def form_invalid(self, form: Any) -> HttpResponse:
        if self.expects_json_response and self.action_name == "save" and not self.locked_for_user:
            form.defer_required_fields()
            unsaved = reset_invalid(form)
            if unsaved is not None and (self.page.pk or form.has_changed()):
                return self._partial_response(unsaved, form)
            form.restore_required_fields()
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        return response

    def _partial_response(self, unsaved: list[InvalidValue], form: Any) -> HttpResponse:
        # Nothing is saved without a valid change, so that the user is not recorded as an author.
        unchanged = JsonResponse({"success": True, "pk": self.page.pk})
        response: HttpResponse = self.form_valid(form) if form.has_changed() else unchanged  # type: ignore[attr-defined]
        content = json.loads(response.content) if isinstance(response, JsonResponse) else {}
        if not (unsaved and content.get("success")):
            return response
        labels = ", ".join(dict.fromkeys(each.label for each in unsaved))
        content["note"] = _("Not saved: %(fields)s.") % {"fields": labels}
        content["is_partial"] = True
        content["not_saved"] = [{"path": each.path, "reason": each.reason} for each in unsaved if each.reason]
        return JsonResponse(content, status=response.status_code)
