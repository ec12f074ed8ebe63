"""What readers are told of the places of a date."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from events.models import Occurrence
from events.places import Intake, Places
from events.registration.links import form_address

# More than so many are no reason to hurry.
FEW = 10


@dataclass(frozen=True)
class Seating:
    """`words` are empty where there is nothing to say, `address` where nobody can register now."""

    intake: Intake
    words: str
    address: str
    closes_at: datetime

    @property
    def is_open(self) -> bool:
        return self.intake in (Intake.OPEN, Intake.WAITING)


def seating_of(date: Occurrence, now: datetime) -> Seating | None:
    """The places of a date in words of the active language; None where one does not register here."""
    places = date.places
    if places is None or places.is_off or date.is_past(now):
        return None
    intake = places.intake(now)
    address = form_address(date) if intake in (Intake.OPEN, Intake.WAITING) else ""
    return Seating(intake, _words(intake, places), address, places.closes_at)


def _words(intake: Intake, places: Places) -> str:
    if intake is Intake.CLOSED:
        return gettext("Registration is closed.")
    if intake is Intake.FULL:
        return gettext("No places left.")
    if intake is Intake.WAITING:
        return gettext("No places left, but a waiting list.")
    if places.left is None:
        return ""
    return left_words(places.left)


def left_words(left: int) -> str:
    if left <= FEW:
        return ngettext("Only %(left)d place left", "Only %(left)d places left", left) % {"left": left}
    return ngettext("%(left)d place left", "%(left)d places left", left) % {"left": left}
