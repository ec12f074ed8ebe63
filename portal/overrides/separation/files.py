"""Wagtail's lists of pictures and documents, which offer tags to filter by: those of one's own files only."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Goes when Wagtail's lists of files offer the tags of permitted
# files only.

from typing import Any

from wagtail.documents.views import documents
from wagtail.images.views import chooser, images

from portal.content.separation.tags import visible_tags

MOST_TAGS = 10


class VisibleTags:
    """After a filter of files: Wagtail's would offer the most popular tags of every site."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if tag := self.filters.get("tag"):  # type: ignore[attr-defined]
            seen = visible_tags(self.request.user, self._meta.model)  # type: ignore[attr-defined]
            own = set(seen.values_list("name", flat=True))
            tag.extra["choices"] = [choice for choice in tag.extra["choices"] if choice[0] in own]


class ImagesFilterSet(VisibleTags, images.ImagesFilterSet):
    class Meta(images.ImagesFilterSet.Meta):
        pass


class DocumentsFilterSet(VisibleTags, documents.DocumentsFilterSet):
    class Meta(documents.DocumentsFilterSet.Meta):
        pass


class ImagesView(images.IndexView):
    filterset_class = ImagesFilterSet


class DocumentsView(documents.IndexView):
    filterset_class = DocumentsFilterSet


class ImageChooseView(chooser.ImageChooseView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seen = visible_tags(self.request.user, self.model)  # type: ignore[attr-defined]
        return super().get_context_data(**kwargs) | {"popular_tags": seen.order_by("name")[:MOST_TAGS]}
