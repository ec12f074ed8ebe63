"""The personal data of the newsletter: its subscribers, the imported lists, and its part of the privacy notice."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_lazy as _

from portal.content.personal_data import Sites, register_personal_data_source
from portal.content.readers.processing import LegalGround, Processing
from portal.content.serving.editions import Edition
from portal.newsletter.importing.tasks import forget_imported, imports_with
from portal.newsletter.issuing import newsletter_of
from portal.newsletter.models import ChosenSection, ConsentStep, Delivery, ListImport, Subscriber
from portal.newsletter.periodic import ADDRESS_RETENTION, DELIVERY_RETENTION
from portal.newsletter.subscribers.links import DAYS_TO_CONFIRM
from portal.newsletter.subscribers.subscription import data_of, hash_of_address


def _imports(address: str, sites: Sites) -> QuerySet[ListImport]:
    found = imports_with(address)
    return found if sites is None else found.filter(site__in=sites)


def _import_as_data(list_import: ListImport) -> dict[str, Any]:
    return {
        "site": str(list_import.site),
        "read": list_import.created_at.isoformat(),
        "state": list_import.state,
    }


# The lists come before the subscribers. Otherwise an import could add a person again who was just deleted.
register_personal_data_source(
    "imports", _("Imported lists"), _imports, _import_as_data, ListImport, erase=forget_imported
)


def _subscribers(address: str, sites: Sites) -> QuerySet[Subscriber]:
    # The search uses the hash, because it also finds people who have unsubscribed and whose address is deleted.
    found = Subscriber.objects.filter(address_hash=hash_of_address(address)).select_related("site")
    return found if sites is None else found.filter(site__in=sites)


def _erase_subscribers(subscribers: QuerySet[Subscriber], address: str) -> None:
    """Delete them. Their deliveries still count in the figures, but without the person and the server's reply."""
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


def processing_by_newsletter(edition: Edition) -> Iterator[Processing]:
    if newsletter_of(edition) is None:
        return
    yield Processing(
        gettext("To send you the newsletter and the alerts that you have chosen"),
        gettext("Your e-mail address, what you have chosen, and when you confirmed it; what you read is not recorded."),
        LegalGround.CONSENT,
        gettext(
            "Until you unsubscribe: the address is erased %(left)d days later. What was sent is stored for %(sent)d "
            "days, and an unconfirmed request for %(unconfirmed)d days."
        )
        % {"left": ADDRESS_RETENTION.days, "sent": DELIVERY_RETENTION.days, "unconfirmed": DAYS_TO_CONFIRM},
    )
