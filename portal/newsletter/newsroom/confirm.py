"""The page on which a person confirms that an issue is sent, with the mail and the number of its subscribers."""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin import messages

from portal.content.publication import PublicationRefusedError
from portal.editorial.approval import next_step
from portal.editorial.approval.confirmation import kept_act, perform
from portal.editorial.approval.refusals import show_refusal
from portal.editorial.approval.review import content_hash_of
from portal.newsletter.issuing import edition_containing
from portal.newsletter.models import IssuePage, Sending
from portal.newsletter.newsroom.confirming import label_of, number_of_recipients, planned_time
from portal.newsletter.newsroom.issues import NewsletterView

SALT = "portal.newsletter.confirm"
TICKET_SECONDS = 3600


class ConfirmSending(NewsletterView):
    """Shown to a person who has just approved or published an issue; only the button of this page does it.

    `ticket` is the signed content of the page: it is valid for this person, text, number and time only.
    """

    template_name = "newsletter/newsroom/confirm.html"
    page_title = gettext_lazy("Send the issue")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.issue = get_object_or_404(IssuePage, pk=kwargs["key"])
        act = kept_act(request, self.issue)
        if act is None:
            return redirect("wagtailadmin_home")
        self.act = act
        self.draft = self.issue.get_latest_revision_as_object()
        edition = edition_containing(self.issue)
        self.number = number_of_recipients(self.draft, edition) if edition else 0
        self.planned = planned_time(self.draft)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self._ticket() != self._facts():
            messages.warning(request, _("Something has changed since you were asked. Please look once more."))
            return redirect("newsletter_confirm", self.issue.pk)
        try:
            perform(request, self.issue, self.act)
        except PublicationRefusedError as refusal:
            show_refusal(request, refusal)
            return redirect("wagtailadmin_home")
        next_step.tell_approved(request, self.issue)
        sending = Sending.objects.filter(issue=self.issue.pk).first()
        return redirect("newsletter_sending", sending.pk) if sending else redirect("wagtailadmin_home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "issue": self.issue,
            "draft": self.draft,
            "label": label_of(self.number, self.planned),
            "ticket": signing.dumps(self._facts(), salt=SALT),
        }

    def _facts(self) -> list[Any]:
        planned = self.planned.isoformat() if self.planned else ""
        return [self.request.user.pk, content_hash_of(self.issue.latest_revision), self.number, planned]

    def _ticket(self) -> Any:
        try:
            return signing.loads(self.request.POST.get("ticket", ""), salt=SALT, max_age=TICKET_SECONDS)
        except signing.BadSignature:
            return None
