"""The stems of German verbs in all their forms.

Only stems are mapped, so that words with the same stem stay together: geschlossen, geschlossene.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import Stemmer

# After some letters, the endings have an e: gründete, öffnete.
_NEEDS_E = re.compile(r"(?:[dt]|[dfgh]n)$")


def verb_stems(verbs: Mapping[str, Any]) -> dict[str, str]:
    """The infinitive's stem, by each other stem of the verb that belongs to no other word."""
    separable, inseparable = verbs["separable"].split(), verbs["inseparable"].split()
    pairs = [*_weak(verbs["weak"].split(), separable, inseparable), *_strong(verbs["strong"], separable, inseparable)]
    stems = Stemmer.Stemmer("german", 0).stemWords
    forms, bases = (stems(each) for each in zip(*pairs, strict=True))
    others = {*bases, *stems(verbs["lookalikes"].casefold().split())}
    return {form: base for form, base in zip(forms, bases, strict=True) if form not in others}


def _strong(forms: Mapping[str, str], separable: list[str], inseparable: list[str]) -> Iterator[tuple[str, str]]:
    """The forms of strong verbs, with and without a prefix, each with its infinitive.

    The past tense with a separable prefix is omitted, because it looks like a noun: Aufnahmen.
    """
    for form, base in forms.items():
        is_participle = form.startswith("ge") and form.endswith(("en", "t"))
        for ending in ["", "e", "er"] if is_participle else [""]:
            for prefix in ["", *inseparable, *(separable if is_participle else [])]:
                yield f"{prefix}{form}{ending}", f"{prefix}{base}"
            for prefix in inseparable if is_participle else []:
                yield f"{prefix}{form[2:]}{ending}", f"{prefix}{base}"


def _weak(stems: list[str], separable: list[str], inseparable: list[str]) -> Iterator[tuple[str, str]]:
    for stem in stems:
        base = f"{stem}n" if stem.endswith(("el", "er")) else f"{stem}en"
        form = f"{stem}et" if _NEEDS_E.search(stem) else f"{stem}t"
        for ending in ["", "e", "er"]:
            for prefix in ["", *inseparable, *separable]:
                yield f"{prefix}{form}{ending}", f"{prefix}{base}"
            for prefix in ["", *separable]:
                yield f"{prefix}ge{form}{ending}", f"{prefix}{base}"
