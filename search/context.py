"""What every template knows of search."""

from django.http import HttpRequest

from search.addresses import search_url


def search_box(request: HttpRequest) -> dict[str, str]:
    """The address of the search; nothing for a request that no site answers."""
    edition = getattr(request, "edition", None)
    return {"site_search_url": search_url(edition)} if edition else {}
