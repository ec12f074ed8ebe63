"""Registers the addresses of deleted accounts in the history as personal data of the network."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.content.personal_data import Sites, register_personal_data_source
from portal.editorial.records.accounts import AccountChange
from portal.platform.addresses import is_address


def _records_of(address: str, sites: Sites) -> QuerySet[AccountChange]:
    """Entries about deleted accounts with the address, in any spelling. Accounts belong to the network."""
    if sites is not None:
        return AccountChange.objects.none()
    accounts = get_user_model()._default_manager.filter(pk=OuterRef("account"))
    written = AccountChange.objects.filter(~Exists(accounts), details__contains="@").values_list("pk", "details")
    keys = [key for key, details in written if any(is_address(word.strip("<>"), address) for word in details.split())]
    return AccountChange.objects.filter(pk__in=keys)


def _as_data(change: AccountChange) -> dict[str, Any]:
    return {"at": change.at.isoformat(), "done": change.get_kind_display(), "details": change.details}


def _erase(changes: QuerySet[AccountChange], address: str) -> None:
    """Erase the text. The primary keys still record who did what and when."""
    changes.update(details="")


register_personal_data_source(
    "former accounts", _("Deleted accounts"), _records_of, _as_data, AccountChange, erase=_erase
)
