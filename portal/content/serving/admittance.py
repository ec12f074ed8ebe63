"""A reader's access to a page: the page is public, or the reader has entered its password or signed in."""

from datetime import datetime

from django.http import Http404, HttpRequest
from wagtail.models import Page

from portal.content.serving.editions import Edition, edition_of, editions_of
from portal.content.serving.served import ServedPage


def page_for_reader(request: HttpRequest, key: int, now: datetime) -> ServedPage:
    """The page with this key, for views other than its own. Raises Http404 unless this reader may see it.

    The session is only read for private pages, so that other responses do not vary by it.
    """
    return _admitted(request, key, edition_of(request), now)


def is_served_to_reader(request: HttpRequest, key: int | None, now: datetime) -> bool:
    """Whether the page with this key would be served to this reader in any of the site's languages."""
    for edition in editions_of(request).values():
        try:
            _admitted(request, key, edition, now)
        except Http404:
            continue
        return True
    return False


def _admitted(request: HttpRequest, key: int | None, edition: Edition, now: datetime) -> ServedPage:
    found = Page.objects.filter(pk=key).first()
    page = found.specific if found else None
    if not isinstance(page, ServedPage) or not page.path.startswith(edition.home.path):
        raise Http404
    page.check_served_in(edition, now)
    if edition.is_private(page.path):
        restrictions = page.get_view_restrictions()
        if not all(restriction.accept_request(request) for restriction in restrictions):
            raise Http404
    return page
