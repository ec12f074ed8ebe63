"""The list of a large network's sites. Pages of a small network link to all of them."""

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from home.catalogue_index import PER_PAGE, index_page, is_index
from portal.content.lists.pagination import list_page
from portal.content.lists.subjects import ListedSubject
from portal.content.serving import views
from portal.content.serving.editions import edition_of, editions_of

WHICH = "sites"


@require_safe
def site_index(request: HttpRequest, word: str) -> HttpResponse:
    edition = edition_of(request)
    if not edition.sites_url or not is_index(edition, WHICH, word):
        return views.serve(request, f"{word}/")
    links = sorted(edition.network, key=lambda link: slugify(link.label))
    listing = list_page(
        links,
        request.GET,
        lambda rows: [ListedSubject(link.label, link.url, "", 0, None, is_person=False) for link in rows],
        per_page=PER_PAGE,
    )
    summary = _("All the sites of the network to which %(site)s belongs.") % {"site": edition.name}
    everywhere = {each.home.pk: {each.home.pk} for each in editions_of(request).values()}
    return index_page(request, WHICH, listing, _("Sites of the network"), summary, everywhere)
