"""Translates workflow task names, which the database stores in English."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Task

# The names given by `portal.editorial.roles`. A renamed task is not translated.
OURS = re.compile(r"(?P<site>.+): (?P<step>section|approval)")
LOGGED = ("start", "approve", "reject", "resume", "cancel")


class TaskName(str):
    """A stored name that is translated when displayed."""

    __slots__ = ()

    def __str__(self) -> str:
        return translated(str.__str__(self))

    def __html__(self) -> str:
        return escape(str(self))


def translated(name: str) -> str:
    found = OURS.fullmatch(name)
    if not found:
        return name
    words = {"section": gettext("%(site)s: section review"), "approval": gettext("%(site)s: approval")}
    return words[found["step"]] % {"site": found["site"]}


def task_read(sender: type[Task], instance: Task, **kwargs: Any) -> None:
    # Does not load a deferred name.
    if OURS.fullmatch(name := instance.__dict__.get("name") or ""):
        instance.name = TaskName(name)


def translate_log(actions: LogActionRegistry) -> None:
    """Translate the task names in a page's history. The log has them as plain text."""
    for action in LOGGED:
        formatter = actions.formatters[f"wagtail.workflow.{action}"]
        formatter.format_message = _with_translated_names(formatter.format_message)


def _with_translated_names(message: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda entry: message(SimpleNamespace(data=_translated_titles(entry.data)))


def _translated_titles(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    return {
        key: translated(value) if key == "title" and isinstance(value, str) else _translated_titles(value)
        for key, value in data.items()
    }
