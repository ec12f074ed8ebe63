"""Compares two versions of a page without raw values and empty fields, and folds unchanged parts."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's comparison leaves out unchanged content and
# names links.

import re
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from bs4 import BeautifulSoup
from django.db import models
from django.template.defaultfilters import date as formatted_date, yesno
from django.utils.formats import localize
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext, ngettext
from wagtail import blocks
from wagtail.admin import compare
from wagtail.admin.compare import (
    BlockComparison,
    ChildObjectComparison,
    ChildRelationComparison,
    FieldComparison,
    RichTextFieldComparison,
    StreamBlockComparison,
    StreamFieldComparison,
    TextDiff,
    TextFieldComparison,
    register_comparison_class,
)
from wagtail.admin.views.pages.revisions import RevisionsCompareView
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, Revision

from portal.accounts.names import name_of
from portal.platform.newsroom_views import titled

# The number of unchanged words shown around a change, and the minimum number of words to fold.
BESIDE = 12
FOLDED = 20
MARKS = ".addition, .deletion"
# Replaces the end of a paragraph during the comparison, and is displayed as a line break.
BREAK = "\N{PARAGRAPH SEPARATOR}"
ENDS_A_LINE = ("p", "li", "h1", "h2", "h3", "h4", "blockquote", "figcaption", "caption", "div", "dt", "dd", "tr")
MARKED_BREAKS = re.compile(f'<span class="(?:addition|deletion)">[^<]*{BREAK}[^<]*</span>')
# The editor saves these elements by other names.
SPELLED_BY_THE_EDITOR = {"strong": "b", "em": "i"}
IN_WORDS = (models.BooleanField, models.DateField, models.TimeField, models.IntegerField)


def in_words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(yesno(value))
    if isinstance(value, datetime) and is_aware(value):
        value = localtime(value)
    return str(localize(value))


class ValueComparison(FieldComparison):
    """Shows dates, times and numbers in the reader's format, and booleans as yes or no."""

    def htmldiff(self) -> str:
        before, after = in_words(self.val_a), in_words(self.val_b)
        if before == after:
            return escape(after)
        changes = [(change, text) for change, text in (("deletion", before), ("addition", after)) if text]
        return str(TextDiff(changes, separator=" ").to_html())


class FoldedTextComparison(TextFieldComparison):
    def htmldiff(self) -> str:
        return with_folded_text(super().htmldiff().replace("\n", BREAK))


class FoldedRichTextComparison(RichTextFieldComparison):
    def has_changed(self) -> bool:
        return _normalised(self.val_a) != _normalised(self.val_b)

    def htmldiff(self) -> str:
        return _folded_or_noted(super().htmldiff())


class FoldedBlocksComparison(StreamBlockComparison):
    """Folds consecutive unchanged blocks."""

    def htmldiff(self) -> str:
        shown = []
        for is_changed, group in groupby(self.get_block_comparisons(), key=_is_changed):
            blocks = list(group)
            parts = format_html_join("\n", "{}", ((_block(each),) for each in blocks))
            shown.append(parts if is_changed else _folded_blocks(parts, len(blocks)))
        return mark_safe("\n".join(shown))


class FoldedStreamComparison(StreamFieldComparison):
    def has_changed(self) -> bool:
        block = self.field.stream_block
        return bool(_content(block, self.val_a) != _content(block, self.val_b))

    def htmldiff(self) -> str:
        if not (self.has_block_ids(self.val_a) and self.has_block_ids(self.val_b)):
            return with_folded_text(super().htmldiff())
        return FoldedBlocksComparison(self.field.stream_block, True, True, self.val_a, self.val_b).htmldiff()


class RowComparison(ChildObjectComparison):
    def get_field_comparisons(self) -> list[Any]:
        return [each for each in super().get_field_comparisons() if _is_filled(each.val_a) or _is_filled(each.val_b)]


class RowsComparison(ChildRelationComparison):
    """Compares rows, such as a series' dates, without their empty fields."""

    def get_child_comparison(self, obj_a: Any, obj_b: Any) -> RowComparison:
        return RowComparison(self.field.related_model, self.field_comparisons, obj_a, obj_b)


class ComparedVersion(NamedTuple):
    """The state of a version, such as “Latest draft”, and when and by whom it was saved."""

    state: str
    saved: str


class PortalCompareView(RevisionsCompareView):
    def compared_version(self, key: str) -> ComparedVersion:
        page: Page = self.object
        revisions = page.revisions.select_related("user").order_by("created_at", "pk")
        if key in ("earliest", "latest"):
            revision = revisions.first() if key == "earliest" else revisions.last()
        else:
            revision = revisions.filter(pk=page.live_revision_id if key == "live" else key).first()
        return ComparedVersion(_state_of(page, revision), _saved(revision))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        before, after = context["revision_a"], context["revision_b"]
        context["comparison"] = [
            RowsComparison(each.field, each.field_comparisons, before, after, label=each.label)
            if each.is_child_relation
            else each
            for each in context["comparison"]
        ]
        for each in context["comparison"]:
            # The template adds the colon, because French has a space before it.
            each.field_label = titled(each.field_label(), "").rstrip(" :")
        versions = [self.compared_version(key) for key in (self.revision_id_a, self.revision_id_b)]
        return context | {"before": versions[0], "after": versions[1]}


def _state_of(page: Page, revision: Revision | None) -> str:
    if page.live and (revision is None or revision.pk == page.live_revision_id):
        if page.last_published_at is None:
            return gettext("Live version")
        return gettext("Live version, published on %(when)s") % {"when": _shown(page.last_published_at)}
    if revision is None:
        return gettext("Not published")
    if revision.approved_go_live_at:
        return gettext("Planned for %(when)s") % {"when": _shown(revision.approved_go_live_at)}
    return gettext("Latest draft") if revision.pk == page.latest_revision_id else gettext("Earlier version")


