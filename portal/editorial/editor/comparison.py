"""The comparison of two versions of a page, in words: no value of a program, nothing that is not filled in.

What has not changed is folded.
"""

from datetime import datetime
from itertools import groupby
from typing import Any

from bs4 import BeautifulSoup
from django.db import models
from django.template.defaultfilters import yesno
from django.utils.formats import localize
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext, ngettext
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

from portal.editorial.editor.headings import titled

# Words beside a change that say where in a text it is; fewer unchanged ones than FOLDED take no room.
BESIDE = 12
FOLDED = 20
MARKS = ".addition, .deletion"
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
    """Shows dates, times and numbers in the reader's format, and yes or no."""

    def htmldiff(self) -> str:
        before, after = in_words(self.val_a), in_words(self.val_b)
        if before == after:
            return escape(after)
        changes = [(change, text) for change, text in (("deletion", before), ("addition", after)) if text]
        return str(TextDiff(changes, separator=" ").to_html())


class FoldedTextComparison(TextFieldComparison):
    def htmldiff(self) -> str:
        return with_folded_text(super().htmldiff())


class FoldedRichTextComparison(RichTextFieldComparison):
    def htmldiff(self) -> str:
        return with_folded_text(super().htmldiff())


class FoldedBlocksComparison(StreamBlockComparison):
    """Blocks in a row that have not changed stand folded behind their number."""

    def htmldiff(self) -> str:
        shown = []
        for is_changed, group in groupby(self.get_block_comparisons(), key=_is_changed):
            blocks = list(group)
            parts = format_html_join("\n", "{}", ((_block(each),) for each in blocks))
            shown.append(parts if is_changed else _folded_blocks(parts, len(blocks)))
        return mark_safe("\n".join(shown))


class FoldedStreamComparison(StreamFieldComparison):
    def htmldiff(self) -> str:
        if not (self.has_block_ids(self.val_a) and self.has_block_ids(self.val_b)):
            return with_folded_text(super().htmldiff())
        return FoldedBlocksComparison(self.field.stream_block, True, True, self.val_a, self.val_b).htmldiff()


class RowComparison(ChildObjectComparison):
    def get_field_comparisons(self) -> list[Any]:
        return [each for each in super().get_field_comparisons() if _is_filled(each.val_a) or _is_filled(each.val_b)]


class RowsComparison(ChildRelationComparison):
    """Of each row of a page, such as a changed date of a series, only what is filled in."""

    def get_child_comparison(self, obj_a: Any, obj_b: Any) -> RowComparison:
        return RowComparison(self.field.related_model, self.field_comparisons, obj_a, obj_b)


class PortalCompareView(RevisionsCompareView):
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
            # Its template sets the colon; French has a space before it.
            each.field_label = titled(each.field_label(), "").rstrip(" :")
        return context


def register_comparisons() -> None:
    for field in IN_WORDS:
        register_comparison_class(field, comparison_class=ValueComparison)
    register_comparison_class(models.TextField, comparison_class=FoldedTextComparison)
    register_comparison_class(RichTextField, comparison_class=FoldedRichTextComparison)
    register_comparison_class(StreamField, comparison_class=FoldedStreamComparison)


def with_folded_text(html: str) -> SafeString:
    """Fold the long passages of a marked text that have no mark, but for the words beside a change."""
    marked = BeautifulSoup(html, "html.parser")
    if marked.select_one(MARKS):
        for text in list(marked.find_all(string=True)):
            if text.strip() and not text.find_parent(class_=("addition", "deletion")):
                _fold(text)
    return mark_safe(str(marked))


def _fold(text: Any) -> None:
    words = text.split()
    begin = BESIDE if text.previous_sibling else 0
    end = len(words) - (BESIDE if text.next_sibling else 0)
    count = end - begin
    if count < FOLDED:
        return
    label = ngettext("%(count)s unchanged word", "%(count)s unchanged words", count) % {"count": count}
    rest = format_html(
        '{}{} <details class="comparison__rest"><summary>{}</summary> {}</details> {}{}',
        " " if text[0].isspace() else "",
        " ".join(words[:begin]),
        label,
        " ".join(words[begin:end]),
        " ".join(words[end:]),
        " " if text[-1].isspace() else "",
    )
    text.replace_with(BeautifulSoup(rest, "html.parser"))


def _is_changed(block: BlockComparison) -> bool:
    return bool(block.is_new() or block.is_deleted() or _content(block, block.val_a) != _content(block, block.val_b))


def _content(block: BlockComparison, value: Any) -> Any:
    """What the database keeps of a block, without the ids of its items, which a version may lack."""
    return _without_ids(block.block.get_prep_value(value))


def _without_ids(kept: Any) -> Any:
    if isinstance(kept, dict):
        return {name: _without_ids(value) for name, value in kept.items() if name != "id"}
    return [_without_ids(each) for each in kept] if isinstance(kept, list) else kept


def _block(block: BlockComparison) -> SafeString:
    if block.is_new() or block.is_deleted():
        name, value = ("addition", block.val_b) if block.is_new() else ("deletion", block.val_a)
        return format_html(
            '<div class="comparison__child-object {}">{}</div>',
            name,
            mark_safe(block.htmlvalue(value)),
        )
    if not _is_changed(block):
        shown = mark_safe(block.htmlvalue(block.val_a))
    elif BeautifulSoup(html := block.htmldiff(), "html.parser").select_one(MARKS):
        shown = with_folded_text(html)
    else:
        note = gettext("Something has changed here that is not in the words, such as a link or a format.")
        shown = format_html("<p><em>{}</em></p>{}", note, mark_safe(html))
    return format_html('<div class="comparison__child-object">{}</div>', shown)


def _folded_blocks(blocks: SafeString, count: int) -> SafeString:
    label = ngettext("%(count)s unchanged block", "%(count)s unchanged blocks", count) % {"count": count}
    return format_html('<details class="comparison__unchanged"><summary>{}</summary>{}</details>', label, blocks)


def _is_filled(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [])
