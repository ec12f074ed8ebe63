"""Before an issue is sent by mail, somebody must confirm the issue and its number of recipients."""

from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.models import Page

from portal.content.publication import Publication, PublicationRefusedError
from portal.content.serving.editions import Edition
from portal.editorial.approval import next_step
from portal.editorial.approval.confirmation import (
    ConfirmationNeededError,
    NeededConfirmation,
    is_confirmed,
    perform,
    stored_act,
)
from portal.editorial.approval.gate import responsible_person
from portal.editorial.approval.refusals import show_refusal
from portal.editorial.approval.review import content_hash_of
from portal.newsletter.compose import bulletin_for
from portal.newsletter.issuing import edition_containing
from portal.newsletter.models import IssuePage, Rhythm, Sending, Subscriber
from portal.newsletter.newsroom.issues import NewsletterView

SALT = "portal.newsletter.confirm"
TICKET_SECONDS = 3600


def is_to_be_sent(issue: IssuePage) -> bool:
    """Whether publishing the draft sends it: it is set to be mailed and was not sent before."""
    return issue.is_mailed and not issue.alias_of_id and not Sending.objects.filter(issue=issue.pk).exists()


def number_of_recipients(issue: IssuePage, edition: Edition) -> int:
    """The number of subscribers who would get the draft now, by its groups' sections."""
    with translation.override(edition.language), timezone.override(edition.zone):
        keys = {group.key for group in bulletin_for(issue, edition).groups if group.key}
    recipients = Subscriber.objects.recipients(edition.site, edition.language, Rhythm.ISSUES)
    if keys:
        chosen = Q(chosen_sections=None) | Q(chosen_sections__section_key__in=keys)
        recipients = recipients.filter(chosen).distinct()
    return recipients.count()


def planned_time(issue: IssuePage) -> datetime | None:
    """When the draft is sent; None for immediately."""
    times = [time for time in (issue.go_live_at, issue.embargo_until) if time and time > timezone.now()]
    return max(times, default=None)


def label_of(number: int, planned: datetime | None) -> str:
    """Such as “Send to 1,204 subscribers at 17:00”."""
    values = {"number": number_format(number, force_grouping=True)}
    if planned is None:
        return ngettext("Send to %(number)s subscriber now", "Send to %(number)s subscribers now", number) % values
    local = localtime(planned)
    is_today = local.date() == localtime().date()
    values["when"] = date_format(local, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT")
    if is_today:
        text = ngettext(
            "Send to %(number)s subscriber at %(when)s", "Send to %(number)s subscribers at %(when)s", number
        )
    else:
        text = ngettext(
            "Send to %(number)s subscriber on %(when)s", "Send to %(number)s subscribers on %(when)s", number
        )
    return text % values


def confirmation_of_issue(draft: Page) -> NeededConfirmation | None:
    if not isinstance(draft, IssuePage) or not is_to_be_sent(draft):
        return None
    edition = edition_containing(draft)
    if edition is None:
        return None
    return NeededConfirmation(label_of(number_of_recipients(draft, edition), planned_time(draft)), "mail")


def require_confirmation(publication: Publication) -> None:
    """A rule of the publication gate: a person must confirm the number of recipients before an issue is sent."""
    issue, revision = publication.page, publication.revision
    if not isinstance(issue, IssuePage) or not is_to_be_sent(issue) or responsible_person(publication) is None:
        return
    if revision is None:
        raise PublicationRefusedError(_("An issue that is sent by mail cannot be published as a copy."))
    if not is_confirmed(revision.pk):
        raise ConfirmationNeededError(
            _("“%(title)s” is sent by mail: open it, and confirm the number of recipients.") % {"title": issue.title},
            reverse("newsletter_confirm", args=[issue.pk]),
        )


class ConfirmSending(NewsletterView):
    """The page for a person who has just approved or published an issue. Only its button sends the issue.

    `ticket` is the signed content of the page, valid only for this person, text, number and time.
    """

    template_name = "newsletter/newsroom/confirm.html"
    page_title = gettext_lazy("Send the issue")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.issue = get_object_or_404(IssuePage, pk=kwargs["key"])
        act = stored_act(request, self.issue)
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
            messages.warning(request, _("Something has changed in the meantime. Please check again."))
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
