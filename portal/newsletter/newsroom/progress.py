"""The progress of a sending in figures, without addresses."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _, ngettext

from portal.newsletter.models import Delivery, Sending


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
