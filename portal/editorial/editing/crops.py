"""The crops of a lead picture in the page editor, as readers see them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.permissions import policy_registry

from portal.content.files.access import may_use
from portal.media.models import Image
from portal.media.picture import sources

CROPS = (("4:3", "crop_classic"), ("1:1", "crop_square"))


@never_cache
@require_safe
def picture_crops(request: HttpRequest, image_id: int) -> HttpResponse:
    image = get_object_or_404(Image, pk=image_id)
    if not may_use(request.user, image):
        raise Http404
    policy = policy_registry.get_by_type(Image)
    may_change = policy.user_has_permission_for_instance(request.user, "change", image)
    context = {
        "image": image,
        "opening": sources(image, "crop_wide"),
        "crops": [(ratio, sources(image, slot)) for ratio, slot in CROPS],
        "edit_url": reverse("wagtailimages:edit", args=[image.pk]) if may_change else "",
    }
    return TemplateResponse(request, "editorial/editing/crops.html", context)
