"""Stores unsaved text in the session until the person decides about it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from wagtail.models import Page

from portal.editorial.translations.side_by_side.forms import Entry

KEY = "passages_not_saved"


def unsaved_entries(request: HttpRequest, page: Page) -> dict[str, Entry]:
    """This person's unsaved entries by passage name."""
    stored = request.session.get(KEY, {}).get(str(page.pk), {})
    return {
        name: Entry(name, text, seen, shown_as="", is_confirmed=False, replaces="")
        for name, (text, seen) in stored.items()
    }


def store_unsaved(request: HttpRequest, page: Page, entries: Iterable[Entry], unsaved: Mapping[str, Any]) -> None:
    """Store unsaved entries and remove those that were saved."""
    pages = request.session.get(KEY, {})
    before = pages.get(str(page.pk), {})
    after = dict(before)
    for entry in entries:
        after.pop(entry.name, None)
        if entry.name in unsaved:
            after[entry.name] = [entry.text, entry.seen]
    if after != before:
        request.session[KEY] = {**{key: value for key, value in pages.items() if key != str(page.pk)}}
        if after:
            request.session[KEY][str(page.pk)] = after
