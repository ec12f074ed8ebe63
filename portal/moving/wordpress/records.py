"""The content of a WordPress export as plain values."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _


class ExportError(Exception):
    """The file is not an export, or cannot be read. `line` is counted from 1; 0 if the error has no line."""

    def __init__(self, reason: str, line: int = 0, part: str = ""):
        self.reason, self.line, self.part = reason, line, part
        super().__init__(reason)

    def __str__(self) -> str:
        line = _("line %(number)d") % {"number": self.line} if self.line else ""
        place = ", ".join(filter(None, (self.part, line)))
        return _("%(place)s: %(reason)s") % {"place": place, "reason": self.reason} if place else self.reason


def unreadable(error: object) -> str:
    return _("it cannot be read: %(error)s") % {"error": error}


def invalid_xml(error: object) -> str:
    return _("it is no valid XML (%(error)s)") % {"error": str(error).partition(":")[0]}


@dataclass(frozen=True, slots=True)
class Channel:
    """The exported site. `address` is the URL of its front page, without a trailing slash."""

    title: str
    address: str
    language: str
    # The WXR version, or `rest`; other sources have their own names.
    version: str
    files_address: str
    # The number of the page that WordPress fills with the newest posts. Only a running site names it.
    posts_page: int = 0

    @property
    def is_wordpress(self) -> bool:
        return self.version[:1].isdecimal() or self.version == "rest"


@dataclass(frozen=True, slots=True)
class Author:
    login: str
    name: str
    email: str = ""
    wp_id: int = 0


@dataclass(frozen=True, slots=True)
class Term:
    """A category, a tag, or a value of another taxonomy; `parent` is the slug of the parent term."""

    taxonomy: str
    slug: str
    name: str
    parent: str = ""
    wp_id: int = 0


def readable(slug: str) -> str:
    """The name of a term of which only the slug is known."""
    return slug.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Comment:
    author: str
    date: str
    text: str
    is_approved: bool


@dataclass(slots=True)
class Item:
    """A post of any type: post, page, attachment, menu item, event.

    `date` is the local time of the site, and `date_gmt` the same in UTC; a draft may have neither. `terms` are pairs of
    taxonomy and slug; `meta` has all values of each key, in order. `line` is the first line of the item in its file.
    `guid` is the first address of the item.
    """

    wp_id: int = 0
    kind: str = ""
    title: str = ""
    link: str = ""
    slug: str = ""
    status: str = ""
    parent: int = 0
    order: int = 0
    content: str = ""
    excerpt: str = ""
    author: str = ""
    date: datetime | None = None
    date_gmt: datetime | None = None
    password: str = ""
    is_sticky: bool = False
    file_address: str = ""
    terms: list[tuple[str, str]] = field(default_factory=list)
    meta: dict[str, list[str]] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    line: int = 0
    guid: str = ""

    def value(self, key: str) -> str:
        """The last value of a meta key, as WordPress shows it; empty without one."""
        found = self.meta.get(key)
        return found[-1] if found else ""

    def slugs(self, taxonomy: str) -> list[str]:
        return list(dict.fromkeys(slug for name, slug in self.terms if name == taxonomy))


Record = Channel | Author | Term | Item
# The interface of every source: each call reads it again, starting with the site. Raises ExportError.
Records = Callable[[], Iterator[Record]]
