"""The requests for sheets, for the export and erasure of one person's data."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.content.personal_data import Sites, register_personal_data_source
from portal.sheets.models import SheetRequest


def _records_of(address: str, sites: Sites) -> QuerySet[SheetRequest]:
    requests = SheetRequest.objects.of_person(address).select_related("site", "purpose", "marketing")
    return requests if sites is None else requests.filter(site__in=sites)


def _as_data(request: SheetRequest) -> dict[str, Any]:
    return {
        "site": str(request.site),
        "sheet": request.title,
        "address": request.address,
        "asked": request.asked_at.isoformat(),
        "answers": dict(request.answers),
        "agreed to": request.purpose.text,
        "further consent": request.marketing.text if request.marketing and request.marketing_agreed_at else None,
        "further consent given": request.marketing_agreed_at and request.marketing_agreed_at.isoformat(),
        "first opened": request.opened_at and request.opened_at.isoformat(),
        "status": request.get_status_display(),
        "deleted on": request.delete_at.isoformat(),
    }


register_personal_data_source("sheets", _("Requests for sheets"), _records_of, _as_data, SheetRequest)
