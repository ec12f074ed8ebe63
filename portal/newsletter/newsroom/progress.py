"""How far a sending is, in figures that name nobody."""

from dataclasses import dataclass

from portal.newsletter.models import Delivery, Sending


@dataclass(frozen=True)
class SendingProgress:
    """`left` are the recipients who have unsubscribed since; `without` got nothing, as they chose other sections."""

    total: int
    waiting: int
    sent: int
    failed: int
    uncertain: int
    dropped: int
    left: int
    without: int
    is_moving: bool

    @property
    def done(self) -> int:
        return self.total - self.waiting

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


def progress_of(sending: Sending) -> SendingProgress:
    state = Delivery.State
    tally = sending.totals or sending.deliveries.tally()
    return SendingProgress(
        total=sum(tally.get(each.value, 0) for each in state),
        waiting=tally.get(state.WAITING, 0) + tally.get(state.CLAIMED, 0),
        sent=tally.get(state.SENT, 0),
        failed=tally.get(state.FAILED, 0),
        uncertain=tally.get(state.UNCERTAIN, 0),
        dropped=tally.get(state.DROPPED, 0),
        left=sending.totals["left"] if sending.totals else sending.deliveries.left_since(),
        without=sending.without,
        is_moving=sending.state in (Sending.State.PREPARING, Sending.State.UNDER_WAY),
    )
