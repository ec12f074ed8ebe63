"""Limits the tags in Wagtail's picture chooser to those of pictures that the user may choose."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's chooser offers the tags of permitted pictures
# only.

from typing import Any

from wagtail.images.views import chooser

from portal.content.separation.tags import visible_tags

MAX_TAGS = 10


class ImageChooseView(chooser.ImageChooseView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seen = visible_tags(self.request.user, self.model)  # type: ignore[attr-defined]
        return super().get_context_data(**kwargs) | {"popular_tags": seen.order_by("name")[:MAX_TAGS]}
