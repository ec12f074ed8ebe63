"""Rewrites a site's pages and other texts for a folder that a plain web server can serve."""

import re
from collections.abc import Callable
from html import escape, unescape

from bs4 import BeautifulSoup, Tag
from django.utils.translation import gettext as _, override

# Maps a URL as written to its replacement; None for a URL without a target.
type Resolve = Callable[[str], str | None]

ADDRESSES = ("href", "src", "poster")
SETS = ("srcset", "imagesrcset")
ADMISSION = "/_util/password/"
# Scripts that need the server; each word is part of a file name.
OF_THE_SERVER = ("suggest", "opened", "proof", "objection", "clicks")


def asks_for_password(html: str) -> bool:
    return ADMISSION in html


def search_address(html: str) -> str:
    """The URL of the search page, taken from the search box of a page; empty without one."""
    form = BeautifulSoup(html, "html.parser").select_one("form[role=search]")
    return str(form.get("action", "")) if form else ""


def rewritten_page(html: str, root: str, resolve: Resolve, *, is_search: bool = False) -> str:
    """The page with replaced URLs, and with notes in place of anything that needs a server.

    `root` is the URL of the site. The search page is reduced to its layout and a note.
    """
    tree = BeautifulSoup(html, "html.parser")
    with override(str(tree.html.get("lang", "en")) if tree.html else "en"):
        if is_search:
            _replace_by_note(tree)
        _replace_forms(tree)
    _cut_days(tree)
    for tag in tree.find_all(True):
        if not tag.decomposed:
            _rewrite_tag(tag, root, resolve)
    for script in tree.select('script[type="application/ld+json"]'):
        script.string = rewritten_text(script.string or "", root, resolve)
    return str(tree)


def _replace_by_note(tree: BeautifulSoup) -> None:
    title = _("A copy of this site")
    text = _(
        "These are the pages of the site as files. Search, forms, registrations and newsletters do not work in this "
        "copy."
    )
    if tree.title:
        tree.title.string = title
    if main := tree.find("main"):
        main.clear()
        note = f'<div class="message"><h1>{escape(title)}</h1><p>{escape(text)}</p></div>'
        main.append(BeautifulSoup(note, "html.parser"))


def _replace_forms(tree: BeautifulSoup) -> None:
    """Remove searches and list filters; replace other forms with a note."""
    for form in tree.find_all("form"):
        if str(form.get("method", "get")).lower() == "post":
            note = tree.new_tag("p")
            note.string = _("This form does not work in this copy of the site.")
            form.replace_with(note)
        else:
            form.decompose()
    for part in tree.select("template[data-edit]"):
        part.decompose()
    for script in tree.find_all("script", src=True):
        if any(name in str(script["src"]).rpartition("/")[2] for name in OF_THE_SERVER):
            script.decompose()


def _cut_days(tree: BeautifulSoup) -> None:
    """In a month, leave only links to days with an event of their own. Other days only repeat events of many days."""
    for day in tree.select(".month__day"):
        number = day.select_one("a.month__number")
        if number and not day.select(".month__event:not(.month__event--long), .month__more"):
            _cut(number)


def _rewrite_tag(tag: Tag, root: str, resolve: Resolve) -> None:
    for name in SETS:
        if value := str(tag.get(name, "")):
            found = [(resolve(part.partition(" ")[0]), part.partition(" ")[2]) for part in value.split(", ")]
            tag[name] = ", ".join(f"{address} {size}".strip() for address, size in found if address)
    for name in ADDRESSES:
        if value := str(tag.get(name, "")):
            new = resolve(value)
            if new is None:
                _cut(tag)
                return
            # Links stay within the copy; canonical URLs lead to the site.
            tag[name] = new if tag.name == "link" else new.removeprefix(root) or "/"
    value = str(tag.get("content", ""))
    if tag.name == "meta" and value.startswith(f"{root}/"):
        new = resolve(value)
        if new is None:
            tag.decompose()
        else:
            tag["content"] = new


def _cut(tag: Tag) -> None:
    """Reduce a link without a target to its words; remove any other element."""
    if tag.name == "a":
        tag.name = "span"
        del tag["href"]
    else:
        tag.decompose()


def rewritten_text(text: str, root: str, resolve: Resolve) -> str:
    """A feed, a sitemap or data, with the site's URLs replaced; other URLs stay as they are."""

    def replaced(found: re.Match[str]) -> str:
        address = unescape(found[2])
        new = resolve(address)
        return found[0] if new in (None, address) else found[1] + escape(new or "")

    # Feeds contain escaped HTML, in which a URL ends at `&quot;`.
    text = re.sub(f"()({re.escape(root)}/(?:[^\\s\"'<>\\\\()\\[\\]&]|&amp;)*)", replaced, text)
    # Paths in feeds: those of the style sheet, and of the HTML for browsers.
    return re.sub(r'((?:href|src)=")(/[^"]*)', replaced, text)


STYLE_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]+)")
SCRIPT_ADDRESS = re.compile(r"(?:from|import)\s*\(?\s*['\"]([^'\"]+)['\"]")


def forwarding_page(address: str) -> str:
    """A page that redirects to another one at once."""
    shown = escape(address)
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{shown}</title>'
        f'<meta http-equiv="refresh" content="0; url={shown}"><link rel="canonical" href="{shown}"></head>'
        f'<body><p><a href="{shown}">{shown}</a></p></body></html>'
    )
