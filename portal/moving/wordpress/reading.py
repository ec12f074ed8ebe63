"""Reads WXR, the export format of WordPress (versions 1.0 to 1.2), as a stream in constant memory."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from html import unescape
from typing import Any, Protocol
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import XMLParser
from django.utils.translation import gettext as _

from portal.moving.wordpress.records import (
    Author,
    Channel,
    Comment,
    ExportError,
    Item,
    Record,
    Term,
    invalid_xml,
    readable,
    unreadable,
)

CHUNK = 65_536
VERSIONS = ("1.0", "1.1", "1.2")
# Much larger than any post, and much smaller than the memory of a small server.
MOST_LETTERS = 20_000_000
MOST_PARTS_OF_ITEM = 200_000
# Elements outside items, authors and terms. An export has a dozen; nine megabytes of gzip may have two billion.
MOST_OTHER_ELEMENTS = 1_000_000
# Characters that XML forbids. Editors paste them and WordPress exports them, but they are invisible.
FORBIDDEN = bytes(set(range(32)) - {9, 10, 13})
_WP = re.compile(r"https?://wordpress\.org/export/\d+\.\d+/(excerpt/)?")
_PREFIXES = {"http://purl.org/rss/1.0/modules/content/": "content", "http://purl.org/dc/elements/1.1/": "dc"}
# The taxonomies of content.
_NAMED = ("category", "post_tag", "tribe_events_cat")
_TERMS = {"wp:category": "category", "wp:tag": "post_tag", "wp:term": ""}
# Elements that have child elements.
_GROUPS = {*_TERMS, "wp:author", "item", "wp:postmeta", "wp:comment", "wp:commentmeta", "wp:termmeta", "image"}


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_wxr(file: Readable, part: str = "") -> Iterator[Record]:
    """Yield the site first, then its authors and terms, then its items, in file order.

    Raises ExportError, with the line, for a file that is not WXR, is broken or truncated, or declares entities. The
    records yielded before the error come from above that line.
    """
    builder = _Builder()
    parser: Any = XMLParser(target=builder, forbid_dtd=True)
    # The parser deletes the element when it is closed.
    expat = parser.parser
    builder.line = lambda: expat.CurrentLineNumber
    try:
        is_first, strips = True, True
        while chunk := file.read(CHUNK):
            if is_first:
                is_first, strips = False, not chunk.startswith((b"\xff\xfe", b"\xfe\xff"))
                chunk = chunk.lstrip() if strips else chunk
            parser.feed(chunk.translate(None, FORBIDDEN) if strips else chunk)
            yield from builder.take()
        if is_first:
            raise ExportError(_("the file is empty"))
        parser.close()
        builder.finish()
        yield from builder.take()
    except ParseError as error:
        raise ExportError(_reason(error, builder), error.position[0], part) from error
    except DTDForbidden as error:
        reason = _("it declares a document type, which no export of WordPress does")
        raise ExportError(reason, builder.line(), part) from error
    except DefusedXmlException as error:
        reason = _("it declares entities, which no export of WordPress does")
        raise ExportError(reason, builder.line(), part) from error
    except ExportError as error:
        raise ExportError(error.reason, error.line or builder.line(), part) from error
    except EOFError as error:
        raise ExportError(_("the compressed file is cut off"), builder.line(), part) from error
    except (OSError, LookupError, ValueError) as error:
        raise ExportError(unreadable(error), builder.line(), part) from error


def _reason(error: ParseError, builder: "_Builder") -> str:
    text = str(error).partition(":")[0]
    if text == "no element found" or (builder.depth and "unclosed" in text):
        return _("the file is cut off")
    return invalid_xml(error)


class _Builder:
    """The parser's target: collects the parts of one channel element at a time."""

    line: Callable[[], int]

    def __init__(self) -> None:
        self.depth = 0
        self.records: deque[Record] = deque()
        self.text: list[str] = []
        self.length = 0
        self.names: dict[str, str] = {}
        self.path: list[str] = []
        self.channel: dict[str, str] = {}
        self.is_announced = False
        # The values of the channel element and of its groups, outermost first.
        self.groups: list[dict[str, Any]] = []
        # The term whose name is being read, and all terms yielded.
        self.term: tuple[str, str] | None = None
        self.terms: set[tuple[str, str]] = set()
        self.parts = 0
        self.others = 0
        self.letters = 0

    def take(self) -> Iterator[Record]:
        while self.records:
            yield self.records.popleft()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._name(tag)
        if self.depth == 0 and name != "rss":
            raise ExportError(_("it begins with <%(name)s>, an export of WordPress with <rss>") % {"name": name})
        self.depth += 1
        self.path.append(name)
        self.text, self.length = [], 0
        if self.depth == 3 and name in _GROUPS:
            self._announce(name)
            self.groups, self.parts, self.letters = [{"line": self.line()}], 0, 0
        elif self.groups:
            self.parts += 1
            if self.parts > MOST_PARTS_OF_ITEM:
                raise ExportError(_("one element has more than %(most)d parts") % {"most": MOST_PARTS_OF_ITEM})
            if name in _GROUPS:
                self.groups.append({})
            elif name == "category" and "nicename" in attributes:
                taxonomy = {"tag": "post_tag"}.get(attributes.get("domain", ""), attributes.get("domain", "category"))
                self._count(attributes["nicename"])
                self.term = (taxonomy, attributes["nicename"])
                self.groups[0].setdefault("terms", []).append(self.term)
        else:
            self.others += 1
            if self.others > MOST_OTHER_ELEMENTS:
                reason = _("it has more than %(most)d elements that belong to no post, author or term")
                raise ExportError(reason % {"most": MOST_OTHER_ELEMENTS})

    def data(self, text: str) -> None:
        self.length += len(text)
        if self.length > MOST_LETTERS:
            raise ExportError(_("one element is longer than %(most)d characters") % {"most": MOST_LETTERS})
        self._count(text)
        self.text.append(text)

    def end(self, tag: str) -> None:
        name, text = self.path.pop(), "".join(self.text)
        self.text, self.length = [], 0
        self.depth -= 1
        if self.depth == 2 and self.groups:
            self._finish_element(name, self.groups.pop())
            self.groups = []
        elif self.groups and name in _GROUPS:
            self.groups[-2].setdefault(name, []).append(self.groups.pop())
        elif self.groups and name == "category":
            self._name_term(text)
        elif self.groups:
            self.groups[-1][name] = text
        elif self.depth == 2:
            self.channel[name] = text.strip()

    def _name_term(self, text: str) -> None:
        """Yield a term that the export does not list, with the name at an item. An export of posts lists no terms."""
        term, self.term = self.term, None
        name = " ".join(unescape(text).split())
        if term and term[0] in _NAMED and term not in self.terms:
            self.terms.add(term)
            self.records.append(Term(*term, name if name not in ("", term[1]) else readable(term[1])))

    def close(self) -> None:
        return None

    def _count(self, text: str) -> None:
        """Reject a channel element whose parts together would fill the memory."""
        self.letters += len(text)
        if self.groups and self.letters > 3 * MOST_LETTERS:
            reason = _("one item is longer than %(most)d characters") % {"most": 3 * MOST_LETTERS}
            raise ExportError(reason, self.groups[0]["line"])

    def finish(self) -> None:
        self._announce("item")

    def _name(self, tag: str) -> str:
        if tag not in self.names:
            space, _brace, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
            if found := _WP.fullmatch(space):
                self.names[tag] = f"excerpt:{local}" if found[1] else f"wp:{local}"
            else:
                prefix = _PREFIXES.get(space, "other" if space else "")
                self.names[tag] = f"{prefix}:{local}" if prefix else local
        return self.names[tag]

    def _announce(self, name: str) -> None:
        """Yield the site before anything else. Only the site's picture may come before its version."""
        if self.is_announced or name == "image":
            return
        facts = self.channel
        version = facts.get("wp:wxr_version", "")
        if not version:
            raise ExportError(_("it names no version of the export format (wp:wxr_version)"))
        if version not in VERSIONS:
            reason = _("it is of version %(version)s of the export format; %(known)s are read")
            raise ExportError(reason % {"version": version[:20], "known": ", ".join(VERSIONS)})
        self.is_announced = True
        address = (facts.get("wp:base_blog_url") or facts.get("link", "")).rstrip("/")
        files = (facts.get("wp:base_site_url") or address).rstrip("/")
        title = unescape(facts.get("title", ""))
        self.records.append(Channel(title, address, facts.get("language", ""), version, files))

    def _finish_element(self, name: str, facts: dict[str, Any]) -> None:
        if name == "wp:author":
            login = _plain(facts, "wp:author_login")
            shown = _plain(facts, "wp:author_display_name") or login
            self.records.append(Author(login, shown, _plain(facts, "wp:author_email"), _number(facts, "wp:author_id")))
        elif name in _TERMS:
            self._finish_term(name, facts)
        elif name == "item":
            self.records.append(_item(facts))

    def _finish_term(self, name: str, facts: dict[str, Any]) -> None:
        taxonomy = _TERMS[name] or _plain(facts, "wp:term_taxonomy")
        if name == "wp:category":
            keys = ("wp:category_nicename", "wp:cat_name", "wp:category_parent")
        elif name == "wp:tag":
            keys = ("wp:tag_slug", "wp:tag_name", "")
        else:
            keys = ("wp:term_slug", "wp:term_name", "wp:term_parent")
        slug, shown, parent = (_plain(facts, key) for key in keys)
        if taxonomy and slug:
            self.terms.add((taxonomy, slug))
            self.records.append(Term(taxonomy, slug, shown or slug, parent, _number(facts, "wp:term_id")))


