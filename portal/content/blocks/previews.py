"""Block previews that show the newest file or map outline that the user may choose."""

from typing import Any

from django.db.models import QuerySet
from wagtail import blocks
from wagtail.permissions import policy_registry


class PreviewsOwnFile(blocks.StructBlock):
    """A block whose preview shows a file, or another record.

    A static preview value cannot contain one, because it has access to neither the database nor the user.
    """

    # The name of the child block with the file.
    preview_field = ""
    # The permission that choosing one needs.
    preview_permission = "choose"

    def preview_file(self, files: QuerySet[Any]) -> Any:
        return files.order_by("-pk").first()

    def preview_model(self) -> Any:
        return self.child_blocks[self.preview_field].model_class

    def preview_files(self, file: Any) -> dict[str, Any]:
        """The preview values that contain the file."""
        return {self.preview_field: file}

    def get_preview_value(self):
        return self._with_file(None)

    def get_preview_context(self, value, parent_context=None):
        context = dict(super().get_preview_context(value, parent_context) or {})
        policy = policy_registry.get_by_type(self.preview_model())
        chosen = policy.instances_user_has_any_permission_for(context["request"].user, [self.preview_permission])
        return context | {"bound_block": self.bind(self._with_file(self.preview_file(chosen)))}

    def _with_file(self, file: Any) -> Any:
        return self.normalize({**(self.meta.preview_value or {}), **self.preview_files(file)})
