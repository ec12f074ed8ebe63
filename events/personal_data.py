"""Adds registrations to the personal data of a site."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from events.records import Registration
from portal.content.personal_data import Sites, register_personal_data_source


def _records_of(address: str, sites: Sites) -> QuerySet[Registration]:
    found = Registration.objects.of_person(address).select_related("site", "consent", "recap_consent")
    return found if sites is None else found.filter(site__in=sites)


def _as_data(registration: Registration) -> dict[str, Any]:
    agreed, cancelled = registration.recap_agreed_at, registration.cancelled_at
    came = registration.checked_in_at
    return {
        "site": str(registration.site),
        "event": registration.notified.get("title", ""),
        "date": registration.notified.get("start", ""),
        "state": registration.state,
        "name": registration.name,
        "address": registration.address,
        "places": registration.seats,
        "answers": dict(registration.answers),
        "registered": registration.registered_at.isoformat(),
        "here since": came and came.isoformat(),
        "cancelled": cancelled and cancelled.isoformat(),
        "agreed to": registration.consent.text if registration.consent else None,
        "news of the recap": registration.recap_consent.text if registration.recap_consent and agreed else None,
        "news of the recap wanted since": agreed and agreed.isoformat(),
        "deleted on": registration.delete_at.isoformat(),
    }


register_personal_data_source("registrations", _("Registrations"), _records_of, _as_data, Registration)
