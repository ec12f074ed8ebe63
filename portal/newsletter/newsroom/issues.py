"""The admin views to create and fill an issue, test its mail, and follow and control its sending."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _, gettext_lazy, ngettext, override
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.widgets import HeaderButton

from portal.content.mail import Message, enqueue
from portal.content.publication import lock_pages
from portal.content.serving.editions import Edition
from portal.editorial.dashboard.write import new_page_buttons
from portal.editorial.reader_data import may_read_reader_data
from portal.newsletter.compose import bulletin_for
from portal.newsletter.content import content_of_period, stories_of
from portal.newsletter.issuing import edition_containing
from portal.newsletter.mail import Mail, branding_of, mail_of
from portal.newsletter.models import Delivery, IssuePage, NewsletterPage, Rhythm, Sending, Subscriber
from portal.newsletter.newsroom.forms import NewIssueForm, PeriodForm, period_after
from portal.newsletter.permissions import may_manage, may_see, newsletters_of
from portal.newsletter.sending import actions
from portal.platform.newsroom_views import NewsroomView, crumb
from portal.platform.slugs import free_slug, slug_of

RECENT_SENDINGS = 20
SENDING_ACTIONS: dict[str, tuple[Callable[[Sending], object], Any]] = {
    "pause": (actions.pause, gettext_lazy("The sending is paused.")),
    "continue": (actions.resume, gettext_lazy("The sending continues.")),
    "stop": (actions.stop, gettext_lazy("The sending is stopped: nobody else gets it.")),
    "again": (
        actions.resend_uncertain,
        gettext_lazy("The uncertain copies are sent again; some people may get a second one."),
    ),
}


@dataclass(frozen=True)
class SendingProgress:
    """`unsubscribed` are recipients who have unsubscribed since; `skipped` are subscribers of other sections."""

    waiting: int
    sent: int
    failed: int
    uncertain: int
    dropped: int
    unsubscribed: int
    skipped: int
    is_moving: bool

    @property
    def total(self) -> int:
        return self.waiting + self.sent + self.failed + self.uncertain + self.dropped

    @property
    def percent(self) -> int:
        return 100 * (self.total - self.waiting) // self.total if self.total else 100


def progress_of(sending: Sending) -> SendingProgress:
    state = Delivery.State
    counts = sending.totals or sending.deliveries.counts_by_state()
    return SendingProgress(
        waiting=counts.get(state.WAITING, 0) + counts.get(state.CLAIMED, 0),
        sent=counts.get(state.SENT, 0),
        failed=counts.get(state.FAILED, 0),
        uncertain=counts.get(state.UNCERTAIN, 0),
        dropped=counts.get(state.DROPPED, 0),
        unsubscribed=sending.totals["unsubscribed"] if sending.totals else sending.deliveries.unsubscribed_since(),
        skipped=sending.skipped,
        is_moving=sending.state in (Sending.State.PREPARING, Sending.State.UNDER_WAY),
    )


def in_words(sending: Sending, progress: SendingProgress) -> str:
    """Such as “It is being sent to 1,204 subscribers: 310 mails have gone out so far.”"""
    total = progress.total
    match sending.state:
        case Sending.State.PREPARING:
            return _("The mails are being prepared.")
        case Sending.State.UNDER_WAY:
            text = ngettext(
                "It is being sent to %(total)s subscriber: %(sent)s so far.",
                "It is being sent to %(total)s subscribers: %(sent)s so far.",
                total,
            )
        case Sending.State.PAUSED:
            text = ngettext(
                "It is paused: %(sent)s of %(total)s mail is sent.",
                "It is paused: %(sent)s of %(total)s mails are sent.",
                total,
            )
        case Sending.State.STOPPED:
            text = ngettext(
                "It was stopped for good: %(sent)s of %(total)s mail is sent.",
                "It was stopped for good: %(sent)s of %(total)s mails are sent.",
                total,
            )
        case _done:
            text = ngettext("It is sent to %(sent)s subscriber.", "It is sent to %(sent)s subscribers.", progress.sent)
    return text % {name: number_format(getattr(progress, name), force_grouping=True) for name in ("total", "sent")}


class NewsletterView(NewsroomView, TemplateView):
    header_icon = "mail"
    page_title: Any = gettext_lazy("Newsletter")

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(_("Newsletter"), reverse("newsletter_overview")), *super().breadcrumbs()]


class NewsletterOverview(NewsletterView):
    template_name = "newsletter/newsroom/overview.html"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return new_page_buttons(self.request.user, NewsletterPage, _("New newsletter"))

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return super().breadcrumbs()[:1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = self.request.user
        newsletters = newsletters_of(user)
        is_administrator = may_read_reader_data(user)
        if not newsletters and not is_administrator:
            raise PermissionDenied
        sendings = Sending.objects.filter(newsletter__in=newsletters).select_related("newsletter", "site")
        return context | {
            "newsletters": [_summary_of(newsletter) for newsletter in newsletters],
            "sendings": [(sending, progress_of(sending)) for sending in sendings.newest_first()[:RECENT_SENDINGS]],
            "may_manage": is_administrator,
        }


def _summary_of(newsletter: NewsletterPage) -> dict[str, Any]:
    edition = edition_containing(newsletter)
    subscribers = Subscriber.objects.none()
    if edition:
        subscribers = Subscriber.objects.of(edition.site).active().filter(language=edition.language)
    return {"page": newsletter, "edition": edition, "count": subscribers.count()}


class PeriodView(NewsletterView):
    """The base of the views that fill an issue with the stories of a period from `form_class`."""

    form_class: type[PeriodForm] = PeriodForm
    newsletter: NewsletterPage

    def initial(self, edition: Edition | None) -> dict[str, Any]:
        today = timezone.now().astimezone(edition.zone if edition else None).date()
        first, last = period_after(self.newsletter, today)
        return {"first": first, "last": last}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form") or self.form_class(initial=self.initial(edition_containing(self.newsletter)))
        return super().get_context_data(**kwargs) | {"newsletter": self.newsletter, "form": form}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        edition = edition_containing(self.newsletter)
        if not form.is_valid() or edition is None:
            return self.render_to_response(self.get_context_data(form=form))
        issue = self.fill(form.cleaned_data, edition)
        issue.save_revision(user=request.user, log_action=True)
        return redirect("wagtailadmin_pages:edit", issue.pk)

    def fill(self, period: dict[str, Any], edition: Edition) -> IssuePage:
        raise NotImplementedError


class NewIssue(PeriodView):
    template_name = "newsletter/newsroom/new_issue.html"
    page_title = gettext_lazy("New issue")
    form_class = NewIssueForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.newsletter = get_object_or_404(NewsletterPage, pk=kwargs["key"])
        if not self.newsletter.permissions_for_user(request.user).can_add_subpage():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def initial(self, edition: Edition | None) -> dict[str, Any]:
        return super().initial(edition) | {"title": self.newsletter.title}

    def fill(self, period: dict[str, Any], edition: Edition) -> IssuePage:
        issue = IssuePage(title=period["title"], locale=self.newsletter.locale, live=False, owner=self.request.user)
        _fill(issue, self.newsletter, edition, period)
        # Simultaneous requests, such as a double click, get consecutive slugs.
        with transaction.atomic():
            lock_pages([self.newsletter.pk])
            self.newsletter.refresh_from_db()
            title = slug_of(issue.title, issue.locale.language_code, longest=60) or "issue"
            wanted = f"{title}-{period['last']:%Y-%m-%d}"
            issue.slug = free_slug(self.newsletter, wanted)
            self.newsletter.add_child(instance=issue)
        messages.success(self.request, _("The issue is filled: rearrange it, write an introduction, preview the mail."))
        return issue


def _fill(issue: IssuePage, newsletter: NewsletterPage, edition: Edition, period: dict[str, Any]) -> None:
    """Fill the issue with the period's stories, except those of an earlier issue that ended on its first day."""
    earlier = IssuePage.objects.child_of(newsletter).filter(period_end=period["first"]).exclude(pk=issue.pk)
    known = {key for other in earlier for key in stories_of(other.get_latest_revision_as_object().content)}
    with override(edition.language):
        issue.content = content_of_period(edition, period["first"], period["last"], timezone.now(), known)
    issue.period_start, issue.period_end = period["first"], period["last"]


