"""The subscribers of newsletters, and the lists that are being imported, with the personal data of the site."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult
from wagtail.models import Page, Site

from portal.core.personal_data import Sites, register_personal_data_source
from portal.newsletter.importing.tasks import forget_imported, imports_with
from portal.newsletter.models import ChosenSection, ConsentStep, Delivery, Subscriber
from portal.newsletter.subscribers.subscription import data_of, hash_of_address


def _subscribers(address: str, sites: Sites) -> QuerySet[Subscriber]:
    # By the hash: it also finds who has left, and whose address is forgotten.
    found = Subscriber.objects.filter(address_hash=hash_of_address(address)).select_related("site")
    return found if sites is None else found.filter(site__in=sites)


def _erase_subscribers(subscribers: QuerySet[Subscriber], address: str) -> None:
    """Delete them; their deliveries stay in the figures, without a person and without the server's words about one."""
    Delivery.objects.filter(subscriber__in=subscribers).update(reply="")
    subscribers.delete()


register_personal_data_source(
    "subscribers",
    _("Newsletters"),
    _subscribers,
    lambda subscriber: dict(data_of(subscriber)),
    Subscriber,
    ConsentStep,
    ChosenSection,
    Delivery,
    erase=_erase_subscribers,
)


def _imports(address: str, sites: Sites) -> QuerySet[DBTaskResult]:
    batches = imports_with(address)
    if sites is None:
        return batches
    keys = {site.pk for site in sites}
    return batches.filter(pk__in=[batch.pk for batch in batches if (site := _site_of(batch)) and site.pk in keys])


def _site_of(batch: DBTaskResult) -> Site | None:
    page = Page.objects.filter(pk=batch.args_kwargs["args"][0]).first()
    return page.get_site() if page else None


def _import_as_data(batch: DBTaskResult) -> dict[str, Any]:
    return {"site": str(_site_of(batch) or ""), "read": batch.enqueued_at.isoformat(), "state": batch.status.lower()}


register_personal_data_source(
    "imports", _("Imported lists"), _imports, _import_as_data, DBTaskResult, erase=forget_imported
)
