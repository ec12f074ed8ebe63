"""A translation beside its original for reviewers, without fields."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wagtail.models import Page, Revision

from portal.editorial.translations.passages.checks import basis_of
from portal.editorial.translations.passages.differences import word_differences
from portal.editorial.translations.passages.pictures import pictures_beside
from portal.editorial.translations.passages.states import TranslationPassage, passages_of
from portal.editorial.translations.passages.texts import Text, page_texts, plain
from portal.editorial.translations.side_by_side.rows import row_of
from portal.editorial.translations.side_by_side.saving import Saved


def reading_of(page: Page, read_before: Revision | None) -> dict[str, Any] | None:
    """The context of `editorial/translations/reading.html`; None for a page that is not a translation.

    Changes since the version `read_before` are marked.
    """
    basis = basis_of(page)
    if basis is None:
        return None
    draft = page.get_latest_revision_as_object()
    passages = passages_of(basis, draft)
    before = page_texts(read_before.as_object()) if read_before else None
    pictures = pictures_beside(draft, (passage.path for passage in passages))
    rows = [
        replace(
            row_of(passage, number, Saved(), {}, picture=pictures.pop(passage.path, None)),
            seen="",
            confirmation="",
            news=_news(passage, before) if before is not None else (),
        )
        for number, passage in enumerate(passages)
    ]
    return {
        "rows": rows,
        "new": sum(bool(row.news) for row in rows),
        "to_do": sum(row.passage.is_to_do for row in rows),
        "is_read_again": before is not None,
        "original": basis.source,
        "original_language": basis.source.locale.get_display_name(),
        "original_code": basis.source.locale.language_code,
        "language": draft.locale.get_display_name(),
    }


def _news(passage: TranslationPassage, before: Mapping[str, Text]) -> tuple[tuple[str, str], ...]:
    text = before.get(passage.path)
    parts = text.parts if text else ()
    number = passage.part or 0
    old = plain("".join(parts) if passage.part is None else "".join(parts[number : number + 1]), passage.is_rich)
    new = plain(passage.text, passage.is_rich)
    return tuple(word_differences(old, new)) if old != new else ()
