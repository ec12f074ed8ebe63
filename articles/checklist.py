"""Checklist recommendations for stories."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from articles.stories import StoryPage
from portal.editorial.approval.checklist import ChecklistLine, Finding, Level

BYLINE = ChecklistLine(
    "byline", gettext_lazy("Byline"), lambda model: Level.ADVICE if issubclass(model, StoryPage) else None
)


def missing_byline(page: Any) -> Iterator[Finding]:
    if isinstance(page, StoryPage) and not page.bylines.all():
        yield Finding("byline", _("A byline: say who wrote it."), "bylines")
