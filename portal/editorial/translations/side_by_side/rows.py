"""The rows of the translation editor and of the review page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from portal.editorial.translations.passages.pictures import PassagePicture
from portal.editorial.translations.passages.states import PassageState, TranslationPassage
from portal.editorial.translations.passages.texts import fingerprint
from portal.editorial.translations.side_by_side.forms import Entry, field_of, shown_text
from portal.editorial.translations.side_by_side.saving import Saved

SHOWN_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "b", "strong", "i", "em", "sup", "sub", "code", "br"}
CONFIRMATIONS = {
    PassageState.MISSING: gettext_lazy("It reads the same in both languages"),
    PassageState.SAME: gettext_lazy("It reads the same in both languages"),
    PassageState.MACHINE: gettext_lazy("Read over, and right"),
    PassageState.CHANGED: gettext_lazy("Still right as it is"),
}


@dataclass(frozen=True)
class Row:
    """A passage as displayed.

    With `is_refused`, the text in the field conflicts with `theirs`, which somebody else has saved. `news` are the runs
    of words that a reviewer has not seen yet.
    """

    number: int
    passage: TranslationPassage
    source: str
    text: str
    field: str = ""
    seen: str = ""
    current: str = ""
    confirmation: Any = ""
    is_refused: bool = False
    theirs: str = ""
    problem: str = ""
    picture: PassagePicture | None = None
    news: tuple[tuple[str, str], ...] = ()

    @property
    def is_same(self) -> bool:
        return self.passage.state == PassageState.SAME


def for_reading(source: str, is_rich: bool) -> str:
    """A part of a text for reading; links become underlined text."""
    if not is_rich:
        return source
    soup = BeautifulSoup(source, "html.parser")
    for tag in soup.find_all(True):
        tag.attrs = {}
        if tag.name == "a":
            tag.name = "u"
        elif tag.name not in SHOWN_TAGS:
            tag.unwrap()
    return mark_safe(str(soup))


def row_of(
    passage: TranslationPassage,
    number: int,
    saved: Saved,
    sent: Mapping[str, Entry],
    language: str = "",
    picture: PassagePicture | None = None,
) -> Row:
    """The row for a passage. Its field is in `language`; without one the row is read-only."""
    current = fingerprint(shown_text(passage))
    refused, problem = saved.refused.get(passage.name), saved.problems.get(passage.name, "")
    unsaved = sent[passage.name] if problem or refused is not None else None
    text = for_reading(passage.text, passage.is_rich)
    return Row(
        number,
        passage,
        for_reading(passage.source, passage.is_rich),
        text,
        field_of(passage, number, unsaved.text if unsaved else None, language) if language else "",
        unsaved.seen if unsaved else current,
        current,
        CONFIRMATIONS.get(passage.state, ""),
        refused is not None,
        text if refused is not None else "",
        problem,
        picture,
    )
