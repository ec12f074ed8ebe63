"""The URL of the results page in each language."""

from portal.content.serving.editions import SEARCH_WORDS, Edition


def search_url(edition: Edition) -> str:
    return f"{edition.home_url}{SEARCH_WORDS[edition.language]['search']}/"
