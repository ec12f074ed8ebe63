"""An autosave keeps all that is understood: what is not keeps the value that it had, and is named."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.blocks import StreamBlockValidationError, StreamValue
from wagtail.models import COMMENTS_RELATION_NAME

Path = tuple[str, ...]


@dataclass(frozen=True)
class NotKept:
    """What is not kept as it was typed: where in the form, under which name, why, and how it gets its value back.

    The path is the name of an input, or that of a field of blocks, the key of a block and names of its parts. Without
    a label it says nothing to the editor, who has not changed it.
    """

    path: Path
    label: str
    reason: str
    set_back: Callable[[], None] = field(compare=False)


class _NotOfAFieldError(Exception):
    """The form is refused for a reason that belongs to no field of it."""


def keep_understood(form: Any) -> list[NotKept] | None:
    """Give all in a page's form that is not understood its value back, until the rest is valid; None if it is never.

    What an editor did not change may be refused by itself, such as an expiry that is past. It stays as it is.
    """
    found: dict[Path, NotKept] = {}
    try:
        while not form.is_valid():
            problems = {each.path: each for each in _problems(form, found) if each.path not in found}
            if not problems:
                if not _is_valid_as_before(form):
                    return None
                break
            for each in problems.values():
                each.set_back()
            found |= problems
            _clean_again(form)
    except _NotOfAFieldError:
        return None
    return [each for each in found.values() if each.label]


def _is_valid_as_before(form: Any) -> bool:
    """Whether the record is valid although its form is not, which then counts as valid, too."""
    if form.instance.pk is None or not all(formset.is_valid() for formset in form.formsets.values()):
        return False
    try:
        form.instance.full_clean()
    except ValidationError:
        return False
    form.errors.clear()
    return True


def _clean_again(form: Any) -> None:
    for name, formset in form.formsets.items():
        if name != COMMENTS_RELATION_NAME:
            for row in formset.forms:
                row.__dict__.pop("changed_data", None)
                row.full_clean()
            formset.full_clean()
    form.clean_again()


def _problems(form: Any, known: dict[Path, NotKept]) -> Iterator[NotKept]:
    for name, errors in form.errors.as_data().items():
        if name == NON_FIELD_ERRORS:
            raise _NotOfAFieldError
        yield from _problems_of_blocks(form, name, errors, known) or _problems_of_field(form, name, errors)
    for name, formset in form.formsets.items():
        if not formset.is_valid():
            if name == COMMENTS_RELATION_NAME:
                raise _NotOfAFieldError
            yield from _problems_of_rows(formset, known)


def _problems_of_field(form: Any, name: str, errors: list[Any]) -> Iterator[NotKept]:
    # What the value that comes back is read by comes back, too, such as the time zone of a date.
    for each in (name, *getattr(form, "read_by", {}).get(name, ())):
        if each in form.fields:
            label = str(form.fields[each].label) if each in form.changed_data else ""
            reason = _texts(errors) if each == name else ""
            yield NotKept((form.add_prefix(each),), label, reason, partial(_stand_still, form, [each]))


def _stand_still(form: Any, names: Any) -> None:
    # Django takes what the record has for a disabled field, whatever was sent.
    for name in names:
        form.fields[name].disabled = True


def _problems_of_blocks(form: Any, name: str, errors: list[Any], known: dict[Path, NotKept]) -> list[NotKept]:
    """A block that is not understood is as it was before; a new one waits. None if that does not help."""
    own, error = form.fields[name], errors[0]
    if own.disabled or not isinstance(error, StreamBlockValidationError) or error.non_block_errors:
        return []
    typed, before = form[name].data, form.get_initial_for_field(own, name) or ()
    former = {child.id: child for child in before}
    kept = [former.get(child.id) if number in error.block_errors else child for number, child in enumerate(typed)]
    value = StreamValue(typed.stream_block, [(each.block_type, each.value, each.id) for each in kept if each])
    set_back = partial(setattr, own.widget, "value_from_datadict", lambda *_args: value)
    found = []
    for number, each in error.block_errors.items():
        child, (inner, reason) = typed[number], _innermost(each)
        path = (form.add_prefix(name), str(child.id), *inner)
        found.append(NotKept(path, f"{own.label}: {child.block.label}", reason, set_back))
    return [] if any(each.path in known for each in found) else found


def _innermost(error: Any) -> tuple[Path, str]:
    """The names of the parts of a block that lead to its first error, and what that says."""
    names: list[str] = []
    while inner := getattr(error, "block_errors", None):
        name, error = next(iter(inner.items())) if isinstance(inner, dict) else (None, next(filter(None, inner)))
        names += [name] if isinstance(name, str) else []
    return tuple(names), _texts([error])


def _texts(errors: list[Any]) -> str:
    return " ".join(dict.fromkeys(text for error in errors for text in error.messages))


def _problems_of_rows(formset: Any, known: dict[Path, NotKept]) -> Iterator[NotKept]:
    title = capfirst(str(formset.model._meta.verbose_name))
    general = " ".join(formset.non_form_errors())
    stays = NotKept((formset.prefix,), title, general, partial(_leave_as_it_is, formset))
    if general:
        yield stays
    has_rows_without_key = any(record.pk is None for record in formset.queryset)
    for row in formset.forms:
        if not row.errors or row.cleaned_data.get(DELETION_FIELD_NAME):
            continue
        is_new = row.instance.pk is None
        is_named = any((row.add_prefix(name),) in known for name in row.errors)
        if is_new and has_rows_without_key:
            # The draft of a page that is live has rows without keys. Nobody can say which of them this one was.
            yield stays
        elif not is_named and NON_FIELD_ERRORS not in row.errors:
            for name, errors in row.errors.as_data().items():
                label, set_back = f"{title}: {row.fields[name].label}", partial(_stand_still, row, [name])
                yield NotKept((row.add_prefix(name),), label, _texts(errors), set_back)
        elif is_new:
            # A row that is not there yet waits.
            yield NotKept((row.prefix,), "" if is_named else title, "", partial(_leave_out, row))
        else:
            yield stays


def _leave_out(row: Any) -> None:
    row.fields[DELETION_FIELD_NAME].widget.value_from_datadict = lambda *_args: True


def _leave_as_it_is(formset: Any) -> None:
    """Have a list of rows be as it was before."""
    for row in formset.forms:
        # Of a row without any change, Wagtail would not learn its place in the form.
        _stand_still(row, row.fields.keys() - {ORDERING_FIELD_NAME})
    formset.is_valid = lambda: True
    formset.save = lambda commit=True: []


class KeepsWhatIsUnderstood:
    """Mix-in for page editor views: an autosave keeps all but what is not understood, and says what that is."""

    request: HttpRequest
    expects_json_response: bool
    action_name: str
    page: Any
    locked_for_user = False

    def form_invalid(self, form: Any) -> HttpResponse:
        if self.expects_json_response and self.action_name == "save" and not self.locked_for_user:
            form.defer_required_fields()
            not_kept = keep_understood(form)
            if not_kept is not None and (self.page.pk or form.has_changed()):
                return self._answer_with(not_kept, form)
            form.restore_required_fields()
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        return response

    def _answer_with(self, not_kept: list[NotKept], form: Any) -> HttpResponse:
        # Nobody becomes an author of a page by what is not kept.
        unchanged = JsonResponse({"success": True, "pk": self.page.pk})
        response: HttpResponse = self.form_valid(form) if form.has_changed() else unchanged  # type: ignore[attr-defined]
        answer = json.loads(response.content) if isinstance(response, JsonResponse) else {}
        if not (not_kept and answer.get("success")):
            return response
        labels = ", ".join(dict.fromkeys(each.label for each in not_kept))
        answer["note"] = _("Not saved: %(fields)s.") % {"fields": labels}
        answer["is_partial"] = True
        answer["not_kept"] = [{"path": each.path, "reason": each.reason} for each in not_kept if each.reason]
        return JsonResponse(answer, status=response.status_code)
