"""Registers words of the audit log as personal data of the network or a site, if they name a person.

Only words are erased: the chain still says what was done, when, and to which key.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.audit.log import record
from portal.audit.models import AuditEntry, AuditWords, UnchainedAct
from portal.audit.triggers import ERASED
from portal.content.personal_data import Sites, register_personal_data_source
from portal.platform.addresses import is_address

ADDRESS = re.compile(r"[^\s@<>\"'(),;:\[\]\\{}]+@[^\s@<>\"'(),;:\[\]\\{}]+")


def _records_of(address: str, sites: Sites) -> QuerySet[AuditWords]:
    """Words with the address, and all words of deleted accounts with the address. Existing accounts are left out."""
    naming = [
        (event, kind)
        for event, kind, text in AuditWords.objects.filter(text__contains="@").values_list("event", "kind", "text")
        if any(is_address(word, address) for word in ADDRESS.findall(text))
    ]
    events = {event for event, _kind in naming}
    user = get_user_model()
    of_accounts = {
        key for key in _of_acts("object_key", event__in=events, model=user._meta.label) if str(key).isdecimal()
    }
    there = {str(key) for key in user._default_manager.filter(pk__in=of_accounts).values_list("pk", flat=True)}
    former = of_accounts - there
    theirs = set(_of_acts("event", actor_key__in=former))
    of_them = set(_of_acts("event", model=user._meta.label, object_key__in=former))
    of_others = set(_of_acts("event", model=user._meta.label, object_key__in=there))
    found = Q(event__in=theirs, kind="who") | Q(event__in=of_them, kind="what")
    for kind in ("who", "what"):
        found |= Q(event__in={event for event, its in naming if its == kind} - of_others, kind=kind)
    words = AuditWords.objects.filter(found)
    if sites is None:
        return words
    return words.filter(event__in=set(_of_acts("event", site_key__in=[site.pk for site in sites])))


def _of_acts(column: str, **lookups: Any) -> Iterator[Any]:
    for model in (AuditEntry, UnchainedAct):
        yield from model._default_manager.filter(**lookups).order_by().values_list(column, flat=True)


def _as_data(words: AuditWords) -> dict[str, Any]:
    return {"entry": words.event, "words": words.text}


def _erase(words: QuerySet[AuditWords], address: str) -> None:
    """Write the entry that names the words first: the database only deletes words that an entry names."""
    if places := [f"{event}:{kind}" for event, kind in words.values_list("event", "kind")]:
        record(ERASED, data={"erased": places})
        words.delete()


register_personal_data_source("audit", _("Audit log"), _records_of, _as_data, AuditWords, erase=_erase)
