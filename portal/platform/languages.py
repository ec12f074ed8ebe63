"""URL words and locales by language.

The languages are a setting. Words come from the translation catalogues, with English as the fallback.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import override

from portal.formats.words import language_name

# Territories of languages whose code is not a country code.
TERRITORIES = {"en": "GB", "sv": "SE", "da": "DK", "cs": "CZ", "uk": "UA", "el": "GR"}


def language_choices() -> list[tuple[str, str]]:
    """The languages as choices of a model field. Because it is a callable, a new setting needs no migration."""
    return [(code, language_name(code)) for code, _own_name in settings.LANGUAGES]


class AddressWords(Mapping[str, Mapping[str, str]]):
    """Words in URLs by language and name. `words` are translatable strings with the context `address`.

    Words are slugified; two words of one language must differ.
    """

    def __init__(self, **words: Any):
        self._words = words
        self._found: dict[str, Mapping[str, str]] = {}

    def __getitem__(self, language: str) -> Mapping[str, str]:
        if language not in self._found:
            with override(language):
                self._found[language] = {name: slugify(str(word)) for name, word in self._words.items()}
        return self._found[language]

    def __iter__(self) -> Iterator[str]:
        return (code for code, _name in settings.LANGUAGES)

    def __len__(self) -> int:
        return len(settings.LANGUAGES)


def open_graph_locale(code: str) -> str:
    """A language's locale in Open Graph notation, such as `fr_FR`."""
    language, _dash, territory = code.partition("-")
    return f"{language}_{(territory or TERRITORIES.get(language, language)).upper()}"
