"""Puts catalogue records, pictures and documents into the trash as copies, and restores them from there."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from wagtail.actions.delete import DeleteAction
from wagtail.log_actions import log
from wagtail.models import Page, ReferenceIndex
from wagtail.permissions import policy_registry

from portal.content.extension_points import after_records_return
from portal.content.records.outlines import MapOutline
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.content.records.trash import RESTORED, DeletedRecord
from portal.editorial.public_records.registry import record_of
from portal.editorial.published_records import is_published_record
from portal.editorial.trash.copies import MissingTargetError, Return, copy_of, record_in
from portal.editorial.trash.deleting import TrashRefusedError
from portal.media.models import Document, Image

CATALOGUE = (Topic, Person, MapOutline)
FILES = (Image, Document)
KINDS: tuple[Any, ...] = (*CATALOGUE, *FILES)


class DeleteIntoTrashAction(DeleteAction):
    """Takes the place of Wagtail's action for these models."""

    def _delete(self) -> DeletedRecord | None:
        return put_record_into_trash(self.instance, self.user)


@transaction.atomic
def put_record_into_trash(record: Any, user: Any = None) -> DeletedRecord | None:
    """Copy the record into the trash and delete it. Does nothing if it is deleted already.

    Raises PermissionDenied if a page needs it.
    """
    model, key = type(record), record.pk
    # A colleague may have moved it or replaced its file since it was loaded.
    record = model._base_manager.select_for_update().filter(pk=key).first()
    if record is None:
        return None
    try:
        content = copy_of(record)
    except ProtectedError as error:
        raise PermissionDenied from error
    is_file = model in FILES
    rule: Any = record_of(model)
    entry = DeletedRecord.objects.create(
        model=model._meta.label,
        key=key,
        title=str(record)[:255],
        site=next(iter(rule.sites(record)), None) if is_file else record.site,
        collection=record.collection if is_file else None,
        owner=record.uploaded_by_user if is_file else None,
        file=record.file.name if is_file else "",
        was_published=is_published_record(record),
        content=content,
        deleted_at=timezone.now(),
        deleted_by=user,
    )
    DeleteAction(record, user=user).execute(skip_permission_checks=True)
    return entry


@transaction.atomic
def restore_record(entry: DeletedRecord, user: Any = None) -> list[str]:
    """Put the record back with everything that referred to it; return a sentence about what stays as it is.

    Raises TrashRefusedError, and then changes nothing.
    """
    found = DeletedRecord.objects.select_for_update().filter(pk=entry.pk).first()
    if found is None:
        raise TrashRefusedError(_("This record is no longer in the trash."))
    model: Any = found.model_class
    _require_free_place(found, record_in(model, found.content))
    coming = Return(model, found.key, found.content, found.deleted_at)
    try:
        with transaction.atomic():
            record = coming.write()
    except MissingTargetError as missing:
        words = {"title": found.title, "what": str(missing)}
        raise TrashRefusedError(
            _("“%(title)s” cannot be restored, because something it needs was deleted meanwhile: %(what)s.") % words
        ) from missing
    except IntegrityError as error:
        raise TrashRefusedError(_taken(found.title, "")) from error
    for page in Page.objects.filter(pk__in=coming.met).specific():
        ReferenceIndex.create_or_update_for_object(page)
    _require_permission(found, record, user)
    # Its own receivers update the indexes.
    record.save()
    found.delete()
    for update in after_records_return:
        update(coming.pages)
    log(record, RESTORED, user=user)
    if not coming.met:
        return []
    text = ngettext(
        "%(number)d page was published since without it, and stays as it is.",
        "%(number)d pages were published since without it, and stay as they are.",
        len(coming.met),
    )
    return [text % {"number": len(coming.met)}]


@transaction.atomic
def end_record(entry: DeletedRecord, user: Any) -> None:
    """Delete a copy with its file for ever."""
    log(entry, "wagtail.delete", user=user, deleted=True)
    entry.delete()


def _require_permission(entry: DeletedRecord, record: Any, user: Any) -> None:
    """Raise TrashRefusedError if readers would see the record and the user may not change what they see.

    It may be used by a person or topic that has been public only since.
    """
    if user is None or policy_registry.get_by_type(type(record)).user_has_permission_for_instance(
        user, "delete", record
    ):
        return
    text = _(
        "“%(title)s” cannot be restored by you, because readers would see it at once. Somebody who may publish on this "
        "site can restore it."
    )
    raise TrashRefusedError(text % {"title": entry.title})


def _require_free_place(entry: DeletedRecord, record: Any) -> None:
    """Raise TrashRefusedError if another record has taken the record's place, such as its address."""
    try:
        record.clean()
        record.validate_unique()
        record.validate_constraints()
    except ValidationError as error:
        raise TrashRefusedError(_taken(entry.title, " ".join(error.messages))) from error


def _taken(title: str, reason: str) -> str:
    text = _("“%(title)s” cannot be restored, because another record has taken its place. %(reason)s")
    return (text % {"title": title, "reason": reason}).strip()