def _editable_draft(request: HttpRequest, key: int) -> IssuePage:
    issue = get_object_or_404(IssuePage, pk=key)
    if not issue.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return issue.get_latest_revision_as_object()


class FillIssue(PeriodView):
    template_name = "newsletter/newsroom/fill_issue.html"
    page_title = gettext_lazy("Fill the issue")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self._read_draft(kwargs["key"])
        self.newsletter = self.issue.newsletter
        return super().dispatch(request, *args, **kwargs)

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The draft is read again under the lock, so that nothing saved meanwhile is lost.
        lock_pages([kwargs["key"]])
        self._read_draft(kwargs["key"])
        return super().post(request, *args, **kwargs)

    def _read_draft(self, key: int) -> None:
        self.issue = _editable_draft(self.request, key)
        if self.issue.permissions_for_user(self.request.user).page_locked():
            raise PermissionDenied

    def initial(self, edition: Edition | None) -> dict[str, Any]:
        first, last = self.issue.period_start, self.issue.period_end
        return {"first": first, "last": last} if first and last else super().initial(edition)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"issue": self.issue}

    def fill(self, period: dict[str, Any], edition: Edition) -> IssuePage:
        _fill(self.issue, self.newsletter, edition, period)
        messages.success(self.request, _("The issue is filled. Its former content is in its history."))
        return self.issue


