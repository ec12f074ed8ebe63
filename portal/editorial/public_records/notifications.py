"""Emails a site's approvers, at most once an hour, about unreviewed changes of published records."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from wagtail.models import ModelLogEntry, PageLogEntry, PageViewRestriction, Site

from portal.accounts.names import name_of
from portal.content.mail import compose, enqueue
from portal.content.records.trash import RESTORED
from portal.editorial.mails.page_mails import time_zone_of
from portal.editorial.models import PublicChange, Role
from portal.editorial.people import holders_of, language_of
from portal.editorial.public_records.registry import record_of

KINDS = {
    "wagtail.create": PublicChange.Kind.CREATED,
    "wagtail.edit": PublicChange.Kind.CHANGED,
    "wagtail.delete": PublicChange.Kind.DELETED,
    RESTORED: PublicChange.Kind.CREATED,
}
PRIVACY = "wagtail.view_restriction."


def change_logged(sender: type, instance: ModelLogEntry, created: bool, **kwargs: Any) -> None:
    """`post_save` receiver for Wagtail's log."""
    model = instance.content_type.model_class() if instance.content_type else None
    entry, kind = record_of(model) if model else None, KINDS.get(instance.action)
    if not created or entry is None or kind is None or instance.user_id is None:
        return
    record = model._default_manager.filter(pk=instance.object_id).first()  # type: ignore[union-attr]
    if record is None or not (kind == PublicChange.Kind.DELETED or entry.is_published_record(record)):
        # Deletions are logged before they happen.
        return
    _store(entry.sites(record), instance, entry.model, kind)


def privacy_logged(sender: type, instance: PageLogEntry, created: bool, **kwargs: Any) -> None:
    if not created or not instance.action.startswith(PRIVACY) or instance.user_id is None:
        return
    kinds = {"create": PublicChange.Kind.CREATED, "delete": PublicChange.Kind.DELETED}
    kind = kinds.get(instance.action.removeprefix(PRIVACY), PublicChange.Kind.CHANGED)
    site = instance.page.get_site() if instance.page else None
    _store([site] if site else [], instance, PageViewRestriction._meta.label, kind)


def _store(sites: Any, entry: Any, model: str, kind: PublicChange.Kind) -> None:
    PublicChange.objects.bulk_create(
        PublicChange(site=site, actor_id=entry.user_id, model=model, title=entry.label[:255], kind=kind)
        for site in sites
    )


@transaction.atomic
def notify_approvers(now: datetime) -> None:
    """Email each approver the changes made by others, then delete all stored changes."""
    changes = list(PublicChange.objects.filter(at__lte=now).select_related("actor", "site__root_page__locale"))
    for site in {change.site for change in changes}:
        own = [change for change in changes if change.site == site]
        for person in holders_of(site, Role.APPROVER).exclude(email=""):
            others = [change for change in own if change.actor_id != person.pk]
            if others:
                _mail_changes(person, site, others)
    PublicChange.objects.filter(pk__in=[change.pk for change in changes]).delete()


def _mail_changes(person: Any, site: Site, changes: list[PublicChange]) -> None:
    rows = [
        {
            "who": name_of(change.actor) or gettext_lazy("a deleted account"),
            "kind": change.get_kind_display,
            "what": apps.get_model(change.model)._meta.verbose_name,
            "title": change.title,
            "at": change.at,
        }
        for change in changes
    ]
    language = language_of(person, site) or get_language()
    with timezone.override(time_zone_of(site)):
        enqueue([compose("public_changes", {"changes": rows}, to=person.email, language=language, site=site)])
