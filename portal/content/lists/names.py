"""Titles and summaries of lists, for browser tabs and shared links."""

from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from wagtail.models import Page

from portal.content.serving.editions import Edition


def summary_of_stories(name: str) -> str:
    """The summary of a story list whose site, section, topic or author has no introduction."""
    return _("%(name)s: all stories, newest first.") % {"name": name}


def list_words(
    page: Page, edition: Edition, which: str, *, chosen: str = "", month: date | None = None, is_own: bool = False
) -> dict[str, str]:
    """Return the template context `list_name` and `list_summary` of a list below a page; `which` is `news` or `events`.

    `chosen` has the reader's filters as text. There is no summary for a filtered list, or if the page is itself the
    list (`is_own`).
    """
    word = _("News") if which == "news" else _("Events")
    is_home = page.pk == edition.home.pk
    where = {"name": edition.name if is_home else page.title}
    if month:
        named = format_date(month, "F Y")
        word, summary = f"{named} – {word}", _("%(name)s: the events in %(month)s.") % {**where, "month": named}
    elif chosen:
        word, summary = _("%(title)s: %(subtitle)s") % {"title": word, "subtitle": chosen}, ""
    elif which == "news":
        summary = summary_of_stories(where["name"])
    else:
        summary = "" if is_own else _("%(name)s: the coming events, with day, place and registration.") % where
    return {"list_name": word if is_home else f"{word} – {page.title}", "list_summary": summary}
