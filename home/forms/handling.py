"""Changes the status, note and person of messages, logs it, and mails a newly assigned person."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from wagtail.contrib.forms.utils import get_forms_for_user

from home.forms.records import FormRecord
from portal.accounts.names import name_of
from portal.content.mail import compose, enqueue
from portal.editorial.assignments.handling import RecordHandled, by_name, change_records, readers_of_data
from portal.editorial.mails.page_mails import admin_url
from portal.editorial.people import language_of
from portal.editorial.reader_data import reader_data_sites

HANDLED = "home.message.handle"


def may_read_messages(user: Any, page_key: int) -> bool:
    return bool(get_forms_for_user(user).filter(pk=page_key).exists())


def people_for(page: Any, *others: Any) -> list[Any]:
    """The people who may read the messages of the form's site, and so be assigned to them; plus `others`."""
    readers = readers_of_data([page.get_site()])
    found = {each.pk: each for each in readers if may_read_messages(each, page.pk)}
    found |= {each.pk: each for each in others if each is not None}
    return by_name(found.values())


@transaction.atomic
def handle(page: Any, keys: Iterable[Any], user: Any, **changes: Any) -> int:
    """Change `status`, `assigned_to` or `note` of the form's messages with these keys; return how many changed."""
    messages = FormRecord.objects.filter(page=page, pk__in=keys)
    changed, newly_assigned = change_records(messages, HANDLED, user, **changes)
    if newly_assigned and (person := changes["assigned_to"]) != user:
        _mail(page, newly_assigned, person, user)
    return len(changed)


def may_take(person: Any, records: Iterable[FormRecord]) -> bool:
    """Whether the person may be in charge of all these messages of one site."""
    found = list(records)
    sites = {record.site_id for record in found}
    if not sites <= set(reader_data_sites(person).values_list("pk", flat=True)):
        return False
    return all(may_read_messages(person, page) for page in {record.page_id for record in found})


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


class MessageHandled(RecordHandled):
    label = gettext_lazy("Message handled")
