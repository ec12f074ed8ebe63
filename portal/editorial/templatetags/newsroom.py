"""The words that the newsroom's templates may use."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext

register = template.Library()


@register.filter
def quoted(text: Any) -> str:
    """A text as mails without markup quote it."""
    return "\n".join(f"> {line}".rstrip() for line in str(text).strip().splitlines())


@register.filter
def named(names: dict[str, str], key: str) -> str:
    return names.get(key, "")


@register.filter
def ago(moment: datetime) -> str:
    """How long something has been so, in one unit: “3 hours ago”."""
    if timezone.now() - moment < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(age)s ago") % {"age": timesince(moment, depth=1)}
