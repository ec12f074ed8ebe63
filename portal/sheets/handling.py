"""How the newsroom handles requests for sheets: status and person, logged; a newly assigned person gets a mail."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from wagtail.models import Site

from portal.accounts.names import name_of
from portal.content.mail import compose, enqueue
from portal.editorial.assignments.handling import RecordHandled, by_name, change_records, readers_of_data
from portal.editorial.mails.page_mails import admin_url
from portal.editorial.people import language_of
from portal.editorial.reader_data import reader_data_sites
from portal.sheets.records import SheetRequest

HANDLED = "sheets.request.handle"


def permitted_requests(user: Any) -> QuerySet[SheetRequest]:
    requests = SheetRequest.objects.filter(site__in=reader_data_sites(user))
    return requests.select_related("site", "page", "purpose", "marketing", "assigned_to")


def people_for(keys: Iterable[Any]) -> list[Any]:
    """Those who may be put in charge of all these requests."""
    sites = SheetRequest.objects.filter(pk__in=keys).order_by().values("site")
    return by_name(readers_of_data(Site.objects.filter(pk__in=sites)))


def may_take(person: Any, records: Iterable[SheetRequest]) -> bool:
    return {record.site_id for record in records} <= set(reader_data_sites(person).values_list("pk", flat=True))


@transaction.atomic
def handle(keys: Iterable[Any], user: Any, **changes: Any) -> int:
    """Change `status` or `assigned_to` of those of these requests that the user may see; return how many changed.

    Requests of sites whose readers' data the new person may not see stay as they are.
    """
    requests = SheetRequest.objects.filter(pk__in=keys, site__in=reader_data_sites(user))
    person = changes.get("assigned_to")
    if person:
        requests = requests.filter(site__in=reader_data_sites(person))
    changed, newly_assigned = change_records(requests, HANDLED, user, **changes)
    if newly_assigned and person != user:
        _mail(newly_assigned, person, user)
    return len(changed)


def _mail(records: list[SheetRequest], person: Any, user: Any) -> None:
    """Tell a person about all requests that were assigned to them at once. The mail has no answer or address."""
    if not (person.email and person.is_active):
        return
    site = records[0].site
    context = {
        "titles": list(dict.fromkeys(record.title for record in records)),
        "who": name_of(user),
        "number": len(records),
        "link": admin_url(f"{reverse('sheet_requests:index')}?assigned_to={person.pk}"),
        "link_label": gettext_lazy("Open the requests"),
    }
    language = language_of(person, site) or get_language()
    enqueue([compose("sheet_request_assigned", context, to=person.email, language=language, site=site)])


class RequestHandled(RecordHandled):
    label = gettext_lazy("Request for a sheet handled")
