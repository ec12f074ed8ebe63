"""Records assigned to people, by their app, for the handover of whoever leaves."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from portal.editorial.assignments.records import AssignedRecord, Progress


@dataclass(frozen=True)
class AssignedWork:
    """`words` count the records, with a `number`. `log` is their log action.

    `may_take` takes a person and records of one site: whether the person may be in charge of all of them.
    """

    model: type[AssignedRecord]
    words: Any
    log: str
    may_take: Callable[[Any, Iterable[Any]], bool]

    def open_of(self, person: Any) -> QuerySet[Any]:
        """The person's records that are not done."""
        return self.model._default_manager.filter(assigned_to=person).exclude(status=Progress.DONE)


# By a name that the audit log stores.
assigned_work: dict[str, AssignedWork] = {}
