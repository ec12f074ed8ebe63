"""Imports subscriber lists and undoes imports in the background, in parts."""

from collections.abc import Callable
from time import monotonic

from django.db import transaction
from django.db.models import QuerySet

from portal.newsletter.importing.running import run_import, take_back
from portal.newsletter.models import ListImport
from portal.platform.addresses import is_address
from portal.platform.tasks.durable import durable

State = ListImport.State
# The next task continues, so that mails can be sent in between.
PART_SECONDS = 60.0
WORK: dict[str, Callable[[ListImport, Callable[[], bool]], bool]] = {
    State.IMPORTING: run_import,
    State.UNDOING: take_back,
}


@durable
def work_on_list(key: int) -> None:
    """Run an import from its current state for `PART_SECONDS`; idempotent."""
    found = ListImport.objects.filter(pk=key, state__in=WORK)
    list_import = found.select_related("site", "newsletter__locale", "imported_by").first()
    until = monotonic() + PART_SECONDS
    if list_import and not WORK[list_import.state](list_import, lambda: monotonic() > until):
        work_on_list.enqueue(key)


@transaction.atomic
def begin_work(list_import: ListImport, before: str, state: str) -> bool:
    """Put an import into a working state and queue the task; False if it is no longer in the state `before`."""
    changed = ListImport.objects.filter(pk=list_import.pk, state=before).update(state=state)
    if changed:
        work_on_list.enqueue(list_import.pk)
    return bool(changed)


def imports_with(address: str) -> QuerySet[ListImport]:
    """The imports that still have a list containing an address."""
    # There are few lists: each is deleted once it is imported, or a week after its upload.
    waiting = ListImport.objects.with_addresses().iterator(chunk_size=5)
    return ListImport.objects.filter(pk__in=[each.pk for each in waiting if _lines_with(each, address)])


def _lines_with(list_import: ListImport, address: str) -> list[int]:
    lines = (list_import.table or {}).get("lines", [])
    return [number for number, cells in lines if any(is_address(cell, address) for cell in cells if "@" in cell)]


@transaction.atomic
def forget_imported(imports: QuerySet[ListImport], address: str) -> None:
    # The list is read again after waiting for a batch that is being imported. The last batch deletes the list.
    for each in imports.filter(table__isnull=False).order_by("pk").select_for_update(of=("self",)):
        lines, table = set(_lines_with(each, address)), each.table or {"lines": []}
        each.table = table | {"lines": [line for line in table["lines"] if line[0] not in lines]}
        # A running import, which has read the table already, looks here before each batch.
        each.plan["erased"] = [*each.plan.get("erased", []), *lines]
        each.save(update_fields=["table", "plan"])
