"""Reads feed archives: RSS, Atom and JSON Feed."""

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from portal.moving.sources.articles import Article, ArticleRecords, channel
from portal.moving.wordpress.records import ExportError, Record, invalid_xml, unreadable
from portal.moving.wordpress.values import MOST_PARTS_OF_FILE, json_value, parts_of

MOST_BYTES, MOST_ELEMENTS = 200_000_000, 3_000_000
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")


def read_feed(path: Path, address: str = "") -> Iterator[Record]:
    """The articles of an RSS or Atom file; raises ExportError."""
    _check_size(path)
    try:
        root = _root_of(path)
    except ParseError as error:
        raise ExportError(invalid_xml(error), error.position[0], path.name) from error
    except (DefusedXmlException, OSError, LookupError, ValueError) as error:
        raise ExportError(unreadable(error), part=path.name) from error
    top = root if _name(root) == "feed" else next(iter(_all(root, "channel")), root)
    link = address or _link(top)
    entries = [each for each in root.iter() if _name(each) in ("item", "entry")]
    link = link or (_origin(_link(entries[0])) if entries else "")
    yield channel(_text(top, "title"), link, "feed", path.stem)
    records = ArticleRecords()
    for entry in entries:
        yield from records.of(_article(entry))


def _root_of(path: Path) -> Element:
    """The root element of the whole feed. Each element takes twenty times the memory of `<a/>`."""
    with closing(iterparse(path, events=("start",), forbid_dtd=True)) as elements:
        for number, _element in enumerate(elements):
            if number >= MOST_ELEMENTS:
                raise ExportError(_("one element has more than %(most)d parts") % {"most": MOST_ELEMENTS}, 0, path.name)
        root: Element = elements.root
    return root


def _article(entry: Element) -> Article:
    link = _link(entry)
    authors = [_text(each, "name") for each in _all(entry, "author") if len(each)]
    authors = authors or [_plain(each) for name in ("creator", "author") for each in _all(entry, name)]
    body = _markup(entry, "encoded") or _markup(entry, "content")
    summary = _markup(entry, "description") or _markup(entry, "summary")
    return Article(
        key=_text(entry, "guid") or _text(entry, "id") or link or _text(entry, "title"),
        title=_text(entry, "title"),
        body=body or summary,
        link=link,
        standfirst=summary if body and "[…]" not in summary and "[&#8230;]" not in summary else "",
        date=next((found for name in _DATES if (found := parsed_time(_text(entry, name)))), None),
        authors=list(filter(None, authors)),
        categories=[each.get("term", "") or _plain(each) for each in _all(entry, "category")],
        picture=_picture(entry),
    )


_DATES = ("pubDate", "published", "date", "updated")


def parsed_time(text: str) -> datetime | None:
    """A time in RFC 822 or ISO 8601 format."""
    found = None
    with suppress(ValueError, TypeError):
        found = datetime.fromisoformat(text)
    with suppress(ValueError, TypeError):
        found = found or parsedate_to_datetime(text).astimezone(UTC)
    # At the ends of the calendar, another time zone overflows.
    with suppress(OverflowError):
        return found.astimezone(UTC) if found and found.tzinfo else found
    return found


def _picture(entry: Element) -> str:
    for each in entry.iter():
        address = each.get("url") or (each.get("href", "") if each.get("rel") == "enclosure" else "")
        is_picture = each.get("type", "").startswith("image/") or each.get("medium") == "image"
        if address and (is_picture or parts_of(address).path.lower().endswith(_PICTURES)):
            return address
    return ""


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(element: Element, name: str) -> list[Element]:
    return [child for child in element if _name(child) == name]


def _plain(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _text(element: Element, name: str) -> str:
    return next((_plain(child) for child in _all(element, name)), "")


def _markup(element: Element, name: str) -> str:
    """The HTML of an element: escaped in RSS; in Atom also elements or plain text."""
    for child in _all(element, name):
        if len(child):
            for part in child.iter():
                # The namespace is removed, because it would be written before each name.
                part.tag = _name(part)
            return "".join(tostring(part, encoding="unicode", method="html") for part in child)
        text = (child.text or "").strip()
        return escape(text, quote=False) if child.get("type") == "text" else text
    return ""


def _link(element: Element) -> str:
    """The URL of the page: text in RSS, an attribute in Atom."""
    for child in _all(element, "link"):
        if child.get("href") and child.get("rel", "alternate") == "alternate":
            return child.get("href", "")
        if child.text and child.text.strip():
            return child.text.strip()
    return ""


def _origin(address: str) -> str:
    parts = parts_of(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def read_json_feed(path: Path, address: str = "") -> Iterator[Record]:
    facts = read_json(path)
    items = facts.get("items")
    if not isinstance(items, list):
        raise ExportError(_("it has no list of items"), part=path.name)
    yield channel(str(facts.get("title") or ""), address or str(facts.get("home_page_url") or ""), "feed", path.stem)
    records = ArticleRecords()
    for item in items:
        if isinstance(item, dict):
            yield from records.of(_json_article(item))


def _json_article(item: dict[str, Any]) -> Article:
    authors = item.get("authors") or ([item["author"]] if item.get("author") else [])
    text = str(item.get("content_text") or "")
    return Article(
        key=str(item.get("id") or item.get("url") or item.get("title")),
        title=str(item.get("title") or ""),
        body=str(item.get("content_html") or escape(text, quote=False)),
        link=str(item.get("url") or ""),
        standfirst=str(item.get("summary") or ""),
        date=parsed_time(str(item.get("date_published") or "")),
        authors=[str(each["name"]) for each in authors if isinstance(each, dict) and each.get("name")],
        tags=[str(tag) for tag in item.get("tags") or []],
        picture=str(item.get("image") or item.get("banner_image") or ""),
    )


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; raises ExportError."""
    _check_size(path)
    try:
        facts = json_value(path.read_text(encoding="utf-8-sig"), MOST_PARTS_OF_FILE)
    except json.JSONDecodeError as error:
        reason = _("it is no valid JSON (%(error)s)") % {"error": error.msg}
        raise ExportError(reason, error.lineno, path.name) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ExportError(unreadable(error), part=path.name) from error
    if not isinstance(facts, dict):
        raise ExportError(_("it is no object of JSON"), part=path.name)
    return facts


def _check_size(path: Path) -> None:
    # These files are read as a whole.
    if path.stat().st_size > MOST_BYTES:
        reason = _("it is larger than %(most)d MB") % {"most": MOST_BYTES // 1_000_000}
        raise ExportError(reason, part=path.name)
