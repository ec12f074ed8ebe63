"""Where pages went: the redirects of a site, and the addresses at which something stood that was taken down."""

from hashlib import blake2s
from typing import NamedTuple

from django.db.models import Q, Value
from django.http import HttpRequest
from django.utils.encoding import uri_to_iri
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction, Site

from portal.core.models import RemovedAddress

MOST_HOPS = 5


def moved_to(request: HttpRequest, address: str) -> Redirect | None:
    """The redirect from an address of this site, with its query or else without.

    Nothing for one that leads to itself, in a ring, or to a page that has been taken down.
    """
    redirect = _redirect(request, address)
    seen = {address.split("?")[0]}
    following = redirect
    for _hop in range(MOST_HOPS):
        if following is None:
            return redirect
        target = _path_here(request, following.link or "")
        if not following.link or target in seen or (following.redirect_page and not following.redirect_page.live):
            return None
        if target is None or following.redirect_page:
            return redirect
        seen.add(target)
        following = _redirect(request, target)
    return None


def _redirect(request: HttpRequest, address: str) -> Redirect | None:
    path = Redirect.normalise_path(address, decode_unicode=False)
    redirect = get_redirect(request, path)
    if redirect is None and "?" in path:
        redirect = get_redirect(request, path.split("?")[0])
    return redirect


def _path_here(request: HttpRequest, link: str) -> str | None:
    """The path of a link that stays on this site."""
    link = link.removeprefix(f"{request.scheme}://{request.get_host()}")
    return link.split("?")[0] if link.startswith("/") and not link.startswith("//") else None


def key_of(path: str) -> str:
    """A path of any length as an entry of an index."""
    return blake2s(path.rstrip("/").encode(), digest_size=16).hexdigest()


def remember_removed_address(page: Page) -> None:
    """Remember the address of a page that is about to be deleted, if readers could ever have read it."""
    if not (page.live or page.first_published_at):
        return
    private = PageViewRestriction.objects.values_list("page__path", flat=True)
    if page.path.startswith(tuple(private)):
        return
    for site in Site.objects.select_related("root_page"):
        for home in site.root_page.get_translations(inclusive=True).select_related("locale"):
            if page.path.startswith(home.path) and page.path != home.path:
                path = f"/{home.locale.language_code}/{page.url_path[len(home.url_path) :]}"
                RemovedAddress.objects.update_or_create(site=site, key=key_of(path), defaults={"path": path})


class Lookup(NamedTuple):
    """What is known of an address at which there is no page."""

    is_departed: bool
    is_redirected: bool


def look_up(request: HttpRequest, site: Site) -> Lookup:
    """One question for both; whether a redirect leads anywhere is for `moved_to` to say."""
    address = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
    paths = {path for whole in (address, uri_to_iri(address)) for path in (whole, whole.split("?")[0])}
    redirects = Redirect.objects.filter(Q(site=site) | Q(site=None), old_path__in=[p for p in paths if "\0" not in p])
    departures = RemovedAddress.objects.filter(site=site, key=key_of(request.path_info))
    rows = departures.values_list(Value(True)).union(redirects.order_by().values_list(Value(False)))
    found = {is_departure for (is_departure,) in rows}
    return Lookup(is_departed=True in found, is_redirected=False in found)
