"""The draft as a guest sees it, at a public address of its site that nobody can guess."""

from copy import copy
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from portal.core.serving.editions import edition_of
from portal.core.serving.views import page_not_found
from portal.editorial.guests.answers import content_hash_of_draft, record
from portal.editorial.guests.files import with_passes
from portal.editorial.guests.forms import RemarkForm
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation

# What a stranger's browser must not carry into the draft.
CREDENTIALS = ("HTTP_COOKIE", "HTTP_AUTHORIZATION")


# The address is what lets somebody in: no cookie is read, so none can be misused.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def guest_review(request: HttpRequest, token: str) -> HttpResponse:
    """Every link that opens nothing, whatever the reason, gets the same answer as an address that was never there."""
    now = timezone.now()
    invitation = ReviewInvitation.objects.by_token(token)
    if invitation is None or not invitation.is_open(now) or not _is_here(request, invitation.page):
        return _sealed(page_not_found(request))
    page = invitation.page
    ReviewInvitation.objects.filter(pk=invitation.pk).update(last_seen_at=now)
    with override(invitation.language):
        if request.method == "POST":
            form = RemarkForm(request.POST)
            if form.is_filled_by_a_program or (form.is_valid() and _take(form, invitation, page, now)):
                answer = form.kind or GuestRemark.Kind.REMARK
                return _sealed(HttpResponseRedirect(f"{request.path}?thanks={answer}#answer", status=303))
        else:
            form = RemarkForm(initial={"name": invitation.name})
        thanks = request.GET.get("thanks") if request.method != "POST" else None
        context = {
            "invitation": invitation,
            "form": form,
            "content_hash": content_hash_of_draft(page),
            "thanks": thanks if thanks in GuestRemark.Kind.values else "",
            "words": invitation.words.all(),
            "address": request.path,
        }
        with timezone.override(edition_of(request).zone):
            band = render_to_string("editorial/guests/band.html", context)
            answer_form = render_to_string("editorial/guests/answer.html", context)
    response = _draft(request, page, band, answer_form)
    response.content = with_passes(response.content.decode(), invitation).encode()
    return _sealed(response)


def _is_here(request: HttpRequest, page: Page) -> bool:
    edition = edition_of(request)
    # A language that the site has not would lead to the edition of another one.
    asked = request.path_info.split("/")[1]
    return asked == edition.language and page.path.startswith(edition.home.path)


def _take(form: RemarkForm, invitation: ReviewInvitation, page: Page, now: datetime) -> bool:
    """Record the word, or say on the form why not."""
    kind, given = form.kind, form.cleaned_data
    if kind is None:
        return False
    if invitation.is_busy(now):
        form.add_error(None, _("That was a lot at once. Please wait a few minutes, then send it again."))
        return False
    if kind == GuestRemark.Kind.AGREED and given["content_hash"] != content_hash_of_draft(page):
        form.add_error(None, _("The text has changed since you opened it. This is the new one: please look again."))
        return False
    record(
        invitation, kind, name=given["name"], text=given["text"].strip(), content_hash=given["content_hash"], now=now
    )
    return True


def _draft(request: HttpRequest, page: Page, band: SafeString, answer: SafeString) -> HttpResponse:
    draft = page.specific.get_latest_revision_as_object()
    stranger = copy(request)
    stranger.META = {name: value for name, value in request.META.items() if name not in CREDENTIALS}
    return draft.make_preview_request(
        original_request=stranger,
        preview_mode=draft.default_preview_mode,
        extra_request_attrs={"band": band, "answer": answer},
    )


def _sealed(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by nobody, and telling no other site where the reader came from."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "no-referrer"
    # A preview may stand in a frame of the newsroom; this one stands in none.
    del response.headers["Content-Security-Policy"]
    response._csp_config = settings.SECURE_CSP  # type: ignore[attr-defined]
    response.cookies.clear()
    return response