class IssueMail(NewsletterView):
    """The size of an issue's mail, its number of recipients, and a button to send a test."""

    template_name = "newsletter/newsroom/issue_mail.html"
    page_title = gettext_lazy("The issue as a mail")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        issue = _editable_draft(self.request, kwargs["key"])
        edition = edition_containing(issue)
        context = super().get_context_data(**kwargs) | {
            "issue": issue,
            "sending": Sending.objects.filter(issue=issue.pk).first(),
            "address": getattr(self.request.user, "email", ""),
        }
        if edition:
            recipients = Subscriber.objects.recipients(edition.site, edition.language, Rhythm.ISSUES)
            context |= {"size": len(_mail_of(issue, edition).html.encode()), "recipients": recipients.count()}
        return context


def _mail_of(issue: IssuePage, edition: Edition) -> Mail:
    with override(edition.language), timezone.override(edition.zone):
        return mail_of(bulletin_for(issue, edition), branding_of(edition, edition.url_of(issue.newsletter)))


@require_POST
def send_test(request: HttpRequest, key: int) -> HttpResponse:
    """Send the draft as a mail to the user, with links to the archive instead of a subscriber's."""
    issue = _editable_draft(request, key)
    edition, address = edition_containing(issue), getattr(request.user, "email", "")
    if not address or edition is None:
        messages.error(request, _("Your account has no e-mail address."))
        return redirect("newsletter_issue_mail", key)
    archive = edition.full(edition.url_of(issue.newsletter))
    mail = _mail_of(issue, edition).with_links(archive, archive)
    subject = _("[Test] %(subject)s") % {"subject": mail.subject}
    enqueue([Message(to=address, subject=subject, text=mail.text, html=mail.html, site=edition.site.pk)])
    messages.success(request, _("A test is on its way to %(address)s.") % {"address": address})
    return redirect("newsletter_issue_mail", key)


class SendingReport(NewsletterView):
    """The progress of a sending and the outcomes of its deliveries, without addresses."""

    template_name = "newsletter/newsroom/sending.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.sending = get_object_or_404(Sending.objects.select_related("site", "newsletter"), pk=kwargs["key"])
        if not may_see(request.user, self.sending):
            raise PermissionDenied
        self.page_title = self.sending.subject
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        progress = progress_of(self.sending)
        replies = self.sending.deliveries.exclude(reply="").order_by("reply").values_list("reply", flat=True)
        return super().get_context_data(**kwargs) | {
            "sending": self.sending,
            "progress": progress,
            "in_words": in_words(self.sending, progress),
            "replies": list(replies.distinct()[:10]),
            "may_manage": may_manage(self.request.user, self.sending.site),
        }

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        if context["progress"].is_moving:
            response["Refresh"] = "5"
        return response


@require_POST
def control_sending(request: HttpRequest, key: int, action: str) -> HttpResponse:
    sending = get_object_or_404(Sending.objects.select_related("site"), pk=key)
    if action not in SENDING_ACTIONS:
        raise Http404
    if not may_manage(request.user, sending.site):
        raise PermissionDenied
    perform, message = SENDING_ACTIONS[action]
    if perform(sending):
        messages.success(request, message)
    else:
        messages.warning(request, _("Nothing has changed: the sending is in another state by now."))
    return redirect("newsletter_sending", key)
