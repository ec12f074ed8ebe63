"""Writes an act's values in the reader's language: field names, yes and no, dates, and names instead of keys."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import DateField, Field, Model
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext, gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import Site

from portal.accounts.names import name_of
from portal.audit.actions import action_label

# The names of values that are not fields.
NAMES = {
    "account": _("Account"),
    "action": _("Action"),
    "at_from": _("First day"),
    "at_to": _("Last day"),
    "command": _("Command"),
    "drafts": _("Drafts"),
    "erased": _("Erased words"),
    "export": _("Format"),
    "factors": _("Second factors"),
    "findings": _("Findings"),
    "guest_links": _("Links to drafts"),
    "holder": _("Taken over by"),
    "in_review": _("In review"),
    "kind": _("Type"),
    "locked": _("Locked pages"),
    "own": _("Pages that only they could edit"),
    "providers": _("Sign-in providers"),
    "reason": _("Reason"),
    "roles": _("Roles"),
    "scheduled": _("Scheduled pages"),
    "sessions": _("Sessions"),
    "site_key": _("Site"),
    "subscriptions": _("Mails about comments"),
    "title": _("Title"),
    "tokens": _("Tokens of the API"),
    "waiting": _("Reviews that waited"),
}
# Values that are codes.
CODES = {
    "account": {"closed": _("closed"), "open": _("open")},
    "kind": {"totp": _("app with codes"), "webauthn": _("passkey"), "recovery_codes": _("recovery codes")},
}
# Internal numbers, which only exports contain.
NUMBERS = {"id", "revision", "task_state_id"}
NOTHING = "–"


class Words:
    """Caches the names that it has read: the rows of a report often refer to the same records."""

    def __init__(self) -> None:
        self._names: dict[tuple[type[Model], str], str] = {}

    def of(self, label: str, values: Any) -> str:
        """The values of a record, given its model's label, or the text that was logged."""
        if not isinstance(values, dict):
            return "" if values is None else _plain(values)
        shown = [(name, value) for name, value in values.items() if name not in NUMBERS]
        return " · ".join(self._of_field(label, name, value) for name, value in shown)

    def site(self, key: int | None) -> str:
        return self._name(Site, key) if key else ""

    def person(self, key: Any) -> str:
        return self._name(get_user_model(), key) if key else ""

    def record(self, label: str, key: str) -> str:
        """The name of an account, since its acts are recorded without a name; the number of any other record."""
        if not key:
            return ""
        return self.person(key) if label == get_user_model()._meta.label else gettext("no. %(key)s") % {"key": key}

    def read_people(self, records: Iterable[dict[str, Any]]) -> None:
        """Read the names of all accounts in these records at once."""
        model = get_user_model()
        keys = {str(each["actor_key"] or "") for each in records}
        keys |= {each["object_key"] for each in records if each["model"] == model._meta.label}
        people = model._default_manager.in_bulk([int(key) for key in keys if key.isdecimal()])
        self._names |= {(model, str(key)): name_of(person) for key, person in people.items()}

    def _of_field(self, label: str, name: str, value: Any) -> str:
        field = _field(label, name)
        heading = capfirst(str(field.verbose_name)) if field else str(NAMES.get(name, name.replace("_", " ")))
        shown = self._value(field, value) if field else self._of_name(name, value)
        return gettext("%(name)s: %(value)s") % {"name": heading, "value": shown}

    def _of_name(self, name: str, value: Any) -> str:
        """A value that belongs to no field."""
        match name:
            case "action":
                return action_label(str(value))
            case "at_from" | "at_to":
                return _formatted_date(DateField(), value)
            case "erased":
                return str(len(value))
            case "holder":
                return self.person(value)
            case "site_key":
                return self.site(int(value)) if str(value).isdecimal() else _plain(value)
        return str(CODES.get(name, {}).get(value, value)) if isinstance(value, str) else _plain(value)

    def _value(self, field: Field[Any, Any], value: Any) -> str:
        if value in (None, ""):
            return _plain(value)
        if field.related_model:
            return self._name(field.related_model, value)  # type: ignore[arg-type]
        if choices := _choices(field):
            return str(choices.get(value, value))
        if isinstance(field, StreamField):
            return " · ".join(_texts(value)) or NOTHING
        if field.get_internal_type() in ("DateField", "DateTimeField"):
            return _formatted_date(field, value)
        return _plain(value)

    def _name(self, model: type[Model], key: Any) -> str:
        """The name of a record; its key if the record is gone."""
        place = (model, str(key))
        if place not in self._names:
            self._names[place] = _name_of(model, key)
        return self._names[place]


def _name_of(model: type[Model], key: Any) -> str:
    found = model._base_manager.filter(pk=key).first()
    if isinstance(found, Site):
        return str(found.site_name or found.hostname)
    if model is get_user_model():
        return name_of(found) or gettext("a deleted account (%(key)s)") % {"key": key}
    return str(found or key)


def _field(label: str, name: str) -> Field[Any, Any] | None:
    try:
        found = apps.get_model(label)._meta.get_field(name)
    except (FieldDoesNotExist, LookupError, ValueError):
        return None
    return found if isinstance(found, Field) else None


def _choices(field: Field[Any, Any]) -> dict[Any, Any]:
    """The field's choices; a role has choices in one table only."""
    if field.name == "role" and not field.flatchoices:
        field = apps.get_model("editorial", "RoleGroup")._meta.get_field("role")
    return dict(field.flatchoices)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        if title := value.get("title"):
            return str(title)
        if value.keys() == {"old", "new"}:
            return f"{_plain(value['old'])} → {_plain(value['new'])}"
        return ", ".join(
            f"{NAMES.get(name, name.replace('_', ' '))}: {_plain(each)}"
            for name, each in value.items()
            if name not in NUMBERS
        )
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or NOTHING
    return NOTHING if value in (None, "") else str(value)


def _formatted_date(field: Field[Any, Any], value: Any) -> str:
    try:
        found = field.to_python(value)
    except ValidationError:
        return str(value)
    if isinstance(found, datetime):
        return date_format(localtime(found) if is_aware(found) else found, "SHORT_DATETIME_FORMAT")
    return date_format(found, "SHORT_DATE_FORMAT") if isinstance(found, date) else str(value)


def _texts(stream: Any) -> Iterator[str]:
    """The text in a stream's JSON, which may have been truncated."""
    if isinstance(stream, str):
        try:
            stream = json.loads(stream)
        except ValueError:
            yield stream
            return
    yield from _leaves(stream)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            if name not in ("id", "type"):
                yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value not in (None, ""):
        yield _plain(value)
