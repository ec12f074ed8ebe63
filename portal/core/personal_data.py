"""What the portal holds of one person, by their e-mail address: to hand it out, and to erase it.

Each app that keeps such data says so in its module `personal_data`, by `holds(…)`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.tasks import TaskResultStatus
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult
from wagtail.models import Site

from portal.core.mail import deliver
from portal.core.readers.addresses import same
from portal.core.tasks.durable import BACKEND

# The sites whose data is meant; None is the whole network.
Sites = Iterable[Site] | None


@dataclass(frozen=True)
class Holding:
    """One kind of record. `found` are those of a person, `serialize` gives what one of them says, as JSON has it."""

    name: Any
    found: Callable[[str, Sites], QuerySet[Any]]
    serialize: Callable[[Any], dict[str, Any]]


_holdings: dict[str, Holding] = {}


def register_holding(
    key: str, name: Any, found: Callable[[str, Sites], QuerySet[Any]], serialize: Callable[[Any], dict[str, Any]]
):
    """Register a kind of record; `found` gets an address as `portal.core.readers.addresses.same` has it."""
    _holdings[key] = Holding(name, found, serialize)


def holdings() -> list[Holding]:
    autodiscover_modules("personal_data")
    return list(_holdings.values())


def export(address: str, sites: Sites = None) -> dict[str, list[dict[str, Any]]]:
    """Everything that is held of an address, by kind; ValueError for what is no address."""
    known = same(address)
    return {str(each.name): [each.serialize(record) for record in each.found(known, sites)] for each in holdings()}


@transaction.atomic
def erase(address: str, sites: Sites = None) -> dict[str, int]:
    """Delete it, and say how many records of each kind there were."""
    known = same(address)
    counts = {}
    for each in holdings():
        records = each.found(known, sites)
        counts[str(each.name)] = records.count()
        records.delete()
    return counts


def _letters(address: str, sites: Sites) -> QuerySet[Any]:
    # Also those to the staff about what the person wrote, which answer to them.
    theirs = Q(args_kwargs__args__0__to__iexact=address) | Q(args_kwargs__args__0__reply_to__iexact=address)
    letters = DBTaskResult.objects.filter(theirs, backend_name=BACKEND, task_path=deliver.module_path)
    if sites is None:
        return letters.exclude(status=TaskResultStatus.RUNNING)
    # A letter does not say for which site it was; what has been done serves nobody any more.
    return letters.filter(status=TaskResultStatus.SUCCESSFUL)


register_holding(
    "letters",
    _("Letters"),
    _letters,
    lambda call: {
        "subject": call.args_kwargs["args"][0]["subject"],
        "text": call.args_kwargs["args"][0]["text"],
        "written": call.enqueued_at.isoformat(),
    },
)
