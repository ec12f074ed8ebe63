"""The URL of the results page in each language, and the context processor that provides it to every template."""

from django.http import HttpRequest

from portal.content.serving.editions import SEARCH_WORDS, Edition


def search_url(edition: Edition) -> str:
    return f"{edition.home_url}{SEARCH_WORDS[edition.language]['search']}/"


def search_box(request: HttpRequest) -> dict[str, str]:
    """Set `site_search_url`, unless the request belongs to no site."""
    edition = getattr(request, "edition", None)
    return {"site_search_url": search_url(edition)} if edition else {}
