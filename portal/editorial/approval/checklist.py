"""The checklist: the items that a page lacks for publication, their places, and how to add them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _, ngettext
from wagtail import blocks
from wagtail.blocks.list_block import ListValue
from wagtail.blocks.struct_block import StructValue
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page

from portal.content.blocks.links import LinkBlock
from portal.content.forms import is_empty_html
from portal.content.publication import goes_live_together, is_taken_down_together
from portal.editorial.approval.link_targets import LinkTargets
from portal.editorial.approval.markup import MarkupReference, markup_references

# Blocks that set an appearance. They always have a value, but no content.
APPEARANCE_BLOCKS = (blocks.BooleanBlock, blocks.ChoiceBlock)
# Pictures without alternative text: a gallery or a recap may have a dozen of them.
SHARED_CODE = "alt"


@dataclass(frozen=True)
class Finding:
    """A missing item. `where` is a content path (`body.<id>.alt`), followed by `#` and a position in the text.

    `url` is where the item can be added, if not in the page's form. `address` is that of the link in the text that the
    item is about; the editor marks it there.
    """

    code: str
    message: str
    where: str
    url: str = ""
    address: str = ""

    @property
    def key(self) -> str:
        """Identifies the finding independently of the language."""
        return f"{self.code}:{self.where}"

    @property
    def field(self) -> str:
        """Wagtail's content path without the position in the text."""
        return self.where.partition("#")[0]


@dataclass(frozen=True)
class FindingLine:
    """One line, which leads to its `first` finding. `others` are the further findings that it stands for."""

    first: Finding
    others: tuple[Finding, ...] = ()

    @property
    def message(self) -> str:
        if not self.others:
            return self.first.message
        number = 1 + len(self.others)
        text = ngettext("%(number)d picture has no description.", "%(number)d pictures have no description.", number)
        return text % {"number": number}


def in_lines(findings: list[Finding]) -> list[FindingLine]:
    """The findings in their order; a shared line is at the place of its first finding."""
    shared = [finding for finding in findings if finding.code == SHARED_CODE]
    return [
        FindingLine(finding, tuple(shared[1:]) if finding.code == SHARED_CODE else ())
        for finding in findings
        if finding not in shared[1:]
    ]


class Level(StrEnum):
    """What a line of the checklist means on a site: nothing, advice, or a condition of publication."""

    OFF = "off"
    ADVICE = "advice"
    REQUIRED = "required"


@dataclass(frozen=True)
class ChecklistLine:
    """A line of the checklist that a site may switch. `code` is that of its findings.

    `default` is the level for a page class, or None if the line does not apply to it.
    """

    code: str
    label: Any
    default: Callable[[Any], Level | None]


class ChecklistRules:
    """A site's levels. This base class changes nothing."""

    # Whether a recommendation may be a condition of publication.
    raises_advice = False

    def level(self, code: str, default: Level) -> Level:
        return default

    def further(self, page: Any) -> Iterator[tuple[Finding, Level]]:
        """The findings of lines that only this site has."""
        yield from ()


# Apps append the lines that a site may switch in `AppConfig.ready`. All others always have their default.
lines: list[ChecklistLine] = []
# Functions that find the rules for a page; the last one wins.
rules_for: list[Callable[[Any], ChecklistRules]] = []
# Apps append their checks in `AppConfig.ready`. Each check receives the time of publication.
requirements: list[Callable[[Any, datetime], Iterator[Finding]]] = []
recommendations: list[Callable[[Any], Iterator[Finding]]] = []


def recommended(page: Any) -> list[Finding]:
    return [finding for check in recommendations for finding in check(page)]


def sorted_findings(page: Any, now: datetime, *, with_advice: bool) -> tuple[list[Finding], list[Finding]]:
    """What the page lacks by the rules of its site: conditions of publication, and advice if it is wanted."""
    rules = rules_for[-1](page) if rules_for else ChecklistRules()
    found = [(finding, rules.level(finding.code, Level.REQUIRED)) for finding in findings(page, now)]
    if with_advice or rules.raises_advice:
        found += [(finding, rules.level(finding.code, Level.ADVICE)) for finding in recommended(page)]
    found += rules.further(page)
    missing = [finding for finding, level in found if level is Level.REQUIRED]
    return missing, [finding for finding, level in found if level is Level.ADVICE]


def findings(page: Any, now: datetime) -> list[Finding]:
    """All missing items in form order. A link is valid if its page is live by `live_at`."""
    live_at = max(page.go_live_at, now) if page.go_live_at else now
    links = LinkTargets(page, live_at)
    found = [*(finding for check in requirements for finding in check(page, live_at)), *_fields(page)]
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            stream = getattr(page, field.name)
            found += _headings(stream, field.name)
            for child, label in _labelled(stream):
                found += _block(child.block, child.value, label, _path(field.name, child.id), links)
        elif isinstance(field, RichTextField):
            found += _rich_text(getattr(page, field.name), field.name, links)
    return found


def _fields(page: Any) -> Iterator[Finding]:
    # A new page has no title before its first save, which asks for one.
    if page.pk and not page.title.strip():
        yield Finding("title", _("Give the page a title."), "title")
    for required in page.needed:
        if not required.is_met(page):
            yield Finding(required.code, str(required.message), required.field)


def _headings(stream: blocks.StreamValue, name: str) -> Iterator[Finding]:
    """Subheadings without a parent heading (WCAG 1.3.1)."""
    has_heading = False
    for child in stream:
        level = child.value.get("level") if isinstance(child.value, StructValue) else None
        if level == "h2":
            has_heading = True
        elif level == "h3" and not has_heading:
            message = _("“%(text)s” is a subheading without a heading above it: make it a heading.")
            yield Finding("heading_order", message % {"text": child.value["text"]}, _path(name, child.id, "level"))


