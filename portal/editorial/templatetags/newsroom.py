"""Template filters of the newsroom: quoted text in plain mails, look-up in a dictionary, age of a moment."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext

from portal.editorial.people import name_of

register = template.Library()


@register.filter
def quote_lines(text: Any) -> str:
    """Prefix each line with `>`, as plain-text mails quote."""
    return "\n".join(f"> {line}".rstrip() for line in str(text).strip().splitlines())


@register.filter
def lookup(values: dict[str, str], key: str) -> str:
    return values.get(key, "")


@register.filter
def person(user: Any) -> str:
    """The name of somebody, or a word for somebody who has left."""
    return name_of(user) or gettext("Somebody")


@register.filter
def ago(moment: datetime) -> str:
    """Return the time since a moment in its largest unit: “3 hours ago”."""
    if timezone.now() - moment < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(age)s ago") % {"age": timesince(moment, depth=1)}
