"""A site's redirects, its further hosts, and removed addresses: the URLs of deleted pages."""

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2s
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Value
from django.http import HttpRequest
from django.utils.encoding import uri_to_iri
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction, Site

from portal.content.extension_points import OtherForm, hidden_targets, other_forms
from portal.content.records.hosts import FurtherHost
from portal.content.records.removed_addresses import RemovedAddress
from portal.content.records.trash import TrashedPage
from portal.content.visibility import HOME_DEPTH, addresses_below, addresses_on
from portal.platform.operation.compiled import compiled_query

MAX_HOPS = 5
# Django escapes the second slash.
_SLASHES = re.compile(r"^/(?:%2F|/)+", re.I)


def moved_host(hostname: str) -> str:
    """The root URL of the site with this further host; empty if there is none."""
    found = FurtherHost.objects.filter(hostname=hostname.lower()).select_related("site").first()
    return found.site.root_url if found else ""


def moved_to(request: HttpRequest, address: str) -> Redirect | None:
    """The redirect for a URL of this site: with its query string, else in another form, else without the query string.

    None for a redirect that leads to itself, into a loop, or to a page that has been taken down.
    """
    redirect = _redirect(request, address)
    seen = {address.split("?")[0]}
    following = redirect
    for _hop in range(MAX_HOPS):
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


def leads_to_hidden(request: HttpRequest, redirect: Redirect) -> bool:
    """Whether a redirect leads to a file that this reader does not get. The old address then responds with 410."""
    path = _path_here(request, redirect.link or "")
    return any(is_hidden(request, path) for is_hidden in hidden_targets) if path else False


def _redirect(request: HttpRequest, address: str) -> Redirect | None:
    path = _normalised(address)
    redirect = get_redirect(request, path)
    if redirect is None:
        redirect = _redirect_of_other_form(request, address)
    if redirect is None and "?" in path:
        redirect = get_redirect(request, path.split("?")[0])
    return redirect


def _redirect_of_other_form(request: HttpRequest, address: str) -> Redirect | None:
    for form in _other_forms(address):
        if redirect := get_redirect(request, _normalised(form.address)):
            page = redirect.redirect_page
            if page and page.live and form.link_of and (link := form.link_of(page)):
                facts = {"old_path": redirect.old_path, "is_permanent": redirect.is_permanent}
                return Redirect(site=redirect.site, redirect_link=link, **facts)
            return redirect
    return None


def _other_forms(address: str) -> Iterator[OtherForm]:
    return chain.from_iterable(forms_of(address) for forms_of in other_forms)


def _normalised(address: str) -> str:
    """The form in which redirects are stored. A path such as `//news/` is the same as `/news/`."""
    return Redirect.normalise_path(_SLASHES.sub("/", address), decode_unicode=False)


def _path_here(request: HttpRequest, link: str) -> str | None:
    """The path of a link, if it leads to this site."""
    link = link.removeprefix(f"{request.scheme}://{request.get_host()}")
    return link.split("?")[0] if link.startswith("/") and not link.startswith("//") else None


def address_hash(path: str) -> str:
    """A short hash of a path, which may be too long for a database index."""
    return blake2s(path.rstrip("/").encode(), digest_size=16).hexdigest()


def record_removed_address(page: Page) -> None:
    """Store the URLs of a page about to be deleted, if it was ever public."""
    if not (page.live or page.first_published_at):
        return
    private = PageViewRestriction.objects.values_list("page__path", flat=True)
    if page.path.startswith(tuple(private)):
        return
    for site, path in addresses_on(page, Site.objects.all()) if page.depth > HOME_DEPTH else ():
        RemovedAddress.objects.update_or_create(site=site, key=address_hash(path), defaults={"path": path})


def record_trashed_addresses(trashed: TrashedPage, pages: Iterable[Page]) -> None:
    """Store the URLs of a page about to go into the trash, and of the pages below it, like `record_removed_address`."""
    private = tuple(PageViewRestriction.objects.values_list("page__path", flat=True))
    known = [page for page in pages if page.live or page.first_published_at]
    public = [page for page in known if not page.path.startswith(private)]
    RemovedAddress.objects.bulk_create(
        [
            RemovedAddress(site=site, key=address_hash(path), path=path, trashed=trashed)
            for site, path in addresses_below(trashed.page, public, Site.objects.all())
        ],
        batch_size=500,
        ignore_conflicts=True,
    )


class Lookup(NamedTuple):
    is_removed: bool
    is_redirected: bool


def look_up(request: HttpRequest, site: Site) -> Lookup:
    """Look up a removed address and a redirect in one query. `moved_to` validates the redirect."""
    address = request.get_full_path()
    forms = [_normalised(each) for each in (address, *(form.address for form in _other_forms(address)))]
    wholes = [whole for form in forms for whole in (form, uri_to_iri(form))]
    paths = {path for whole in wholes for path in (whole, whole.split("?")[0])}
    wanted = [path for path in paths if "\0" not in path]
    found = {is_removal for (is_removal,) in _known(site.pk, wanted, address_hash(request.path_info))}
    return Lookup(is_removed=True in found, is_redirected=False in found)


@compiled_query
def _known(site: Any, paths: Any, key: Any) -> QuerySet[RemovedAddress, Any]:
    redirects = Redirect.objects.filter(Q(site=site) | Q(site=None), old_path__in=paths)
    removed = RemovedAddress.objects.filter(site=site, key=key)
    return removed.values_list(Value(True)).union(redirects.order_by().values_list(Value(False)))
