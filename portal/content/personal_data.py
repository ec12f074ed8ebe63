"""Personal data by email address: exports and erases everything the portal stores about one person.

Each app with such data registers it in its module `personal_data`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.tasks import TaskResultStatus
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult
from wagtail.models import Site

from portal.content.mail import deliver
from portal.platform.addresses import address_key
from portal.platform.tasks.durable import BACKEND
from portal.platform.tasks.pause import PAUSED

# The sites to search; None for the whole network.
Sites = Iterable[Site] | None


def delete_all(records: QuerySet[Any], address: str) -> None:
    records.delete()


@dataclass(frozen=True)
class PersonalDataSource:
    """A kind of record: `records` finds a person's records in `models`, `serialize` returns a JSON value."""

    name: Any
    records: Callable[[str, Sites], QuerySet[Any]]
    serialize: Callable[[Any], dict[str, Any]]
    models: tuple[type[Model], ...]
    erase: Callable[[QuerySet[Any], str], None]


_sources: dict[str, PersonalDataSource] = {}


def register_personal_data_source(
    key: str,
    name: Any,
    records: Callable[[str, Sites], QuerySet[Any]],
    serialize: Callable[[Any], dict[str, Any]],
    *models: type[Model],
    erase: Callable[[QuerySet[Any], str], None] = delete_all,
):
    """Register a kind of record. `records` is called with an `address_key`."""
    _sources[key] = PersonalDataSource(name, records, serialize, models, erase)


def personal_data_sources() -> list[PersonalDataSource]:
    autodiscover_modules("personal_data")
    return list(_sources.values())


def export(address: str, sites: Sites = None) -> dict[str, list[dict[str, Any]]]:
    """Return everything stored about an address, by kind of record. Raises ValueError for an invalid address."""
    known = address_key(address)
    return {
        str(source.name): [source.serialize(record) for record in source.records(known, sites)]
        for source in personal_data_sources()
    }


@transaction.atomic
def erase(address: str, sites: Sites = None) -> dict[str, int]:
    """Delete everything stored about an address and return the number of deleted records by kind."""
    known = address_key(address)
    counts = {}
    for source in personal_data_sources():
        found = source.records(known, sites)
        counts[str(source.name)] = found.count()
        source.erase(found, known)
    return counts


def _mails_of(address: str, sites: Sites) -> QuerySet[Any]:
    # Includes emails to staff about a person's message, which have the person as Reply-To.
    names_them = Q(args_kwargs__args__0__to__iexact=address) | Q(args_kwargs__args__0__reply_to__iexact=address)
    mails = DBTaskResult.objects.filter(names_them, backend_name__in=(BACKEND, PAUSED), task_path=deliver.module_path)
    mails = mails.exclude(status=TaskResultStatus.RUNNING)
    if sites is None:
        return mails
    # Emails without a site belong to the network.
    return mails.filter(args_kwargs__args__0__site__in=[site.pk for site in sites])


def _serialize_mail(task: DBTaskResult) -> dict[str, Any]:
    """An email without its text, which may contain a secret link or the title of a draft."""
    site = Site.objects.filter(pk=task.args_kwargs["args"][0].get("site")).first()
    return {"site": str(site) if site else "", "written": task.enqueued_at.isoformat(), "state": task.status.lower()}


register_personal_data_source("mails", _("Letters"), _mails_of, _serialize_mail, DBTaskResult)
