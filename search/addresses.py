"""Where the search of each language is found."""

from portal.core.serving.editions import SEARCH_WORDS as WORDS, Edition

OTHER = "search"


def search_url(edition: Edition) -> str:
    return f"{edition.home_url}{WORDS.get(edition.language, OTHER)}/"
