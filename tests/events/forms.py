"""The form data that a browser submits for events, venues and subscribed calendars."""

from typing import Any

from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from tests.essentials import PLACE, STANDFIRST, topic

STREAMS = ("body", "programme", "speakers", "partners", "documents", "questions")
RELATIONS = ("page_topics", "comments", "added_dates", "changed_dates", "breaks")
TEXTS = (
    *("standfirst", "place", "address", "online_url", "lead_image", "lead_image_alt", "lead_image_caption", "venue"),
    *("status_note", "organiser", "organiser_url", "price", "registration_url"),
    *("contact_name", "contact_email", "contact_phone", "recurrence", "zone_change"),
    *("capacity", "registration_until", "consent", "reminder_note"),
)


def event_form(**facts: Any) -> dict[str, Any]:
    """The data for a morning in Paris; relations are passed as lists of dictionaries."""
    days = {"recurrence-days": facts.pop("recurrence-days", [])}
    relations = {name: inline_formset(facts.pop(name, [])) for name in RELATIONS}
    filled_in = nested_form_data(
        {
            "title": "Rencontre du bois",
            "slug": "rencontre-du-bois",
            "start": "2027-03-02 09:00",
            "end": "2027-03-02 12:00",
            "time_zone": "Europe/Paris",
            "status": "scheduled",
            "doubled_hour": "first",
            "most_seats": "1",
            "confirmation": "mail",
            "registration_lead": "0",
            "reminder_hours": "24",
            "sends_thanks": "on",
            **dict.fromkeys(TEXTS, ""),
            **{name: streamfield([]) for name in STREAMS},
            **relations,
            **facts,
        }
    )
    return filled_in | days


def complete_event_form(language: Locale, **facts: Any) -> dict[str, Any]:
    """The form for a complete new event."""
    essentials = {"standfirst": STANDFIRST, "place": PLACE, "page_topics": [{"topic": topic(language).pk}]}
    return event_form(**essentials | facts)


def changed_date(day: str = "2027-03-09", **facts: Any) -> dict[str, Any]:
    """The row for a changed date."""
    names = ("hour", "reason", "new_day", "new_start", "new_end", "title", "venue", "place", "online_url")
    return {**dict.fromkeys(names, ""), "day": day, "kind": "cancelled", **facts}


def venue_form(name: str, collection: int) -> dict[str, Any]:
    texts = ("address", "latitude", "longitude", "accessibility", "website", "map_image", "map_alt")
    return {**dict.fromkeys(texts, ""), "name": name, "collection": collection}


def subscription_form(calendar: Any, **facts: Any) -> dict[str, Any]:
    return {
        "name": "Office du bois", "url": "https://partner.example/a.ics", "calendar": calendar.pk,
        "time_zone": "Europe/Paris", "when_gone": "keep", "is_active": "on", **facts,
    }  # fmt: skip
