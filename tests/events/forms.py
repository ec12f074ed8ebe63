"""The form data that a browser submits with the edit form of an event."""

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
    *("capacity", "registration_until", "consent"),
)


def event_form(**facts: Any) -> dict[str, Any]:
    """Return the data for a morning in Paris; relations are passed as lists of dictionaries."""
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
            **dict.fromkeys(TEXTS, ""),
            **{name: streamfield([]) for name in STREAMS},
            **relations,
            **facts,
        }
    )
    return filled_in | days


def complete_event_form(language: Locale, **facts: Any) -> dict[str, Any]:
    """The form of a new event that lacks nothing."""
    essentials = {"standfirst": STANDFIRST, "place": PLACE, "page_topics": [{"topic": topic(language).pk}]}
    return event_form(**essentials | facts)
