"""The public page where a guest reads a draft and answers, at a URL with a signed token."""

from copy import copy
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, override
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from portal.content.serving.editions import edition_of
from portal.content.serving.views import page_not_found
from portal.content.visibility import is_in_trash, is_public
from portal.editorial.guests.answers import content_hash_of_draft, record_remark
from portal.editorial.guests.files import add_guest_tokens
from portal.editorial.guests.forms import RemarkForm
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation
from portal.editorial.records.translations import Basis

# These are removed, so that the draft is rendered as for an anonymous reader.
CREDENTIALS = ("HTTP_COOKIE", "HTTP_AUTHORIZATION")


# There is no CSRF token, because the token in the URL is the only credential, and no cookie is used.
@csrf_exempt
@csp_override(settings.SECURE_CSP)
@require_http_methods(["GET", "HEAD", "POST"])
def guest_review(request: HttpRequest, token: str) -> HttpResponse:
    """Show the draft with the guest's form. An invalid link gets the same response as an unknown URL."""
    now = timezone.now()
    invitation = ReviewInvitation.objects.by_token(token)
    is_open = invitation is not None and invitation.is_open(now) and not is_in_trash(invitation.page)
    if invitation is None or not is_open or not _is_on_its_site(request, invitation.page):
        return _private(page_not_found(request))
    page = invitation.page
    ReviewInvitation.objects.filter(pk=invitation.pk).update(last_seen_at=now)
    with override(invitation.language):
        if request.method == "POST":
            form = RemarkForm(request.POST)
            if form.is_spam or (form.is_valid() and _record_answer(form, invitation, page, now)):
                answer = form.kind or GuestRemark.Kind.REMARK
                return _private(HttpResponseRedirect(f"{request.path}?thanks={answer}#answer", status=303))
        else:
            form = RemarkForm(initial={"name": invitation.name})
        thanks = request.GET.get("thanks") if request.method != "POST" else None
        context = {
            "invitation": invitation,
            "form": form,
            "content_hash": content_hash_of_draft(page),
            "thanks": thanks if thanks in GuestRemark.Kind.values else "",
            "remarks": invitation.remarks.all(),
            "address": request.path,
            "original": _public_original(page, now),
        }
        with timezone.override(edition_of(request).zone):
            banner = render_to_string("editorial/guests/banner.html", context)
            answer_form = render_to_string("editorial/guests/answer.html", context)
    response = _draft_response(request, page, banner, answer_form)
    response.content = add_guest_tokens(response.content.decode(), invitation).encode()
    return _private(response)


def _public_original(page: Page, now: datetime) -> Page | None:
    """A translation's original if it is public: the guest may see no other draft."""
    basis = Basis.objects.filter(translation=page.pk).select_related("source__locale").first()
    return basis.source if basis and is_public(basis.source, now) else None


def _is_on_its_site(request: HttpRequest, page: Page) -> bool:
    edition = edition_of(request)
    # If the site lacks the language, `edition_of` returns another edition.
    language = request.path_info.split("/")[1]
    return language == edition.language and page.path.startswith(edition.home.path)


def _record_answer(form: RemarkForm, invitation: ReviewInvitation, page: Page, now: datetime) -> bool:
    """Record the answer and return True, or add an error to the form."""
    kind, data = form.kind, form.cleaned_data
    if kind is None:
        return False
    if invitation.is_rate_limited(now):
        form.add_error(None, _("That was a lot at once. Please wait a few minutes, then send it again."))
        return False
    if kind == GuestRemark.Kind.AGREED and data["content_hash"] != content_hash_of_draft(page):
        form.add_error(None, _("The text has changed since you opened it. This is the new one: please look again."))
        return False
    record_remark(
        invitation, kind, name=data["name"], text=data["text"].strip(), content_hash=data["content_hash"], now=now
    )
    return True


def _draft_response(request: HttpRequest, page: Page, banner: SafeString, answer: SafeString) -> HttpResponse:
    draft = page.specific.get_latest_revision_as_object()
    anonymous = copy(request)
    anonymous.META = {name: value for name, value in request.META.items() if name not in CREDENTIALS}
    return draft.make_preview_request(
        original_request=anonymous,
        preview_mode=draft.default_preview_mode,
        extra_request_attrs={"banner": banner, "answer": answer},
    )


def _private(response: HttpResponse) -> HttpResponse:
    """Forbid caching, indexing, embedding, and sending the URL as a referrer."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "no-referrer"
    # Wagtail lets the admin embed previews. This page must not be embedded, so it gets the policy of the settings.
    del response.headers["Content-Security-Policy"]
    response.cookies.clear()
    return response
