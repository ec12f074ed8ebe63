"""Events and recaps that people without an account propose for a calendar, and their pictures."""

from datetime import date, datetime, time, timedelta
from secrets import token_hex
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from wagtail.models import Page, Site

from events.records.dates import Occurrence
from events.records.registrations import EventConsent
from portal.media.file_types import extension_of

# In the storage. No public URL leads to it.
FOLDER = "proposal-pictures"
LONGEST_FILE_NAME = 255
TO_CONFIRM = timedelta(days=2)
# Counted from the confirmation.
TO_DECIDE = timedelta(days=180)
# Counted from the decision. During this time, the link in the mail shows the decision.
AFTER_DECISION = timedelta(days=90)


class ProposedDate(NamedTuple):
    """A day with wall times in the site's time zone. Without a start, the event takes all day."""

    day: date
    start: time | None
    end: time | None

    @classmethod
    def of(cls, row: list[str]) -> Self:
        day, start, end = row
        times = (time.fromisoformat(each) if each else None for each in (start, end))
        return cls(date.fromisoformat(day), *times)

    @property
    def row(self) -> list[str]:
        """The JSON value."""
        return [self.day.isoformat(), *(each.isoformat("minutes") if each else "" for each in self[1:])]


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> Self:
        return self.filter(state=Proposal.State.OPEN)

    def of_person(self, address: str) -> Self:
        """`address` is an `address_key`."""
        return self.filter(same_address=address)

    def expired(self, now: datetime) -> Self:
        return self.filter(delete_at__lte=now)


class Proposal(models.Model):
    """An event, or a recap of the past date `date`, proposed for a calendar.

    The newsroom sees it once its sender has confirmed the address. `dates` are rows of `ProposedDate`.
    """

    class Kind(models.TextChoices):
        EVENT = "event", _("event")
        RECAP = "recap", _("recap")

    class State(models.TextChoices):
        HELD = "held", pgettext_lazy("a proposal", "not confirmed yet")
        OPEN = "open", pgettext_lazy("a proposal", "waits for the newsroom")
        TAKEN_UP = "taken", pgettext_lazy("a proposal", "taken up")
        DECLINED = "declined", pgettext_lazy("a proposal", "declined")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    calendar = models.ForeignKey("events.CalendarPage", on_delete=models.CASCADE, related_name="proposals")
    language = models.CharField(max_length=12)
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    date = models.ForeignKey(Occurrence, on_delete=models.SET_NULL, null=True, related_name="+")

    name = models.CharField(_("name"), max_length=120)
    address = models.EmailField(_("e-mail address"))
    same_address = models.CharField(max_length=254, db_index=True)
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    title = models.CharField(pgettext_lazy("of a proposal", "title"), max_length=160)
    dates = models.JSONField(default=list)
    place = models.CharField(_("place"), max_length=200, blank=True)
    standfirst = models.TextField(_("in short"), max_length=400)
    text = models.TextField(_("text"), max_length=5000, blank=True)
    website = models.URLField(_("website"), blank=True)
    consent = models.ForeignKey(EventConsent, on_delete=models.RESTRICT, related_name="+")

    proposed_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # The reason for declining it, which its sender gets.
    reason = models.TextField(max_length=1000, blank=True)
    # The draft, and later the public page.
    page = models.ForeignKey(Page, on_delete=models.SET_NULL, null=True, related_name="+")
    # When its sender got the mail about the publication.
    published_at = models.DateTimeField(null=True)
    delete_at = models.DateTimeField(db_index=True)

    objects = ProposalQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        indexes = [models.Index(fields=["calendar", "state"], name="events_proposal_by_state")]

    def __str__(self):
        # Wagtail's log stores this, so it has nothing that the sender wrote.
        return gettext("Proposal %(number)s") % {"number": self.pk}

    @property
    def is_held(self) -> bool:
        return self.state == self.State.HELD

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_recap(self) -> bool:
        return self.kind == self.Kind.RECAP

    @property
    def from_whom(self) -> str:
        return ", ".join(filter(None, [self.name, self.organisation]))

    @property
    def proposed_dates(self) -> list[ProposedDate]:
        return [ProposedDate.of(row) for row in self.dates]


def place_of_picture(picture: Any, name: str) -> str:
    return f"{FOLDER}/{token_hex(16)}.{extension_of(name)[:10] or 'bin'}"


class ProposalPictureQuerySet(models.QuerySet["ProposalPicture"]):
    def bytes_of(self, site: int) -> int:
        return self.filter(proposal__site=site).aggregate(total=models.Sum("size"))["total"] or 0


class ProposalPicture(models.Model):
    """A picture of a proposal, scanned but not redrawn. It becomes an image when the proposal is taken up."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="pictures")
    name = models.CharField(max_length=LONGEST_FILE_NAME)
    size = models.PositiveIntegerField()
    file = models.FileField(upload_to=place_of_picture, max_length=120)
    description = models.CharField(_("what the picture shows"), max_length=255)
    credit = models.CharField(_("credit"), max_length=160)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ProposalPictureQuerySet.as_manager()

    def __str__(self):
        return str(self.pk)


def delete_picture_file(sender: type[ProposalPicture], instance: ProposalPicture, **kwargs: Any) -> None:
    """`post_delete` receiver: also for pictures deleted with their proposal, page or site."""
    storage, name = instance.file.storage, str(instance.file.name)
    transaction.on_commit(lambda: storage.delete(name), robust=True)


def has_proposals(page: int) -> bool:
    return Proposal.objects.filter(Q(calendar=page) | Q(page=page)).exists()
