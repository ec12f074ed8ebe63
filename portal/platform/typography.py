"""A language's typographic spaces, quotation marks and ordinals, and the sentences of a text."""

import re
from itertools import pairwise

SPACE, NARROW = "\u00a0", "\u202f"
# Hyphenated words that fit into a line of large type on a phone: “Bar-le-Duc”, “Pont-à-Mousson”, “Start-up”.
SHORT_COMPOUND = re.compile(r"(?<![\w-])(?=[\w-]{3,16}(?![\w-]))\w+(?:-\w+)+")
# Tags and the content of code are not text.
_TAGS = re.compile(r"(<(?:code|pre|script|style)\b.*?</(?:code|pre|script|style)>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
_OPENING = re.compile(r"(^|[\s(\[«„“‘–—/-])(?:\"|&quot;)(?=\S)")
_CLOSING = re.compile(r"\"|&quot;")
_APOSTROPHE = re.compile(r"(?<=\w)(?:'|&#x27;|&#39;)(?=\w)|(?<=\w)(?:'|&#x27;|&#39;)(?=[\s.,;:!?)»]|$)")
_UNIT = re.compile(
    r"(?<=\d) (?=[%€°]|(?:[kMGT]?Wh?|kg|[gtlh]|[ckm]?m[²³]?|ha|min|Uhr|Euro|Mio|Mrd|euros?|millions?|milliards?)(?!\w))"
)
# Outer quotation marks by language (CLDR). Other languages get the English ones.
_ENGLISH_QUOTES = ("“", "”")
_QUOTES = {
    "cs": ("„", "“"),
    "da": ("“", "”"),
    "de": ("„", "“"),
    "es": ("«", "»"),
    "fr": (f"«{SPACE}", f"{SPACE}»"),
    "it": ("«", "»"),
    "lb": ("„", "“"),
    "pl": ("„", "”"),
    "pt": ("«", "»"),
    "ru": ("«", "»"),
}
_FRENCH = (
    (re.compile(r"[ \u00a0\u202f](?=[:»])(?!://)"), SPACE),
    (re.compile(r"(?<=«)[ \u00a0\u202f]"), SPACE),
    (re.compile(r"[ \u00a0](?=[;!?])"), NARROW),
    (re.compile(r"(?<=\d)[ \u00a0](?=\d{3}(?!\d))"), NARROW),
)
# Keeps “z. B.” together in every spelling.
_GERMAN = ((re.compile(r"\b(z|d|u|i|o|s|v|m)\. ?(B|h|a|A|d|R|o|E|u|w|W)\."), rf"\1.{NARROW}\2."),)
_RULES = {"fr": _FRENCH, "de": _GERMAN, "lb": _GERMAN}
# The punctuation that ends a sentence, but not that of an initial, an abbreviation or a German ordinal: “M. Weber”,
# “St. Avold”, “z. B.”, “20. Mai”.
_END = re.compile(r"(?:[!?…]|(?<!\b\w)(?<!\b\w{2})\.)[.!?…]{0,9}+(?:\s?[»”“)])*(?=\s+[^a-zß-öø-ÿ\s])")


def typeset(text: str, language: str) -> str:
    """Set quotation marks, apostrophes and no-break spaces by the language's rules. Tags and code stay unchanged."""
    if "<" not in text:
        return _typeset_text(text, language)
    pieces = _TAGS.split(text)
    pieces[::2] = [_typeset_text(piece, language) for piece in pieces[::2]]
    return "".join(pieces)


def _typeset_text(text: str, language: str) -> str:
    if '"' in text or "&quot;" in text:
        opening, closing = _QUOTES.get(language, _ENGLISH_QUOTES)
        text = _CLOSING.sub(closing, _OPENING.sub(rf"\1{opening}", text))
    if "'" in text or "&#" in text:
        text = _APOSTROPHE.sub("’", text)
    for pattern, replacement in _RULES.get(language, ()):
        text = pattern.sub(replacement, text)
    return _UNIT.sub(SPACE, text)


def first_sentences(text: str, length: int) -> str:
    """The first sentences of plain text: as many as fit into `length` characters, but at least one."""
    if len(text) <= length:
        return text
    ends = [found.end() for found in _END.finditer(text)]
    fitting = [end for end in ends if end <= length]
    return text[: fitting[-1] if fitting else ends[0] if ends else len(text)]


def number_of_sentences(text: str) -> int:
    """The number of sentences of plain text, the last of which may lack its full stop."""
    text = text.strip()
    return len(_END.findall(text)) + 1 if text else 0


def sentences(text: str) -> list[str]:
    """The sentences of plain text."""
    ends = [0, *(found.end() for found in _END.finditer(text)), len(text)]
    parts = (text[start:end].strip() for start, end in pairwise(ends))
    return [part for part in parts if part]
