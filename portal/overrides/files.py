"""Keeps the file of a picture or document in the trash, which Wagtail would delete with its row."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail offers a way to keep the file.

from typing import Any

from django.db import transaction
from wagtail.documents import signal_handlers as of_documents
from wagtail.images import signal_handlers as of_images
from wagtail.tasks import delete_file_from_storage_task

from portal.content.records.trash import DeletedRecord

delete_file = of_images.post_delete_file_cleanup


def delete_file_outside_trash(instance: Any, **kwargs: Any) -> None:
    """`post_delete` receiver for pictures, their renditions and documents."""
    if not DeletedRecord.objects.filter(file=instance.file.name).exists():
        delete_file(instance, **kwargs)


def leave_files_in_trash() -> None:
    """Replace Wagtail's receivers, which its apps connect later."""
    of_images.post_delete_file_cleanup = of_documents.post_delete_file_cleanup = delete_file_outside_trash


def delete_file_of_record(instance: DeletedRecord, **kwargs: Any) -> None:
    """`post_delete` receiver: delete the file, unless the record has come back."""
    name = instance.file.name
    if not name or instance.model_class._default_manager.filter(file=name).exists():
        return
    storage = instance.model_class._meta.get_field("file").storage  # type: ignore[union-attr]
    transaction.on_commit(lambda: delete_file_from_storage_task.enqueue(storage.deconstruct(), name))