def _saved(revision: Revision | None) -> str:
    if revision is None:
        return ""
    facts = {"when": _shown(revision.created_at), "person": name_of(revision.user)}
    if not revision.user:
        return gettext("saved on %(when)s") % facts
    return gettext("saved on %(when)s by %(person)s") % facts


def _shown(time: datetime) -> str:
    return str(formatted_date(localtime(time), "SHORT_DATETIME_FORMAT"))


def register_comparisons() -> None:
    # Wagtail's function does not separate the paragraphs of a text.
    compare.text_from_html = text_in_lines
    for field in IN_WORDS:
        register_comparison_class(field, comparison_class=ValueComparison)
    register_comparison_class(models.TextField, comparison_class=FoldedTextComparison)
    register_comparison_class(RichTextField, comparison_class=FoldedRichTextComparison)
    register_comparison_class(StreamField, comparison_class=FoldedStreamComparison)


def text_in_lines(html: Any) -> str:
    """The text of HTML, with a `BREAK` between paragraphs, list items and table rows."""
    parsed = BeautifulSoup(str(html), "html.parser")
    for cell in parsed.find_all(("td", "th")):
        cell.append(" ")
    for line in parsed.find_all(("br", *ENDS_A_LINE)):
        line.insert_after(BREAK)
    return re.sub(rf"\s*{BREAK}\s*", BREAK, parsed.get_text()).strip()


def with_breaks(html: str) -> SafeString:
    """Replace each `BREAK` with a line break. Put a pilcrow before a break that has changed itself."""
    signed = MARKED_BREAKS.sub(lambda found: found[0].replace(BREAK, f"¶{BREAK}"), html)
    return mark_safe(signed.replace(BREAK, "<br>"))


def with_folded_text(html: str) -> SafeString:
    """Fold long unchanged passages, but not the words beside a change."""
    marked = BeautifulSoup(html, "html.parser")
    if marked.select_one(MARKS):
        for text in list(marked.find_all(string=True)):
            if text.strip() and not text.find_parent(class_=("addition", "deletion")):
                _fold(text)
    return with_breaks(str(marked))


def _fold(text: Any) -> None:
    words = list(re.finditer(r"\S+", text))
    begin = BESIDE if text.previous_sibling else 0
    end = len(words) - (BESIDE if text.next_sibling else 0)
    count = end - begin
    if count < FOLDED:
        return
    label = ngettext("%(count)s unchanged word", "%(count)s unchanged words", count) % {"count": count}
    first, last = words[begin].start(), words[end - 1].end()
    rest = format_html(
        '{}<details class="comparison__rest"><summary>{}</summary> {}</details>{}',
        text[:first],
        label,
        text[first:last],
        text[last:],
    )
    text.replace_with(BeautifulSoup(rest, "html.parser"))


def _is_changed(block: BlockComparison) -> bool:
    if block.is_new() or block.is_deleted():
        return True
    return bool(_content(block.block, block.val_a) != _content(block.block, block.val_b))


def _content(block: blocks.Block, value: Any) -> Any:
    """The content of a block without the ids of blocks and items, because some versions have none."""
    if isinstance(block, blocks.StreamBlock):
        return [(each.block_type, _content(each.block, each.value)) for each in value]
    if isinstance(block, blocks.ListBlock):
        return [_content(block.child_block, each) for each in value]
    if isinstance(block, blocks.StructBlock):
        return {name: _content(child, value[name]) for name, child in block.child_blocks.items()}
    return _normalised(value.source) if isinstance(block, blocks.RichTextBlock) else block.get_prep_value(value)


def _normalised(html: str | None) -> str:
    """Rich text as the editor saves it, since the editor changes imported text when it is first saved."""
    parsed = BeautifulSoup(html or "", "html.parser")
    for tag in parsed.find_all(True):
        tag.attrs.pop("data-block-key", None)
        tag.name = SPELLED_BY_THE_EDITOR.get(tag.name, tag.name)
    for text in parsed.find_all(string=True):
        if not text.strip() and text.parent and text.parent.name in ("[document]", "ul", "ol"):
            text.extract()
    # An empty text becomes an empty paragraph. The serialiser sorts attributes.
    return "" if str(parsed) == "<p></p>" else str(parsed)


def _block(block: BlockComparison) -> SafeString:
    if block.is_new() or block.is_deleted():
        name, value = ("addition", block.val_b) if block.is_new() else ("deletion", block.val_a)
        return format_html(
            '<div class="comparison__child-object {}">{}</div>',
            name,
            with_breaks(block.htmlvalue(value)),
        )
    is_changed = _is_changed(block)
    shown = _folded_or_noted(block.htmldiff()) if is_changed else with_breaks(block.htmlvalue(block.val_a))
    return format_html('<div class="comparison__child-object">{}</div>', shown)


def _folded_or_noted(html: str) -> SafeString:
    """Fold the text around its changes. If its words are unchanged, state that."""
    if BeautifulSoup(html, "html.parser").select_one(MARKS):
        return with_folded_text(html)
    note = gettext("The words are the same, but something else has changed, such as a link or a format.")
    return format_html("<p><em>{}</em></p>{}", note, with_breaks(html))


def _folded_blocks(blocks: SafeString, count: int) -> SafeString:
    label = ngettext("%(count)s unchanged block", "%(count)s unchanged blocks", count) % {"count": count}
    return format_html('<details class="comparison__unchanged"><summary>{}</summary>{}</details>', label, blocks)


def _is_filled(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [])