def _item(facts: dict[str, Any]) -> Item:
    meta: dict[str, list[str]] = {}
    for each in facts.get("wp:postmeta", ()):
        meta.setdefault(each.get("wp:meta_key", "").strip(), []).append(each.get("wp:meta_value", ""))
    comments = [
        Comment(
            _plain(each, "wp:comment_author"),
            _plain(each, "wp:comment_date_gmt"),
            each.get("wp:comment_content", ""),
            is_approved=_plain(each, "wp:comment_approved") == "1",
        )
        for each in facts.get("wp:comment", ())
        if _plain(each, "wp:comment_type") in ("", "comment")
    ]
    return Item(
        wp_id=_number(facts, "wp:post_id"),
        kind=_plain(facts, "wp:post_type") or "post",
        title=_plain(facts, "title"),
        link=_plain(facts, "link"),
        slug=_plain(facts, "wp:post_name"),
        status=_plain(facts, "wp:status") or "publish",
        parent=_number(facts, "wp:post_parent"),
        order=_number(facts, "wp:menu_order"),
        content=facts.get("content:encoded", ""),
        excerpt=facts.get("excerpt:encoded", ""),
        author=_plain(facts, "dc:creator"),
        date=_time(facts, "wp:post_date"),
        date_gmt=_time(facts, "wp:post_date_gmt", in_utc=True),
        password=facts.get("wp:post_password", "").strip(),
        is_sticky=_plain(facts, "wp:is_sticky") == "1",
        file_address=_plain(facts, "wp:attachment_url"),
        terms=facts.get("terms", []),
        meta=meta,
        comments=comments,
        line=facts["line"],
        guid=_plain(facts, "guid"),
    )


def _plain(facts: dict[str, Any], key: str) -> str:
    """A short text on one line. WordPress escapes some texts twice."""
    return " ".join(unescape(facts.get(key, "")).split())


def _number(facts: dict[str, Any], key: str) -> int:
    # The largest networks have ten-digit ids; WordPress has no longer ones.
    found = re.fullmatch(r"\s*(\d{1,15})\s*", facts.get(key, ""))
    return int(found[1]) if found else 0


def _time(facts: dict[str, Any], key: str, *, in_utc: bool = False) -> datetime | None:
    """A time without a zone, or in UTC. A draft has zeros, which give None."""
    with suppress(ValueError):
        found = datetime.strptime(facts.get(key, "").strip(), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - the site's own zone
        return found.replace(tzinfo=UTC) if in_utc else found
    return None
