"""The public views: the form to request a document, and the download by the link in the email."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portal.content.readers.sources import hash_of_source
from portal.content.serving.admittance import is_served_to_reader
from portal.content.serving.editions import edition_of
from portal.media.delivery import document_response
from portal.platform.rate_limits import mail_was_followed
from portal.sheets.models import LINK_LIFETIME, SheetRequest
from portal.sheets.requests import form_for, request_from_token, send_document, visible_offer


# A public form has no session and no cookie for Django's CSRF check; see `portal.content.readers.form_guard`.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, page_key: int, block: UUID) -> HttpResponse:
    """The form for one document; every valid form has the same response."""
    edition, now = edition_of(request), timezone.now()
    offer = visible_offer(request, page_key, block, now)
    form = form_for(request, offer)
    if request.method == "POST" and form.is_valid():
        send_document(form, edition, now)
        return HttpResponseRedirect(reverse("sheets:sent", args=[page_key, block]), status=303)
    context = {"offer": offer, "form": form}
    return render(request, "sheets/ask.html", context, status=422 if form.is_bound else 200)


@require_safe
def sent(request: HttpRequest, page_key: int, block: UUID) -> HttpResponse:
    offer = visible_offer(request, page_key, block, timezone.now())
    return render(request, "sheets/sent.html", {"offer": offer, "days": LINK_LIFETIME.days})


@never_cache
@require_safe
def fetch(request: HttpRequest, token: str) -> HttpResponseBase:
    """The document of a link; if the link is no longer valid, a 410 page that links to the form."""
    now = timezone.now()
    sheet_request = request_from_token(token, edition_of(request))
    document = sheet_request.document
    if document and sheet_request.is_link_valid(now) and _is_offered(request, sheet_request, now):
        # The file is opened before this is counted, so that an unreadable file does not use up the link.
        response = document_response(document)
        if request.method == "HEAD":
            return response
        if sheet_request.record_opening(now):
            if sheet_request.opened_at is None:
                mail_was_followed(hash_of_source(request))
            return response
        response.close()
    context = {"url_to_ask_again": _url_to_ask_again(request, sheet_request)}
    return render(request, "sheets/link_expired.html", context, status=410)


def _is_offered(request: HttpRequest, sheet_request: SheetRequest, now: datetime) -> bool:
    """Whether this reader may still see the page of the request, and may open the document's folder."""
    document = sheet_request.document
    if document is None or not is_served_to_reader(request, sheet_request.page_id, now):
        return False
    return all(rule.accept_request(request) for rule in document.collection.get_view_restrictions())


def _url_to_ask_again(request: HttpRequest, sheet_request: SheetRequest) -> str:
    """The URL of the form for the same document; empty if it is no longer offered."""
    if sheet_request.page_id is None or sheet_request.block is None:
        return ""
    try:
        return visible_offer(request, sheet_request.page_id, sheet_request.block, timezone.now()).url
    except Http404:
        return ""
