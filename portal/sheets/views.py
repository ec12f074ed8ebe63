"""Asking for a document, and fetching it by the link that came by mail."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.serving.editions import edition_of
from portal.media.delivery import document_response
from portal.sheets.models import LINK_LIFE, SheetRequest
from portal.sheets.requests import answer, form_for, open_offer, request_behind


# A public form has no session, and so no cookie for Django's check; see `portal.core.readers.form_guard`.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, page_key: int, block: UUID) -> HttpResponse:
    """The form for one document; whatever happens to a valid one, its answer is the same."""
    edition, now = edition_of(request), timezone.now()
    offer = open_offer(request, page_key, block, now)
    form = form_for(request, offer)
    if request.method == "POST" and form.is_valid():
        answer(form, edition, now)
        return HttpResponseRedirect(reverse("sheets:asked", args=[page_key, block]), status=303)
    context = {"offer": offer, "form": form}
    return render(request, "sheets/ask.html", context, status=422 if form.is_bound else 200)


@require_safe
def asked(request: HttpRequest, page_key: int, block: UUID) -> HttpResponse:
    offer = open_offer(request, page_key, block, timezone.now())
    return render(request, "sheets/asked.html", {"offer": offer, "days": LINK_LIFE.days})


@never_cache
@require_safe
def fetch(request: HttpRequest, token: str) -> HttpResponseBase:
    """The document behind a link; a page that says how to get a new one where the link is over."""
    edition, now = edition_of(request), timezone.now()
    wanted = request_behind(token, edition)
    # Whoever only asks whether it is there has not opened it.
    is_good = wanted.open(now) if request.method == "GET" else wanted.is_link_good(now)
    if wanted.document is None or not is_good:
        return render(request, "sheets/over.html", {"again": _ask_again(request, wanted)}, status=410)
    return document_response(wanted.document)


def _ask_again(request: HttpRequest, wanted: SheetRequest) -> str:
    """Where the same document can be asked for once more, if it still can."""
    if wanted.page_id is None or wanted.block is None:
        return ""
    try:
        return open_offer(request, wanted.page_id, wanted.block, timezone.now()).address
    except Http404:
        return ""
