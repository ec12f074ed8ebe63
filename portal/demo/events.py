"""Builds the demo's events: dates, venues, programmes, organisers and registrations."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.text import slugify
from wagtail.models import Collection

from events.dating import days_named
from events.models import ChangedDate, EventPage, Occurrence, Venue
from events.registration.booking import BookingRequest, register_without_mail
from portal.demo.reading import DemoText

FIRST_NAMES = ("Amélie", "Bernard", "Colette", "Dieter", "Estelle", "Farid", "Greta", "Hugo", "Inès", "Jean", "Karin")
LAST_NAMES = ("Vautrin", "Kieffer", "Marchal", "Antoine", "Remy", "Schmitt", "Colin", "Weber", "Lecomte")
# The fields with the same names in the files and in the model.
PLAIN_FIELDS = (
    *("is_all_day", "recurrence", "status", "status_note", "place", "address", "online_url"),
    *("organiser", "price", "registration_url", "contact_name", "contact_email"),
)


class EventBuilder:
    """Builds the events of one site; each venue is created once."""

    def __init__(self, zone: ZoneInfo, now: datetime, collection: Collection):
        self.zone = zone
        self.now = now
        self.collection = collection
        self.venues: dict[str, Venue] = {}

    def event(self, text: DemoText) -> EventPage:
        page = EventPage(
            title=text["title"],
            slug=text.slug,
            standfirst=text["standfirst"],
            lead_image_alt=text.get("alt", ""),
            start=self.time_of(text["start"]),
            end=self.time_of(text["end"]) if text.get("end") else None,
            time_zone=self.zone.key,
            venue=self.venue(text["venue"]) if text.get("venue") else None,
            programme=[self._session(text, facts) for facts in text.get("programme", [])],
            speakers=_stream("speaker", text.get("speakers", []), role="", picture=None),
            partners=_stream("partner", [{"name": name} for name in text.get("partners", [])], logo=None, url=""),
            price_amount=Decimal(text["amount"]) if text.get("amount") else None,
            **{name: text[name] for name in PLAIN_FIELDS if name in text.facts},
            **_registration_fields(text.get("booking")),
            live=False,
        )
        page.changed_dates = [self._changed(text, facts) for facts in text.get("changed", [])]
        return page

    def register_guests(self, page: EventPage, text: DemoText) -> None:
        """Register `booking.come` guests for the next date. The last ones may be on the waiting list."""
        date = Occurrence.objects.filter(event=page, end__gt=self.now).select_related("event", "seats").first()
        facts = text.get("booking", {})
        if date is None or not facts:
            return
        labels = [question["label"] for question in facts.get("questions", [])]
        for number in range(facts.get("come", 0)):
            first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number * 7 % len(LAST_NAMES)]
            wish = BookingRequest(
                name=f"{first} {last}",
                address=f"{slugify(f'{first}-{last}')}-{number}@lectrices.example",
                language=text.language,
                answers=[[label, ""] for label in labels],
                consent="J’accepte." if text.language == "fr" else "Ich willige ein.",
            )
            register_without_mail(date, wish, self.now - timedelta(hours=3 * (60 - number)))

    def venue(self, facts: dict[str, Any]) -> Venue:
        name = facts["name"]
        if name not in self.venues:
            self.venues[name] = Venue.objects.create(collection=self.collection, **facts)
        return self.venues[name]

    def time_of(self, facts: dict[str, Any]) -> datetime:
        return datetime.combine(self._day(facts), time.fromisoformat(facts.get("time", "00:00")), self.zone)

    def _day(self, facts: dict[str, Any]) -> date:
        """The day that is `days` after today, or `weekend` after the Saturday of this weekend."""
        if "weekend" in facts:
            saturday, _sunday = days_named("weekend", self.now.astimezone(self.zone).date()) or (date.max, date.max)
            return saturday + timedelta(days=facts["weekend"])
        return (self.now + timedelta(days=facts["days"])).astimezone(self.zone).date()

    def _changed(self, text: DemoText, facts: dict[str, Any]) -> ChangedDate:
        """A change to one date of a series; `after` and `new_after` are days since the first date."""
        first = self._day(text["start"])
        new_day = first + timedelta(days=facts["new_after"]) if "new_after" in facts else None
        texts = {name: facts[name] for name in ("kind", "reason", "title", "place") if name in facts}
        return ChangedDate(day=first + timedelta(days=facts["after"]), new_day=new_day, **texts)

    def _session(self, text: DemoText, facts: dict[str, Any]) -> dict[str, Any]:
        day = self._day(text["start"]) + timedelta(days=facts["day"]) if "day" in facts else None
        value = {
            "day": day.isoformat() if day else None,
            "start": facts.get("start"),
            "end": facts.get("end"),
            "title": facts["title"],
            "speakers": facts.get("with", ""),
            "text": facts.get("text", ""),
        }
        return {"type": "session", "value": value}


def _stream(kind: str, values: list[dict[str, Any]], **defaults: Any) -> list[dict[str, Any]]:
    return [{"type": kind, "value": {**defaults, **value}} for value in values]


def _registration_fields(facts: dict[str, Any] | None) -> dict[str, Any]:
    if not facts:
        return {}
    fields = {name: value for name, value in facts.items() if name not in ("come", "questions")}
    questions = _stream("question", facts.get("questions", []), is_required=False, choices="")
    return {"takes_registrations": True, "offers_recap_news": True, "questions": questions, **fields}
