"""The view of share images."""

from collections.abc import Mapping

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Page

from portal.content.serving.editions import Edition, editions_of
from portal.content.serving.served import PortalPageQuerySet
from portal.content.share.drawing import draw
from portal.content.share.words import ShareImageText, share_image_text
from portal.media.sending import file_response
from portal.media.stored import names_in

WEEK = 7 * 24 * 3600


@require_safe
def share_image(request: HttpRequest, page_id: str, version: str) -> HttpResponseBase:
    page, edition = _visible(editions_of(request), int(page_id))
    words = share_image_text(page, edition)
    if version != words.version:
        # The title has changed since a social network read the page.
        return HttpResponseRedirect(reverse("share_image", args=[page.pk, words.version]))
    response = file_response(default_storage, _store_image(page.pk, words))
    # Browsers need not revalidate. Shared caches must revalidate, because the page may be taken down.
    patch_cache_control(response, public=True, max_age=WEEK, s_maxage=0)
    return response


def _visible(editions: Mapping[str, Edition], page_id: int) -> tuple[Page, Edition]:
    """Return a public page of the site with its edition. Raises Http404 otherwise."""
    for page in Page.objects.filter(pk=page_id):
        for edition in editions.values():
            visible = PortalPageQuerySet(Page).visible_in(edition, timezone.now()).filter(pk=page.pk)
            if page.path.startswith(edition.home.path) and visible.exists():
                return page, edition
    raise Http404


def _store_image(page_id: int, words: ShareImageText) -> str:
    """Draw the image unless its file exists, delete earlier versions, and return the file name."""
    folder = f"share/{page_id}"
    name = f"{folder}/{words.version}.png"
    if not default_storage.exists(name):
        earlier = names_in(default_storage, folder)
        drawn = draw(words.title, words.label, words.site, words.brand)
        name = default_storage.save(name, ContentFile(drawn))
        for old in earlier:
            default_storage.delete(f"{folder}/{old}")
    return name
