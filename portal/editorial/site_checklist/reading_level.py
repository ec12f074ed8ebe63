"""How hard a text is to read, by a published formula for each language. Pure: it uses no page and no model.

- English: R. Flesch, “A new readability yardstick”, Journal of Applied Psychology 32 (1948).
- German: T. Amstad, “Wie verständlich sind unsere Zeitungen?” (Zürich 1978).
- French: L. Kandel and A. Moles, “Application de l'indice de Flesch à la langue française”, Cahiers
  d'études de radio-télévision 19 (1958).

All three have Flesch's scale, on which 60 to 70 is plain language, less than 50 difficult and less than 30 very
difficult. Syllables are counted by rules of spelling, which for a whole text is close enough.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

DIFFICULT, VERY_DIFFICULT = 50, 30
# Flesch's samples have a hundred words.
FEWEST_WORDS = 100
# Words in a sentence, on average; with a longer average Flesch's scale says “fairly difficult”.
LONG_SENTENCES = 20
WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
ENDS = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=[\"'“„‘«(\[]?\s?[^\W\d_a-zß-öø-ÿœ])")
# Their full stop does not end a sentence. Neither does that of a single letter or a number, as in “3. Dezember”.
ABBREVIATIONS = frozenset(
    (
        *("bzw", "ca", "dr", "etc", "evtl", "ff", "ggf", "inkl", "mme", "mr", "mrs", "ms", "nr", "prof", "resp", "st"),
        *("str", "tel", "usw", "vgl", "vol", "vs", "cf", "art", "chap", "env", "ex", "fig", "pp", "éd"),
    )
)
LONGEST_ABBREVIATION = 20
ENDINGS = frozenset('.!?…:"”’»)')
LAST_WORD = re.compile(r"(?:^|[\s(.])([^\s(.]+)\.$")


class Formula(NamedTuple):
    """The score is `base` minus the averages, multiplied. `long_words` is an average of syllables above the usual."""

    base: float
    words_per_sentence: float
    syllables_per_word: float
    long_words: float


FORMULAS = {
    "en": Formula(206.835, 1.015, 84.6, 1.6),
    "de": Formula(180, 1, 58.5, 1.85),
    "fr": Formula(207, 1.015, 73.6, 1.85),
}
VOWELS = {"en": "aeiouy", "de": "aeiouyäöü", "fr": "aeiouyàâäéèêëîïôöùûüÿœæ"}


# At the end of “time”, “times” and “timed”, but not of “table”, “houses” and “wanted”.
SILENT_E = re.compile(r"[^aeiouyl]e$|[aeiouylr]le$|(?<!sh)(?<!ch)[^aeiouyscxzg]es$|[^aeiouytd]ed$")
DIPHTHONG = re.compile("äu|eu|au|ei|ai|ie|ee|aa|oo")


@dataclass(frozen=True)
class ReadingLevel:
    score: float
    words: int
    has_long_sentences: bool
    has_long_words: bool

    @property
    def is_difficult(self) -> bool:
        return self.score < DIFFICULT

    @property
    def is_very_difficult(self) -> bool:
        return self.score < VERY_DIFFICULT


def reading_level(sentences: Iterable[str], language: str) -> ReadingLevel | None:
    """The level of these sentences; None without words or without a formula for the language."""
    formula = FORMULAS.get(language.partition("-")[0])
    lines = [words for sentence in sentences if (words := words_of(sentence))]
    if formula is None or not lines:
        return None
    number = sum(map(len, lines))
    length = number / len(lines)
    syllables = sum(syllables_of(word, language) for words in lines for word in words) / number
    score = formula.base - formula.words_per_sentence * length - formula.syllables_per_word * syllables
    return ReadingLevel(score, number, length > LONG_SENTENCES, syllables > formula.long_words)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text with a line for each paragraph. Lines without an end, such as headings, are none."""
    found: list[str] = []
    for line in text.splitlines():
        begun: list[str] = []
        for part in ENDS.split(line.strip()):
            begun.append(part)
            if not _is_abbreviated(part):
                found.append(" ".join(begun))
                begun = []
        if begun:
            found.append(" ".join(begun))
        if line.strip() and found[-1][-1:] not in ENDINGS:
            found.pop()
    return found


def _is_abbreviated(text: str) -> bool:
    last = LAST_WORD.search(text[-LONGEST_ABBREVIATION:])
    if last is None:
        return False
    word = last[1].casefold()
    return len(word) == 1 or word.isdecimal() or word in ABBREVIATIONS


def words_of(sentence: str) -> list[str]:
    return WORD.findall(sentence)


@lru_cache(maxsize=20_000)
def syllables_of(word: str, language: str) -> int:
    """The number of syllables, at least one, for each part of a compound with hyphens or apostrophes."""
    code = language.partition("-")[0]
    count = {"en": _in_english, "fr": _in_french}.get(code, _groups)
    return sum(max(1, count(part, code)) for part in re.split(r"['’\-]", word.casefold()) if _is_spoken(part, code))


def _is_spoken(part: str, code: str) -> bool:
    """Whether a part has a vowel, unlike “l” in “l'eau” and “s” in “it's”."""
    return any(letter in VOWELS.get(code, VOWELS["de"]) for letter in part)


def _groups(word: str, code: str) -> int:
    """The groups of vowels; in German, two vowels that are no diphthong belong to two syllables."""
    text = word
    if code == "de":
        text = re.sub(r"(?<=[eiou])(?=[aouäöü])|(?<=a)(?=[eo])", "-", DIPHTHONG.sub("a-", word.replace("qu", "k")))
    return len(re.findall(f"[{VOWELS.get(code, VOWELS['de'])}]+", text))


def _in_english(word: str, code: str) -> int:
    number = len(re.findall(r"[aeiouy]+", re.sub(r"qu", "k", word)))
    if SILENT_E.search(word):
        number -= 1
    # Two vowels with a syllable each, as in “radio” and “creation”, but not in “nation” and “region”.
    return number + len(re.findall(r"(?<![tscg])i(?=[aou](?!us$|r$))|ua(?=[lt])|creat(?=i|e[ds]?$|or)", word))


def _in_french(word: str, code: str) -> int:
    text = re.sub(r"(?<=[qg])u(?=[eiéèêëîï])", "", word)
    number = len(re.findall(f"[{VOWELS['fr']}]+", text))
    # A mute e at the end: “route”, “routes”, “parlent”; words with one vowel, as “les”, keep it.
    if number > 1 and re.search(rf"[^{VOWELS['fr']}](?:e|es|ent)$", text) and not re.search(r"(?:m|v)ent$", text):
        number -= 1
    # Two vowels with a syllable each: “théâtre”, “création”, “réel”, “maïs”.
    return number + len(re.findall(r"é(?=[aâeèoôuiy])|a(?=[ïéëü])|o(?=[éëïè](?!u))|(?<=[bcdfgp][lr])i(?=[eoéa])", text))
