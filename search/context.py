"""The context processor that gives every template the URL of the search."""

from django.http import HttpRequest

from search.addresses import search_url


def search_box(request: HttpRequest) -> dict[str, str]:
    """Set `site_search_url`, unless the request belongs to no site."""
    edition = getattr(request, "edition", None)
    return {"site_search_url": search_url(edition)} if edition else {}
