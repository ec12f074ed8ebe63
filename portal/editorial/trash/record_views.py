"""Wagtail's views that delete topics, people, pictures and documents; these put them into the trash."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext as _, ngettext
from wagtail.documents.views import documents
from wagtail.documents.views.bulk_actions import DeleteBulkAction as DeleteDocuments
from wagtail.images.views import images
from wagtail.images.views.bulk_actions import DeleteBulkAction as DeleteImages
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction as DeleteSnippets

from portal.content.records.trash import DeletedRecord
from portal.content.separation.views import CatalogueDeleteView
from portal.editorial.trash.messages import end_of_trash, undo_html
from portal.editorial.trash.records import put_record_into_trash


class DeletesIntoTrash:
    """Mixin for a delete view: the question says where the record can be restored, the message has a button for it."""

    @property
    def confirmation_message(self) -> str:
        until = formats.date_format(end_of_trash(), "DATE_FORMAT")
        note = _("Until %(until)s it can be restored from the trash, with everything that refers to it.")
        return f"{super().confirmation_message} {note % {'until': until}}"  # type: ignore[misc]

    def delete_action(self) -> None:
        record: Any = self.object  # type: ignore[attr-defined]
        model, key = type(record)._meta.label, record.pk
        super().delete_action()  # type: ignore[misc]
        self.trashed = list(DeletedRecord.objects.filter(model=model, key=key).values_list("pk", flat=True))

    def get_success_message(self) -> str:
        text = _("“%(title)s” is in the trash.") % {"title": self.object}  # type: ignore[attr-defined]
        return undo_html(self.request, text, records=self.trashed)  # type: ignore[attr-defined]


class CatalogueIntoTrashView(DeletesIntoTrash, CatalogueDeleteView):
    pass


class ImageIntoTrashView(DeletesIntoTrash, images.DeleteView):
    pass


class DocumentIntoTrashView(DeletesIntoTrash, documents.DeleteView):
    pass


class BulkIntoTrash:
    """Mixin for a bulk action, like `DeletesIntoTrash`."""

    template_name = "editorial/trash/confirm_records.html"
    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {  # type: ignore[misc]
            "wagtails_template": super().template_name,  # type: ignore[misc]
            "until": end_of_trash(),
        }

    def execute_action(self, objects: Sequence[Any], /, **kwargs: Any) -> tuple[int, int]:
        entries = [put_record_into_trash(each, self.request.user) for each in objects]
        self.trashed = [entry.pk for entry in entries if entry]
        return len(self.trashed), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        text = ngettext("%(number)d entry is in the trash.", "%(number)d entries are in the trash.", num_parent_objects)
        return undo_html(self.request, text % {"number": num_parent_objects}, records=self.trashed)


class ImagesIntoTrash(BulkIntoTrash, DeleteImages):
    pass


class DocumentsIntoTrash(BulkIntoTrash, DeleteDocuments):
    pass


class CatalogueIntoTrash(BulkIntoTrash, DeleteSnippets):
    pass


BULK_ACTIONS = (ImagesIntoTrash, DocumentsIntoTrash, CatalogueIntoTrash)
