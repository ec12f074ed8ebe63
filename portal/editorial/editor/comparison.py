"""The comparison of two versions of a page, in words: no value of a program, and nothing that is not filled in."""

from datetime import datetime
from typing import Any

from django.db import models
from django.template.defaultfilters import yesno
from django.utils.formats import localize
from django.utils.html import escape
from django.utils.timezone import is_aware, localtime
from wagtail.admin.compare import (
    ChildObjectComparison,
    ChildRelationComparison,
    FieldComparison,
    TextDiff,
    register_comparison_class,
)
from wagtail.admin.views.pages.revisions import RevisionsCompareView

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
        return context


def register_comparisons() -> None:
    for field in IN_WORDS:
        register_comparison_class(field, comparison_class=ValueComparison)


def _is_filled(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [])
