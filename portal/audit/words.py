"""The values of an act in the reader's language: names of fields, yes and no, dates, and names in place of keys."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext, gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import Site

# The names of values that are no fields.
NAMES = {
    "command": _("Command"),
    "findings": _("Findings"),
    "kind": _("Type"),
    "reason": _("Reason"),
    "revision": _("Version"),
    "sessions": _("Sessions"),
    "title": _("Title"),
}
NOTHING = "–"


class Words:
    """Remembers the names that it has read: the rows of a report often mean the same records."""

    def __init__(self) -> None:
        self._names: dict[tuple[type[Model], str], str] = {}

    def of(self, label: str, values: Any) -> str:
        """The values of a record of the model with this label; or what was written as words."""
        if not isinstance(values, dict):
            return "" if values is None else _plain(values)
        return "; ".join(self._of_field(label, name, value) for name, value in values.items())

    def site(self, key: int | None) -> str:
        return self._name(Site, key) if key else ""

    def _of_field(self, label: str, name: str, value: Any) -> str:
        field = _field(label, name)
        heading = capfirst(str(field.verbose_name)) if field else str(NAMES.get(name, name.replace("_", " ")))
        return gettext("%(name)s: %(value)s") % {"name": heading, "value": self._value(field, value)}

    def _value(self, field: Field[Any, Any] | None, value: Any) -> str:
        if field is None or value in (None, ""):
            return _plain(value)
        if field.related_model:
            return self._name(field.related_model, value)  # type: ignore[arg-type]
        if choices := _choices(field):
            return str(choices.get(value, value))
        if isinstance(field, StreamField):
            return " · ".join(_texts(value)) or NOTHING
        if field.get_internal_type() in ("DateField", "DateTimeField"):
            return _moment(field, value)
        return _plain(value)

    def _name(self, model: type[Model], key: Any) -> str:
        """The name of a record; its key, if it is gone."""
        place = (model, str(key))
        if place not in self._names:
            found = model._base_manager.filter(pk=key).first()
            name = (found.site_name or found.hostname) if isinstance(found, Site) else str(found or key)
            self._names[place] = name
        return self._names[place]


def _field(label: str, name: str) -> Field[Any, Any] | None:
    try:
        found = apps.get_model(label)._meta.get_field(name)
    except (FieldDoesNotExist, LookupError, ValueError):
        return None
    return found if isinstance(found, Field) else None


def _choices(field: Field[Any, Any]) -> dict[Any, Any]:
    """Those of the field; a role has its choices in one table only."""
    if field.name == "role" and not field.flatchoices:
        field = apps.get_model("editorial", "RoleGroup")._meta.get_field("role")
    return dict(field.flatchoices)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or NOTHING
    return NOTHING if value in (None, "") else str(value)


def _moment(field: Field[Any, Any], value: Any) -> str:
    try:
        found = field.to_python(value)
    except ValidationError:
        return str(value)
    if isinstance(found, datetime):
        return date_format(localtime(found) if is_aware(found) else found, "SHORT_DATETIME_FORMAT")
    return date_format(found, "SHORT_DATE_FORMAT") if isinstance(found, date) else str(value)


def _texts(stream: Any) -> Iterator[str]:
    """The texts in the JSON of a stream, which may have been cut."""
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
