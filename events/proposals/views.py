"""Public views: proposing an event or a recap, and confirming, correcting or withdrawing it with the mailed link."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from events.pages import CalendarPage
from events.proposals import acting
from events.proposals.acting import ProposalRefusedError
from events.proposals.forms import ChangeProposalForm, PictureForm, ProposalForm, form_for, past_dates
from events.proposals.links import proposal_for_token
from events.proposals.pictures import MAX_BYTES, MOST_PICTURES, add_picture, may_add_picture
from events.records import Proposal
from events.registration.links import page_url
from portal.content.readers.form_guard import PROBLEMS, Verdict
from portal.content.readers.sources import hash_of_source
from portal.content.serving.admittance import is_served_to_reader, page_for_reader
from portal.content.serving.editions import edition_of
from portal.platform.rate_limits import mail_was_followed, may_send_mail_to

OUTCOMES = frozenset({"confirmed", "saved", "added", "removed"})
LONGEST_KEY = 18


# A public form has no session and no CSRF cookie; see `portal.content.readers.form_guard`.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose_view(request: HttpRequest, page_key: int, kind: str) -> HttpResponse:
    """Show and process the form. All valid posts get the same response."""
    now, edition = timezone.now(), edition_of(request)
    calendar = open_calendar(request, page_key, now)
    form = form_for(request, calendar, kind)
    if request.method == "POST" and form.is_valid() and _propose(form, edition, now):
        return HttpResponseRedirect(reverse("proposals:sent", args=[page_key]), status=303)
    context = {
        "calendar": calendar,
        "form": form,
        "kind": kind,
        "has_past_dates": bool(form.past) or past_dates(calendar, edition, now).exists(),
        "address": reverse(f"proposals:{kind}", args=[page_key]),
    }
    return render(request, "events/proposals/form.html", context, status=422 if form.is_bound else 200)


def _propose(form: ProposalForm, edition: Any, now: datetime) -> bool:
    """Save the proposal, unless a robot sent it; return False if the form must be shown again with an error."""
    if form.verdict is not Verdict.NEW:
        return True
    if not may_send_mail_to(form.cleaned_data["address"]):
        # Without the link in the mail, nobody could confirm the proposal.
        form.show_again(str(PROBLEMS["rate_limited"]))
        return False
    try:
        acting.propose(form, edition, now)
    except Exception:
        form.guard.free()
        raise
    return True


@require_safe
def sent(request: HttpRequest, page_key: int) -> HttpResponse:
    calendar = open_calendar(request, page_key, timezone.now())
    return render(request, "events/proposals/sent.html", {"calendar": calendar})


def open_calendar(request: HttpRequest, page_key: int, now: datetime) -> CalendarPage:
    """Return a calendar of this site that takes proposals from this reader. Raises Http404 otherwise."""
    page = page_for_reader(request, page_key, now)
    if not isinstance(page, CalendarPage) or not page.takes_proposals or page.alias_of_id:
        raise Http404
    return page


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_proposal(request: HttpRequest, token: str) -> HttpResponse:
    """Show a proposal; confirm, correct or withdraw it by POST.

    The token in the URL is the authorisation, so there is no cookie for CSRF to exploit. GET changes nothing, because
    mail scanners open links.
    """
    now = timezone.now()
    proposal = proposal_for_token(token, edition_of(request))
    if proposal.delete_at <= now:
        raise Http404
    takes_proposals = proposal.calendar.takes_proposals and is_served_to_reader(request, proposal.calendar_id, now)
    context: dict[str, Any] = {
        "proposal": proposal,
        "may_confirm": proposal.is_held and takes_proposals,
        "done": done if (done := request.GET.get("done")) in OUTCOMES else "",
    }
    if request.method == "POST":
        found = _act(request, proposal, context, now)
        if found is not None:
            return _private(found)
        # The newsroom may have been faster.
        proposal = context["proposal"] = proposal_for_token(token, edition_of(request))
        if not proposal.is_held and not proposal.is_open:
            context["problem"] = _("The newsroom has decided in the meantime, so nothing was changed.")
    if proposal.is_open:
        context.setdefault("form", ChangeProposalForm(proposal=proposal))
        context |= _pictures(proposal, context)
    elif not proposal.is_held:
        context["public_url"] = _public_url(request, proposal, now)
    status = 422 if request.method == "POST" else 200
    return _private(render(request, "events/proposals/own_proposal.html", context, status=status))


def _act(request: HttpRequest, proposal: Proposal, context: dict[str, Any], now: datetime) -> HttpResponse | None:
    """Carry out the posted action; return None if the page must be shown again with an error."""
    action = request.POST.get("action")
    if action == "confirm" and proposal.is_open:
        # A double click.
        return _back(request, "confirmed")
    if action == "confirm" and context["may_confirm"]:
        try:
            acting.confirm(proposal, now)
        except ProposalRefusedError as refusal:
            context["problem"] = str(refusal)
            return None
        mail_was_followed(hash_of_source(request))
        return _back(request, "confirmed")
    if action == "withdraw" and acting.withdraw(proposal):
        return render(request, "events/proposals/withdrawn.html", {"proposal": proposal})
    if action == "change" and proposal.is_open:
        form = context["form"] = ChangeProposalForm(request.POST, proposal=proposal)
        if form.is_valid() and acting.change(proposal, form):
            return _back(request, "saved")
    elif action == "picture" and may_add_picture(proposal):
        picture = context["picture_form"] = PictureForm(request.POST, request.FILES)
        if picture.is_valid() and add_picture(request, proposal, picture):
            return _back(request, "added")
    elif action == "remove" and proposal.is_open:
        key = request.POST.get("picture", "")
        keys = [int(key)] if key.isascii() and key.isdecimal() and len(key) <= LONGEST_KEY else []
        for each in proposal.pictures.filter(pk__in=keys):
            each.delete()
        return _back(request, "removed")
    return None


def _pictures(proposal: Proposal, context: dict[str, Any]) -> dict[str, Any]:
    form = context.get("picture_form") or (PictureForm() if may_add_picture(proposal) else None)
    return {
        "picture_form": form,
        "pictures": list(proposal.pictures.order_by("pk")),
        "most_pictures": MOST_PICTURES,
        "max_bytes": MAX_BYTES,
    }


def _public_url(request: HttpRequest, proposal: Proposal, now: datetime) -> str:
    """The address of the published page; empty if readers do not see it."""
    if not proposal.page or not is_served_to_reader(request, proposal.page_id, now):
        return ""
    page: Any = proposal.page.specific_deferred
    return page_url(page, proposal.site)


def _back(request: HttpRequest, outcome: str) -> HttpResponse:
    return HttpResponseRedirect(f"{request.path}?done={outcome}", status=303)


def _private(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"
    return response
