"""Further pages of archives, AMP, `index.php`: forms of WordPress's addresses that need no redirects of their own.

Calendar files of The Events Calendar lead to those of the calendar or event to which the page leads.
"""

import re
from collections.abc import Iterator
from typing import Any

from wagtail.models import Page

from portal.content.extension_points import OtherForm
from portal.content.kinds import kind_named, model_of

_INDEX = re.compile(r"/index\.php(?=/|$)")
_COPY = re.compile(r"/(?:amp|embed|trackback)/?$")
_FURTHER = re.compile(r"/(?:page/|comment-page-)\d{1,9}/?$")
_FILE = re.compile(r"/ical/?$")
_QUERY_OF_A_FORM = ("amp", "noamp", "paged", "cpage")
_QUERY_OF_A_FILE = ("ical", "outlook-ical")
# The rest of the query, such as the month, does not choose another calendar.
_QUERY_OF_A_CALENDAR = ("post_type", "p")


def other_forms(address: str) -> Iterator[OtherForm]:
    """Yield the plain forms of an address; nothing if it is plain itself."""
    path, _mark, query = address.partition("?")
    whole = _COPY.sub("/", _INDEX.sub("", path, count=1))
    plain = _FURTHER.sub("/", whole) or "/"
    parts = query.split("&") if query else []
    names = [part.partition("=")[0].lower() for part in parts]
    if is_file := bool(_FILE.search(plain)) or not set(names).isdisjoint(_QUERY_OF_A_FILE):
        plain = _FILE.sub("/", plain)
        remaining = [part for part, name in zip(parts, names, strict=True) if name in _QUERY_OF_A_CALENDAR]
    else:
        remaining = [part for part, name in zip(parts, names, strict=True) if name not in _QUERY_OF_A_FORM]
    link_of = _calendar_file if is_file else None
    if plain != path and plain != (whole or "/"):
        # Further pages of the front page lead to the list of all stories, but the front page itself does not.
        yield OtherForm(f"{plain}page/2/")
    if remaining and (plain != path or remaining != parts):
        yield OtherForm(f"{plain}?{'&'.join(remaining)}", link_of)
    if plain != path or is_file:
        yield OtherForm(plain, link_of)


def _calendar_file(page: Page) -> str:
    """The calendar file of an event or a calendar."""
    event: Any = model_of("event") if kind_named("event") else None
    has_file = event and issubclass(page.specific_class, (event, *event.allowed_parent_page_models()))
    return f"{page.url.rstrip('/')}.ics" if has_file and page.url else ""
