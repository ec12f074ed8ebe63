"""The shelves of a landing page in the API."""

from typing import Any

from django.utils import timezone

from portal.content.api.blocks import serialize
from portal.content.api.description import schema_reference
from portal.content.api.fields import PageField


class ShelvesField(PageField):
    """The shelves that have not ended."""

    schema = {"type": "array", "items": schema_reference("Block")}

    def to_representation(self, page: Any) -> Any:
        now, edition, url = timezone.now(), self.edition(page), self.page_url(page)
        return [
            {"type": shelf.block_type, "id": shelf.id, "value": serialize(shelf.block, shelf.value, edition, url)}
            for shelf in page.shelves
            if not (shelf.value["ends_at"] and shelf.value["ends_at"] <= now)
        ]
