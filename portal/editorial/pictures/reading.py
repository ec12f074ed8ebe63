"""The read-only page for a picture or document: its details, its uses, and why it cannot be changed."""

from collections.abc import Callable, Iterator
from functools import wraps
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
from wagtail.models import Page
from wagtail.permissions import policy_registry

from portal.content.visibility import is_public
from portal.media.models import Document, Image

MAX_USES = 50


def explained(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard a file's form and list of uses: users without permission get its details, its uses and the reason."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: int) -> HttpResponse:
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

    return guarded


HIDDEN = ("file", "title", "tags", "focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height")


def _label(file: Any, name: str) -> str:
    # The same label as in the form.
    return _("Alternative text") if name == "description" else capfirst(file._meta.get_field(name).verbose_name)


def _shown(file: Any, name: str) -> Any:
    value = getattr(file, name)
    return "✓" if value is True else value


def uses_of(file: Any, user: Any) -> Iterator[tuple[str, str]]:
    """The titles and URLs of the records that use a file.

    Records that the user may not edit, other than public pages, are empty pairs at the end.
    """
    finder = AdminURLFinder(user)
    others = 0
    for record, _where in file.get_usage()[:MAX_USES]:
        if url := finder.get_edit_url(record):
            yield str(record), url
        elif isinstance(record, Page) and is_public(record, timezone.now()):
            yield record.title, record.full_url or ""
        else:
            others += 1
    yield from [("", "")] * others
