"""Whether this one reader may be shown a page: the public may, or they gave its password or logged in."""

from datetime import datetime

from django.http import Http404, HttpRequest
from wagtail.models import Page

from portal.core.models import PortalPage
from portal.core.models.pages import GoneError
from portal.core.serving.editions import edition_of


def admitted_page(request: HttpRequest, key: int, now: datetime) -> PortalPage:
    """The page with this key, for views beside the page's own; Http404 unless it would be served to this reader.

    The session is asked for private pages only, so that nothing else varies by it.
    """
    found = Page.objects.filter(pk=key).first()
    page = found.specific if found else None
    edition = edition_of(request)
    if not isinstance(page, PortalPage) or not page.path.startswith(edition.home.path):
        raise Http404
    try:
        page.check_served(now)
    except GoneError as gone:
        # That a page for few was taken down is for few as well.
        raise Http404 if edition.is_guarded(page.path) else gone from None
    if edition.is_private(page.path):
        restrictions = page.get_view_restrictions()
        if not all(restriction.accept_request(request) for restriction in restrictions):
            raise Http404
    return page
