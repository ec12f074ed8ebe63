"""Changes the status and the person of records, and logs them; the texts of the log."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, pgettext
from wagtail.log_actions import LogFormatter, log
from wagtail.models import GroupSitePermission, Site

from portal.accounts.names import name_of
from portal.editorial.assignments.records import Progress
from portal.editorial.reader_data import READER_DATA_PERMISSION


def readers_of_data(sites: Iterable[Site]) -> QuerySet[Any]:
    """The active people who may read readers' data of each of these sites."""
    people = get_user_model().objects.filter(is_active=True)
    permission = Permission.objects.filter(content_type__app_label="core", codename=READER_DATA_PERMISSION)
    for site in sites:
        groups = GroupSitePermission.objects.filter(site=site, permission__in=permission).values("group")
        administrators = get_user_model().objects.filter(groups__in=groups).values("pk")
        people = people.filter(Q(pk__in=administrators) | Q(is_superuser=True))
    return people


def by_name(people: Any) -> list[Any]:
    return sorted(people, key=lambda each: name_of(each).casefold())


@transaction.atomic
def change_records(records: QuerySet[Any], action: str, user: Any, **changes: Any) -> tuple[list[Any], list[Any]]:
    """Change `status`, `assigned_to` or `note` of these records, and log it.

    Returns the records that changed, and those of them with a newly assigned person.
    """
    changed, newly_assigned = [], []
    for record in records.select_for_update(of=("self",)).order_by("pk"):
        before = _state_of(record)
        for name, value in changes.items():
            setattr(record, name, value)
        after = _state_of(record)
        if after == before:
            continue
        record.save(update_fields=[*changes])
        changed.append(record)
        log(instance=record, action=action, user=user, title=record.log_title, data=_difference(before, after))
        if after["person"] not in (None, before["person"]):
            newly_assigned.append(record)
    return changed, newly_assigned


def _state_of(record: Any) -> dict[str, Any]:
    return {"status": record.status, "person": record.assigned_to_id, "note": getattr(record, "note", "")}


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What changed, for the log. It has no text of the note, which may name the sender."""
    names = [name for name in ("status", "person") if before[name] != after[name]]
    return {
        "before": {name: before[name] for name in names},
        "after": {name: after[name] for name in names},
        "note": before["note"] != after["note"],
    }


class RecordHandled(LogFormatter):
    def format_message(self, log_entry: Any) -> str:
        before, after = log_entry.data.get("before", {}), log_entry.data.get("after", {})
        words = []
        if "status" in after:
            states = {"before": _name_of_status(before["status"]), "after": _name_of_status(after["status"])}
            words.append(gettext("Status: %(before)s → %(after)s") % states)
        if "person" in after:
            person = get_user_model().objects.filter(pk=after["person"]).first()
            assigned = gettext("Assigned to %(name)s") % {"name": name_of(person) or gettext("a deleted account")}
            words.append(assigned if after["person"] else pgettext("form message", "Assigned to nobody"))
        if log_entry.data.get("note"):
            words.append(pgettext("form message", "Note changed"))
        return "; ".join(words)


def _name_of_status(value: str) -> str:
    return str(dict(Progress.choices).get(value, value))
