"""The texts of reports, by code."""

from collections.abc import Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from portal.moving.converting.form_definitions import FORM_KINDS
from portal.moving.writing.targets import model_for

# The current state of an imported page.
STATES = {
    "deleted here": _("deleted here"),
    "in another site": _("in another site"),
    "changed on both sides": _("changed on both sides"),
    "gone there": _("gone there"),
    "live": _("published here"),
    "in review": _("in review"),
    "draft": _("draft"),
}
COUNTS = {
    "as before": _("as before"),
    "updated": _("updated"),
    "same": _("unchanged here"),
    "conflict": _("changed on both sides"),
    "deleted here": _("deleted here"),
    "moved to another site": _("moved to another site"),
    "pages with old links": _("pages with links that lead nowhere here"),
    "redirects": _("new redirects"),
    "archives to news": _("archives of categories, tags and authors that lead to the list of all news"),
    "old addresses that lead elsewhere already": _("old addresses that lead elsewhere already"),
    "front page arranged": _("front page arranged"),
    "entries of the menu": _("entries of the menu"),
    "gone there": _("gone there"),
    "pages deleted": _("pages deleted"),
    "files deleted": _("files deleted"),
    "redirects deleted": _("redirects deleted"),
}
# The parts to check in an imported page.
NOTES = {
    "passage": _("cannot be shown here"),
    "words out of place": _("words out of place"),
    "picture missing": _("picture missing"),
    "picture without address": _("picture without address"),
    "link of a picture": _("link of a picture"),
    "file missing": _("file missing"),
    "broken link": _("link leads nowhere"),
    "link lost": _("link lost"),
    "embedded page": _("embedded page"),
    "player": _("sound or film"),
    "video without a picture": _("video without a picture"),
    "label of a download": _("label of a download"),
    "caption missing": _("caption missing"),
    "line breaks": _("line breaks"),
    "code": _("code as plain words"),
    "struck text": _("struck text"),
    "standfirst cut": _("standfirst cut"),
    "standfirst missing": _("standfirst missing"),
    "standfirst from the text": _("standfirst from the text"),
    "date left out": _("date left out"),
    "nested too deeply": _("nested too deeply: placed further up"),
    "event without a date": _("event without a date"),
    "recurrence": _("recurrence"),
    "time zone": _("time zone"),
    "changed on both sides": _("changed on both sides"),
    "hidden there": _("hidden there"),
    "private here": _("private here, but public there"),
    "hidden from search engines": _("hidden from search engines there"),
    "canonical address": _("is a copy of another address"),
    "not live": _("not live"),
    "empty page": _("empty page"),
    "form cannot be read": _("form cannot be read"),
    "field left out": _("field left out"),
}
# All codes except those that apply to nearly every text.
URGENT = tuple(code for code in NOTES if code != "standfirst from the text")
# The reasons for missing pictures and files.
MISSING = ("picture missing", "picture without address", "file missing")

# How many broken redirects are named.
MOST_NAMED = 5

# The contents of an export, by WordPress type.
KINDS = {
    "post": _("posts"),
    "page": _("pages"),
    "tribe_events": _("events"),
    "attachment": _("files"),
    "revision": _("earlier versions"),
    "nav_menu_item": _("entries of menus"),
    "tribe_venue": _("venues"),
    "tribe_organizer": _("organisers"),
    **dict.fromkeys(FORM_KINDS, _("forms")),
}


def counted(name: Any, count: int) -> str:
    """A counted name, such as “posts (1,200)”. This needs no plural form in any language."""
    return f"{name} ({number_format(count, force_grouping=True)})"


def kind_in_words(kind: str, count: int) -> str:
    return counted(KINDS.get(kind, kind), count)


def note_name(code: str) -> str:
    return str(NOTES.get(code, code))


def note_in_words(code: str, detail: str) -> str:
    return gettext("%(note)s: %(detail)s") % {"note": note_name(code), "detail": detail} if detail else note_name(code)


def count_in_words(code: str, count: int) -> str:
    before, _colon, kind = code.partition(": ")
    if before == "new":
        name = gettext("new: %(kind)s") % {"kind": model_for(kind)._meta.verbose_name}
    else:
        name = str({**KINDS, **COUNTS}.get(code, code))
    return counted(name, count)


def broken_in_words(paths: Sequence[str]) -> str:
    """How many redirects made here are broken by an undone import, and the first of them."""
    named = ", ".join([*paths[:MOST_NAMED], *(["…"] if len(paths) > MOST_NAMED else [])])
    facts = {"count": len(paths), "paths": named}
    return (
        ngettext(
            "%(count)d redirect that was made here leads to a deleted page, and so to nothing: %(paths)s",
            "%(count)d redirects that were made here lead to deleted pages, and so to nothing: %(paths)s",
            len(paths),
        )
        % facts
    )


def left_out_in_words(code: str, count: int, what: str) -> str:
    facts: dict[str, Any] = {"count": count, "what": what}
    match code:
        case "sticky story":
            return gettext("a story was sticky: choose it as the lead of the home page")
        case "entries of menus":
            return ngettext("%(count)d entry of menus", "%(count)d entries of menus", count) % facts
        case "documents without a link":
            return (
                ngettext(
                    "%(count)d document that no text here links to: its old address is gone until one does",
                    "%(count)d documents that no text here links to: their old addresses are gone until one does",
                    count,
                )
                % facts
            )
        case "language":
            return gettext("%(count)d in another language: %(what)s") % facts
        case "comments":
            return ngettext("%(count)d comment of readers", "%(count)d comments of readers", count) % facts
    return gettext("%(count)d of the type “%(what)s”") % facts
