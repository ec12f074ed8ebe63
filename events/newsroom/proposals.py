"""The newsroom's page of one proposal: take it up, or decline it with a reason."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from events.newsroom.proposal_drafts import take_up
from events.pages import EventPage
from events.proposals.acting import ProposalRefusedError, decline
from events.records import Proposal, ProposalPicture
from portal.content.files.views import NO_CONTENT
from portal.content.readers.access_log import LOOKED_AT, PROPOSALS, log_access
from portal.editorial.dashboard.write import parents_for
from portal.editorial.ideas.registry import IDEAS
from portal.editorial.reader_data import reader_data_sites
from portal.media.sending import stored_file_response
from portal.platform.newsroom_views import NewsroomView, crumb


def proposals_for(user: Any) -> Any:
    """The confirmed proposals for calendars in which the user may write."""
    calendars = [page.pk for page in parents_for(user, EventPage)]
    return Proposal.objects.exclude(state=Proposal.State.HELD).filter(calendar__in=calendars)


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("A note to the sender, included in the email."),
    )


class ProposalView(NewsroomView, TemplateView):
    """A proposal. POST takes it up or declines it."""

    template_name = "events/newsroom/proposal.html"
    header_icon = "pick"
    http_method_names = ["get", "head", "options", "post"]
    page_title: Any = gettext_lazy("Proposal")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = proposals_for(request.user).select_related("site", "calendar", "date__event", "page", "decided_by")
        self.proposal: Proposal = get_object_or_404(found, pk=kwargs["key"])
        self.form = DeclineForm()

    @property
    def page_subtitle(self) -> str:  # type: ignore[override]
        return self.proposal.title

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(IDEAS, reverse("ideas")), crumb(self.proposal.title)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        proposal, user = self.proposal, self.request.user
        log_access(LOOKED_AT, [proposal.site], user, PROPOSALS, proposal.calendar.title)
        sees_reader = reader_data_sites(user).filter(pk=proposal.site_id).exists()
        return super().get_context_data(**kwargs) | {
            "proposal": proposal,
            "pictures": proposal.pictures.order_by("pk"),
            "form": self.form,
            "sees_address": sees_reader,
            "sender": proposal.from_whom if sees_reader else proposal.organisation,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("action") == "take":
            return take_up_and_open(request, self.proposal)
        self.form = DeclineForm(request.POST)
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data(), status=422)
        if decline(self.proposal, request.user, self.form.cleaned_data["reason"], timezone.now()):
            messages.success(request, _("The proposal is declined, and its sender gets a mail."))
        else:
            messages.error(request, _("Somebody else has decided on this proposal meanwhile."))
        return redirect("ideas")


def take_up_and_open(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Take up a proposal and redirect to the draft; or back to the proposal, with the reason."""
    try:
        page, problems = take_up(proposal, request.user, timezone.now())
    except ProposalRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("proposal", proposal.pk)
    text = _("“%(title)s” is your draft now. Its sender gets a mail.")
    messages.success(request, text % {"title": page.draft_title})
    for problem in problems:
        messages.warning(request, problem)
    return redirect("wagtailadmin_pages:edit", page.pk)


def proposal_picture(request: HttpRequest, key: int, picture: int) -> HttpResponseBase:
    """Send a picture as a download, never to be shown in the browser."""
    pictures = ProposalPicture.objects.select_related("proposal__site", "proposal__calendar")
    found = get_object_or_404(pictures, pk=picture, proposal=key, proposal__in=proposals_for(request.user))
    proposal = found.proposal
    log_access(LOOKED_AT, [proposal.site], request.user, PROPOSALS, proposal.calendar.title)
    try:
        response = stored_file_response(
            found.file, content_type="application/octet-stream", filename=found.name, as_attachment=True
        )
    except OSError as error:
        raise Http404 from error
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = NO_CONTENT
    return response
