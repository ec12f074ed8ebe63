"""The passages of a translation and their states."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Any

from bs4 import BeautifulSoup
from django.contrib.contenttypes.models import ContentType
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from portal.editorial.records.translations import Basis
from portal.editorial.translations.changes import parse_changes
from portal.editorial.translations.passages.differences import LineChange, line_changes, word_differences
from portal.editorial.translations.passages.places import TextPlace, place_of
from portal.editorial.translations.passages.texts import Text, fingerprint, has_words, page_texts, plain

# How much of an original line is recognised within a translated line. Names and numbers are shorter.
MIXED_WORDS = 4
MIXED_LETTERS = 20
MIXED_PART = 0.6
# Rich text elements that are one line each.
BLOCKS = ["p", "li", "h2", "h3", "h4", "h5", "h6", "blockquote"]


class PassageState(TextChoices):
    MISSING = "missing", _("Not translated")
    MACHINE = "machine", _("By machine, to be read over")
    CHANGED = "changed", _("Original changed")
    SAME = "same", _("The same in both languages")
    DONE = "done", _("Translated")


@dataclass(frozen=True)
class TranslationPassage:
    """One part of a text, or the whole text, in original and translation. Rich text is database HTML."""

    path: str
    # The number of the part; None for plain text, or if original and translation have different numbers of parts.
    part: int | None
    place: TextPlace
    source: str
    text: str
    is_rich: bool
    state: PassageState
    changes: tuple[LineChange, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.path}:{'' if self.part is None else self.part}"

    @property
    def is_to_do(self) -> bool:
        return self.state in (PassageState.MISSING, PassageState.MACHINE, PassageState.CHANGED)

    @cached_property
    def is_mixed(self) -> bool:
        """Whether a line of the translation also has a whole line of the original, or begins with most of one."""
        originals = [line for line in _lines(self.source, self.is_rich) if _is_recognised(line)]
        lines = _lines(self.text, self.is_rich)
        return any(_is_mixture(line, original) for original in originals for line in lines)

    @cached_property
    def same_fingerprint(self) -> str:
        return f"{self.path}:{fingerprint(plain(self.source, self.is_rich))}"

    @cached_property
    def machine_fingerprint(self) -> str:
        return machine_fingerprint(self.path, self.text, self.is_rich)

    @property
    def differences(self) -> list[tuple[str, str]]:
        """The changes to the original as runs of words."""
        before = "\n".join(line for change in self.changes for line in change.before)
        after = "\n".join(line for change in self.changes for line in change.after)
        return word_differences(before, after)


def machine_fingerprint(path: str, text: str, is_rich: bool) -> str:
    return f"{path}:{fingerprint(plain(text, is_rich))}"


def original_of(basis: Basis) -> Page:
    """The version of the original on which the translation is based, including references to deleted records."""
    revision = basis.revision
    if revision is None:
        return basis.source.specific
    model: Any = ContentType.objects.get_for_id(revision.content_type_id).model_class()
    return model.from_serializable_data(revision.content, check_fks=False)


def passages_of(basis: Basis, draft: Page, original: Page | None = None) -> list[TranslationPassage]:
    """The passages to translate, in the original's order."""
    sources, texts = page_texts(original or original_of(basis)), page_texts(draft)
    changes = {
        change.path: line_changes(change.before, change.after)
        for change in parse_changes(basis.changes)
        if change.before != change.after
    }
    found: list[TranslationPassage] = []
    for path, source in sources.items():
        place = place_of(draft, path)
        if place is not None:
            text = texts.get(path) or Text((), source.is_rich)
            found += _passages_at(path, place, source, text, basis, changes.get(path, []))
    return [*found, *_passages_of_draft_alone(sources, texts, draft, basis)]


def _passages_of_draft_alone(
    sources: dict[str, Text], texts: dict[str, Text], draft: Page, basis: Basis
) -> Iterable[TranslationPassage]:
    """Passages of text that exists only in the draft.

    They are untranslated if the original has the same text elsewhere.
    """
    originals = {line for text in sources.values() for part in text.parts for line in _lines(part, text.is_rich)}
    for path, text in texts.items():
        place = place_of(draft, path) if path not in sources else None
        for number, part in enumerate(text.parts if place else ()):
            if place and has_words(plain(part, text.is_rich)):
                is_copied = any(has_words(line) and line in originals for line in _lines(part, text.is_rich))
                source = part if is_copied else ""
                passage = TranslationPassage(
                    path, number if text.is_rich else None, place, source, part, text.is_rich, PassageState.DONE
                )
                yield _with_state(passage, basis)


def _passages_at(
    path: str, place: TextPlace, source: Text, text: Text, basis: Basis, changes: list[LineChange]
) -> Iterable[TranslationPassage]:
    pairs: list[tuple[int | None, str, str]] = [(None, source.whole, text.whole)]
    if len(source.parts) == len(text.parts) and source.is_rich:
        pairs = list(zip(range(len(source.parts)), source.parts, text.parts, strict=True))
    for part, original, translated in pairs:
        if has_words(plain(original, source.is_rich)):
            touching = tuple(change for change in changes if change.touches(_lines(original, source.is_rich)))
            passage = TranslationPassage(
                path, part, place, original, translated, source.is_rich, PassageState.DONE, touching
            )
            yield _with_state(passage, basis)


def _with_state(passage: TranslationPassage, basis: Basis) -> TranslationPassage:
    if passage.machine_fingerprint in basis.by_machine:
        state = PassageState.MACHINE
    elif _is_untranslated(passage):
        state = PassageState.SAME if passage.same_fingerprint in basis.same else PassageState.MISSING
    elif passage.changes:
        state = PassageState.CHANGED
    else:
        state = PassageState.DONE
    return replace(passage, state=state)


def _is_untranslated(passage: TranslationPassage) -> bool:
    """Whether the text is empty or contains a line of the original."""
    words = plain(passage.text, passage.is_rich)
    if not has_words(words):
        # A number may be translated with words, such as “60 %” by “60 Prozent”.
        return not any(letter.isdigit() for letter in words)
    originals = {*_lines(passage.source, passage.is_rich), *(line for each in passage.changes for line in each.before)}
    lines = _lines(passage.text, passage.is_rich)
    return any(line in originals and has_words(line) for line in lines) or passage.is_mixed


def _is_recognised(line: str) -> bool:
    return len(line) >= MIXED_LETTERS and len(line.split()) >= MIXED_WORDS and has_words(line)


def _is_mixture(line: str, original: str) -> bool:
    if line == original:
        return False
    same = takewhile(lambda pair: pair[0] == pair[1], zip(line, original, strict=False))
    beginning = "".join(letter for letter, _other in same)
    return original in line or (len(beginning) >= MIXED_PART * len(original) and _is_recognised(beginning))


def _lines(part: str, is_rich: bool) -> list[str]:
    """The paragraphs, headings and list items of a part as plain text."""
    if not is_rich:
        return [plain(part, is_rich)]
    soup = BeautifulSoup(part, "html.parser")
    return [plain(str(block), is_rich) for block in soup.find_all(BLOCKS) or [soup]]


def update_counts(basis: Basis, draft: Page) -> None:
    """Store the number of passages, and of unfinished passages, in the draft."""
    store_counts(basis, passages_of(basis, draft))


def store_counts(basis: Basis, passages: list[TranslationPassage]) -> None:
    numbers = {"passages": len(passages), "to_do": sum(passage.is_to_do for passage in passages)}
    Basis.objects.filter(pk=basis.pk).update(**numbers)
