"""Changes the status, note and person of messages, logs it, and mails a newly assigned person."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext
from wagtail.contrib.forms.utils import get_forms_for_user
from wagtail.log_actions import LogFormatter, log
from wagtail.models import GroupSitePermission

from home.forms.records import FormRecord, MessageStatus
from portal.accounts.names import name_of
from portal.content.mail import compose, enqueue
from portal.editorial.mails.page_mails import admin_url
from portal.editorial.people import language_of
from portal.editorial.reader_data import READER_DATA_PERMISSION

HANDLED = "home.message.handle"


def may_read_messages(user: Any, page_key: int) -> bool:
    return bool(get_forms_for_user(user).filter(pk=page_key).exists())


def people_for(page: Any, *others: Any) -> list[Any]:
    """The people who may read the messages of the form's site, and so be assigned to them; plus `others`."""
    permission = Permission.objects.filter(content_type__app_label="core", codename=READER_DATA_PERMISSION)
    groups = GroupSitePermission.objects.filter(site=page.get_site(), permission__in=permission).values("group")
    may = Q(groups__in=groups) | Q(is_superuser=True)
    readers = get_user_model().objects.filter(may, is_active=True).distinct()
    found = {each.pk: each for each in readers if may_read_messages(each, page.pk)}
    found |= {each.pk: each for each in others if each is not None}
    return sorted(found.values(), key=lambda each: name_of(each).casefold())


@transaction.atomic
def handle(page: Any, keys: Iterable[Any], user: Any, **changes: Any) -> int:
    """Change `status`, `assigned_to` or `note` of the form's messages with these keys; return how many changed."""
    changed, newly_assigned = 0, []
    for record in FormRecord.objects.select_for_update().filter(page=page, pk__in=keys).order_by("pk"):
        before = _state_of(record)
        for name, value in changes.items():
            setattr(record, name, value)
        after = _state_of(record)
        if after == before:
            continue
        record.save(update_fields=[*changes])
        changed += 1
        log(instance=record, action=HANDLED, user=user, data=_difference(before, after))
        if after["person"] not in (None, before["person"]):
            newly_assigned.append(record)
    if newly_assigned and (person := changes["assigned_to"]) != user:
        _mail(page, newly_assigned, person, user)
    return changed


def _state_of(record: FormRecord) -> dict[str, Any]:
    return {"status": record.status, "person": record.assigned_to_id, "note": record.note}


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What changed, for the log, without the text of the note, which may name the sender."""
    names = [name for name in ("status", "person") if before[name] != after[name]]
    return {
        "before": {name: before[name] for name in names},
        "after": {name: after[name] for name in names},
        "note": before["note"] != after["note"],
    }


def _mail(page: Any, records: list[FormRecord], person: Any, user: Any) -> None:
    """Tell a person about all messages that were assigned to them at once. The mail quotes no answer."""
    if not (person.email and person.is_active):
        return
    site = page.get_site()
    one = reverse("form_record", args=[page.pk, records[0].pk])
    several = f"{reverse('wagtailforms:list_submissions', args=[page.pk])}?assigned_to={person.pk}"
    context = {
        "title": page.get_admin_display_title(),
        "who": name_of(user),
        "number": len(records),
        "link": admin_url(one if len(records) == 1 else several),
        "link_label": gettext_lazy("Open the message") if len(records) == 1 else gettext_lazy("Open the messages"),
    }
    language = language_of(person, site) or get_language()
    enqueue([compose("message_assigned", context, to=person.email, language=language, site=site)])


class MessageHandled(LogFormatter):
    label = gettext_lazy("Message handled")

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
    return str(dict(MessageStatus.choices).get(value, value))
