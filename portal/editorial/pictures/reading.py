"""Pictures and documents that one may not change: shown with the reason, and where they are used."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.documents.views import documents
from wagtail.images.views import images
from wagtail.models import Page
from wagtail.permissions import policy_registry

from portal.content.visibility import is_public
from portal.media.models import Document, Image

MOST_USES = 50


def explained(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Around Wagtail's form of a picture or document: whoever may only use the file reads what it says, and why."""

    def show(request: HttpRequest, **kwargs: int) -> HttpResponse:
        model = Image if "image_id" in kwargs else Document
        file: Any = get_object_or_404(model, pk=next(iter(kwargs.values())))
        policy = policy_registry.get(file)
        reason = policy.reason_against_change(request.user, file)
        if not reason:
            return view(request, **kwargs)
        if request.method not in ("GET", "HEAD") or not policy.user_has_permission_for_instance(
            request.user, "choose", file
        ):
            raise PermissionDenied
        names = [name for name in file.admin_form_fields if name not in HIDDEN and getattr(file, name)]
        context = {
            "file": file,
            "is_image": model is Image,
            "reason": reason,
            "facts": [(_label(file, name), _shown(file, name)) for name in names],
            "uses": list(uses_of(file, request.user)),
            "list_url": reverse("wagtailimages:index" if model is Image else "wagtaildocs:index"),
        }
        return TemplateResponse(request, "editorial/pictures/file.html", context)

    return show


HIDDEN = ("file", "title", "tags", "focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height")


def _label(file: Any, name: str) -> str:
    # As the form calls it.
    return _("Alternative text") if name == "description" else capfirst(file._meta.get_field(name).verbose_name)


def _shown(file: Any, name: str) -> Any:
    value = getattr(file, name)
    return "✓" if value is True else value


def uses_of(file: Any, user: Any) -> Iterator[tuple[str, str]]:
    """What uses a file, as title and address: those that one may edit, and pages that every reader sees.

    What one may not know of comes last, with neither.
    """
    finder = AdminURLFinder(user)
    others = 0
    for record, _where in file.get_usage()[:MOST_USES]:
        if url := finder.get_edit_url(record):
            yield str(record), url
        elif isinstance(record, Page) and is_public(record, timezone.now()):
            yield record.title, record.full_url or ""
        else:
            others += 1
    yield from [("", "")] * others


class ImageUsageView(images.UsageView):
    permission_required = "choose"


class DocumentUsageView(documents.UsageView):
    permission_required = "choose"
