"""What an export of WordPress contains, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime


class ExportError(Exception):
    """The file is no export that can be read. `line` is where in the file, counted from 1; 0: in no certain line."""

    def __init__(self, reason: str, line: int = 0, part: str = ""):
        self.reason, self.line, self.part = reason, line, part
        super().__init__(reason)

    def __str__(self) -> str:
        place = ", ".join([*([self.part] if self.part else []), *([f"line {self.line}"] if self.line else [])])
        return f"{place}: {self.reason}" if place else self.reason


@dataclass(frozen=True, slots=True)
class Channel:
    """The site that was exported. `address` is that of its front page, without a slash at its end."""

    title: str
    address: str
    language: str
    version: str
    files_address: str


@dataclass(frozen=True, slots=True)
class Author:
    login: str
    name: str
    email: str = ""
    wp_id: int = 0


@dataclass(frozen=True, slots=True)
class Term:
    """A category, a tag, or a value of another taxonomy; `parent` is the slug of the term above."""

    taxonomy: str
    slug: str
    name: str
    parent: str = ""
    wp_id: int = 0


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
    taxonomy and slug; `meta` has all values of each key, in their order. `line` is where it begins in its file.
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

    def value(self, key: str) -> str:
        """The last value of a meta key, as WordPress shows it; empty without one."""
        found = self.meta.get(key)
        return found[-1] if found else ""

    def slugs(self, taxonomy: str) -> list[str]:
        return list(dict.fromkeys(slug for name, slug in self.terms if name == taxonomy))


Record = Channel | Author | Term | Item
