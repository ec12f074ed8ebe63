"""Dropping several pictures into the page editor: the blocks that accept them, and the upload view."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.telepath import register
from wagtail.blocks.stream_block import StreamBlockAdapter
from wagtail.blocks.struct_block import StructBlockAdapter
from wagtail.images.utils import get_accept_attributes
from wagtail.models import Page
from wagtail.permissions import policy_registry

from portal.content.blocks.bodies import StoryBody
from portal.content.blocks.pictures import GalleryBlock, PhotoChooser
from portal.content.separation.records import is_key
from portal.editorial.pictures.storing import store_photos
from portal.editorial.roles import media_collection
from portal.media.models import Image

MAX_AT_ONCE = 40


@never_cache
@require_POST
def store_picture(request: HttpRequest) -> JsonResponse:
    """Store `file` and return the data for an image chooser, or 422 with the reason if the file is invalid.

    `page` is the page being edited, or the parent of a new one. It determines the site's collection.
    """
    if not policy_registry.get_by_type(Image).user_has_permission(request.user, "add"):
        raise PermissionDenied
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"error": _("No file was sent.")}, status=422)
    key = request.POST.get("page", "")
    page = Page.objects.filter(pk=key).first() if is_key(key) else None
    site = page.get_site() if page else None
    for _name, stored in store_photos([file], request.user, site and media_collection(site)):
        if not isinstance(stored, str):
            return JsonResponse({"picture": PhotoChooser().get_value_data_from_instance(stored)})
        return JsonResponse({"error": stored}, status=422)
    raise AssertionError("One file gives one answer.")


class TakesPictures:
    """Mixin for a block's adapter: a drop zone, and a grid if the block contains only pictures."""

    # The type of the child block created for each picture; None for a block whose pictures are in `images`.
    child: str | None = None
    # The label of the drop zone; a form may have several.
    invitation: Any = gettext_lazy("Drop pictures here, or choose several")

    def js_args(self, block: Any) -> list[Any]:
        args = super().js_args(block)  # type: ignore[misc]
        args[-1]["pictures"] = {
            "child": self.child,
            "hasGallery": "gallery" in block.child_blocks,
            "url": reverse("store_picture"),
            "accept": get_accept_attributes(),
            "most": MAX_AT_ONCE,
            "words": words() | {"drop": str(self.invitation)},
        }
        return args

    @cached_property
    def media(self) -> forms.Media:
        scripts = [versioned_static(f"editorial/{name}.js") for name in ("photo-grid", "drop-pictures")]
        return super().media + forms.Media(js=scripts)  # type: ignore[misc]


class PictureStreamAdapter(TakesPictures, StreamBlockAdapter):
    """For a stream with a child block of type `child` for each picture."""

    js_constructor = "portal.PictureStream"

    def __init__(self, child: str, invitation: Any):
        self.child, self.invitation = child, invitation


class GalleryAdapter(TakesPictures, StructBlockAdapter):
    js_constructor = "portal.Gallery"


def words() -> dict[str, str]:
    return {
        "as": _("They become"),
        "single": _("single pictures"),
        "gallery": _("a gallery"),
        "progress": _("{number} of {all}: {name}"),
        "done": _("Pictures added: {number} of {all}. Describe what each one shows."),
        "refused": _("{name}: {reason}"),
        "tooMany": _("At most {most} at a time: the others were left out."),
        "failed": _("It could not be sent. Please try again."),
        "forbidden": _("You may not add pictures here, or you are signed out."),
    } | words_of_grid()


def words_of_grid() -> dict[str, str]:
    return {
        "together": _("For all pictures"),
        "credit": _("One credit for all"),
        "named": _("Pictures that bring a credit of their own keep it."),
        "select": _("Select"),
        "selectAll": _("Select all"),
        "remove": _("Remove those selected ({number})"),
        "removed": _("Removed: {number}."),
        "undo": _("Undo"),
        "earlier": _("Move earlier"),
        "later": _("Move later"),
        "place": _("Now number {number} of {all}."),
    }


register(PictureStreamAdapter("figure", gettext_lazy("Drop pictures for the text here, or choose several")), StoryBody)
register(GalleryAdapter(), GalleryBlock)
