"""The search languages, as data.

`languages.toml` is the table of all languages with a stemmer; `de.toml` and others have one language's word lists. A
language that is in neither is searched by folded words.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from search.languages.german import verb_stems

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Language:
    # The name of the Snowball stemmer, and whether it needs words without accents.
    stemmer: str = ""
    folded: bool = False
    # Whether the language has compounds; their linking letters; prefixes that are not words.
    compounds: bool = False
    links: tuple[str, ...] = ("",)
    prefixes: frozenset[str] = frozenset()
    # Words dropped before an apostrophe, and a pattern for those dropped after a hyphen.
    elided: tuple[str, ...] = ()
    enclitics: str = ""
    # A pattern for a pronoun or particle after a word, which is irrelevant in a query.
    inverted: str = ""
    # Words that are dropped from queries but indexed, because phrases contain them.
    stop_words: frozenset[str] = frozenset()
    # Verbs such as “find”, which are optional beside other words of a query.
    search_verbs: frozenset[str] = frozenset()
    # The bases of irregular forms, and patterns with replacements, for words and stems.
    forms: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[tuple[str, str], ...] = ()
    stems: Mapping[str, str] = field(default_factory=dict)
    stem_rules: tuple[tuple[str, str], ...] = ()
    # Endings of forms that the stemmer does not unify.
    endings: frozenset[str] = frozenset()
    # Letters that people confuse because they sound alike: as typed, and as intended.
    same_sound: tuple[tuple[str, str], ...] = ()
    # A letter that is rare in correct words, and the letter that it usually replaces.
    foreign: tuple[str, str] = ("", "")
    # Letters that sound alike, and the sound of a soft c.
    alike: Mapping[int, str] = field(default_factory=lambda: _letters("cqzy", "kksi"))
    soft_c: str = "s"
    # Patterns of dates in words, folded.
    dates: Mapping[str, str] = field(default_factory=dict)

    def base_of(self, word: str) -> str:
        if self.compounds:
            word = _endings(tuple(self.forms)).sub(lambda ending: self.forms[ending[0]], word) if self.forms else word
        else:
            word = self.forms.get(word, word)
        return _apply(self.rules, word)

    def base_stem_of(self, stem: str) -> str:
        """The infinitive's stem if this is another verb form's stem; otherwise the stem by the rules."""
        return self.stems.get(stem) or _apply(self.stem_rules, stem)


@cache
def language_of(code: str) -> Language:
    name = code.partition("-")[0]
    facts: dict[str, Any] = {**table().get(name, {}), **_read(name)}
    for each in ("stop_words", "search_verbs", "prefixes", "endings"):
        facts[each] = frozenset(facts.get(each, "").split())
    facts["endings"] |= {""}
    facts["elided"] = tuple(facts.get("elided", "").split())
    facts["forms"] = _forms(facts.get("forms", ""))
    facts["rules"], facts["stem_rules"] = (tuple(map(tuple, facts.get(each, ()))) for each in ("rules", "stem_rules"))
    if "alike" in facts:
        facts["alike"] = _letters(*facts["alike"])
    facts["same_sound"] = tuple(tuple(pair.split()) for pair in facts.get("same_sound", ()))
    if verbs := facts.pop("verbs", None):
        facts["stems"] = verb_stems({**verbs, "strong": _forms(verbs["strong"])})
    return Language(**facts)


@cache
def table() -> dict[str, dict[str, Any]]:
    return _read("languages")


@cache
def languages_with_words() -> tuple[Language, ...]:
    return tuple(language_of(path.stem) for path in sorted(FOLDER.glob("??.toml")))


def _read(name: str) -> dict[str, Any]:
    path = FOLDER / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _letters(written: str, meant: str) -> dict[int, str]:
    return {ord(one): other for one, other in zip(written, meant, strict=True)}


def _forms(text: str) -> dict[str, str]:
    """Parse `mouse: mice; louse: lice` into a mapping from forms to bases."""
    groups = (group.split(":") for group in text.split(";") if group.strip())
    return {form: base.strip() for base, forms in groups for form in forms.split()}


@cache
def _endings(forms: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for words ending with one of the forms, the longest first: a compound inflects its last word."""
    return re.compile(rf"(?:{'|'.join(sorted(forms, key=len, reverse=True))})$")


def _apply(rules: tuple[tuple[str, str], ...], text: str) -> str:
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text)
    return text