def _labelled(children: Any) -> Iterator[tuple[Any, str]]:
    """Yield blocks with their labels, numbered if several have the same label."""
    labels = [child.block.label for child in children]
    for index, (child, label) in enumerate(zip(children, labels, strict=True)):
        yield child, f"{label} {labels[: index + 1].count(label)}" if labels.count(label) > 1 else label


def _block(block: Any, value: Any, label: str, path: str, links: LinkTargets) -> Iterator[Finding]:
    if is_empty(block, value) and not getattr(block, "may_be_empty", False):
        message = _("%(block)s: fill it in or remove it.") % {"block": label}
        yield Finding("empty_block", message, path)
    elif isinstance(block, blocks.StructBlock):
        yield from _struct(block, value, label, path, links)
    elif isinstance(block, blocks.ListBlock | blocks.StreamBlock):
        for child, inner in _labelled(_items(value) if isinstance(block, blocks.ListBlock) else value):
            yield from _block(child.block, child.value, f"{label} – {inner}", _path(path, child.id), links)
    elif isinstance(block, blocks.RichTextBlock):
        yield from _rich_text(value.source, path, links)
    elif isinstance(block, blocks.PageChooserBlock) and not getattr(block, "shows_public_only", False):
        yield from _link(value, value.title, path, links)


def _struct(block: Any, value: Any, label: str, path: str, links: LinkTargets) -> Iterator[Finding]:
    if isinstance(block, LinkBlock) and not value["page"] and not value["url"]:
        yield Finding("link", _("%(block)s: its link leads nowhere; choose a page.") % {"block": label}, path)
        return
    pictures = [name for name, child in block.child_blocks.items() if isinstance(child, ImageChooserBlock)]
    for name, child in block.child_blocks.items():
        inner = _path(path, name)
        if name == "alt" and pictures:
            if value["image"] and not ((value["alt"] or "").strip() or value.get("decorative")):
                message = _("%(block)s: describe what it shows, for people who cannot see it.")
                yield Finding("alt", message % {"block": label}, inner)
        elif not is_empty(child, value[name]):
            # List items have the label of their list: “Gallery – Image 2”.
            name_shown = label if isinstance(child, blocks.ListBlock) else child.label
            yield from _block(child, value[name], name_shown, inner, links)
        elif child.required and not isinstance(child, APPEARANCE_BLOCKS):
            message = _("%(block)s: fill in “%(field)s”.") % {"block": label, "field": child.label}
            yield Finding("empty_block", message, inner)


def is_empty(block: Any, value: Any) -> bool:
    """Whether a block has no content. An appearance, such as a heading's level, is not content."""
    if isinstance(block, blocks.StructBlock):
        return all(is_empty(child, value[name]) for name, child in block.child_blocks.items())
    if isinstance(block, blocks.ListBlock):
        return all(is_empty(block.child_block, item.value) for item in _items(value))
    if isinstance(block, blocks.StreamBlock):
        return all(is_empty(child.block, child.value) for child in value)
    if isinstance(block, blocks.RichTextBlock):
        return is_empty_html(value.source if value else "")
    if isinstance(block, TypedTableBlock):
        return not value or not any(str(cell).strip() for row in value.rows for cell in row)
    if isinstance(block, APPEARANCE_BLOCKS):
        return True
    return value is None or not str(value).strip()


def _rich_text(source: str, path: str, links: LinkTargets) -> Iterator[Finding]:
    for reference in markup_references(source or ""):
        if reference.kind == "image":
            if not reference.text.strip():
                yield Finding("alt", _("A picture in the text: describe what it shows."), _text_path(path, reference))
        elif reference.kind == "page":
            target = links.page(reference.key)
            yield from _link(target, reference.text, _text_path(path, reference), links)
        elif reference.kind == "document":
            if not links.has_document(reference.key):
                message = _("The link “%(text)s” leads to a document that was deleted.") % {"text": reference.text}
                yield Finding("link", message, _text_path(path, reference))
        elif not reference.address:
            message = _("The link “%(text)s” leads nowhere.") % {"text": reference.text}
            yield Finding("link", message, _text_path(path, reference))


def _link(target: Page | None, text: str, path: str, links: LinkTargets) -> Iterator[Finding]:
    if target is None:
        message = _("The link “%(text)s” leads to a page that was deleted.")
    elif is_taken_down_together(target.pk) or (
        not target.live and not target.expired and not _goes_live_by(target, links.live_at)
    ):
        message = _("The link “%(text)s” leads to “%(title)s”, which is not published.")
    elif not target.live and _goes_live_by(target, links.live_at):
        return
    elif not links.is_public(target):
        message = _("The link “%(text)s” leads to “%(title)s”, which readers cannot see: it is private or has expired.")
    else:
        return
    yield Finding("link", message % {"text": text, "title": target.title if target else ""}, path)


def _goes_live_by(target: Page, live_at: datetime) -> bool:
    return goes_live_together(target.pk) or target.revisions.filter(approved_go_live_at__lte=live_at).exists()


def _items(value: Any) -> Any:
    return value.bound_blocks if isinstance(value, ListValue) else ()


def _path(*steps: Any) -> str:
    return ".".join(str(step) for step in steps if step)


def _text_path(path: str, reference: MarkupReference) -> str:
    """The path of a link or image within a text."""
    return f"{path}#{reference.kind}-{reference.key or reference.text[:40]}"
