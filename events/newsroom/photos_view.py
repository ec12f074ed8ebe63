"""Many photos into a recap's gallery at once, and one alternative text for each."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from events.models import RecapPage
from events.newsroom.photo_forms import MorePhotosForm, PhotoFormSet, stored_photos
from portal.core.publication import lock_pages
from portal.editorial.roles import media_collection


@require_http_methods(["GET", "HEAD", "POST"])
def photos(request: HttpRequest, page_id: int) -> HttpResponse:
    """The photos of the latest draft; sent, it is saved as a draft, and asks for the words of what is new."""
    saved = get_object_or_404(RecapPage, pk=page_id)
    lock = saved.get_lock()
    if not saved.permissions_for_user(request.user).can_edit() or (lock and lock.for_user(request.user)):
        raise PermissionDenied
    page = saved.get_latest_revision_as_object()
    there = [block.value["image"].pk for block in page.photos if block.value["image"]]
    files = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    more = MorePhotosForm(**files, user=request.user, there=there)
    rows = PhotoFormSet(request.POST or None, initial=_initial(page), prefix="photos")
    if request.method == "POST" and more.is_valid() and rows.is_valid():
        return _saved(request, page, rows, more)
    images = {block.id: block.value["image"] for block in page.photos}
    context = {"page": page, "more": more, "formset": rows}
    context["rows"] = [(form, images.get(form["block"].value())) for form in rows]
    return render(request, "events/newsroom/photos.html", context)


def _initial(page: RecapPage) -> list[dict[str, Any]]:
    return [
        {"block": block.id, "alt": block.value["alt"], "caption": block.value["caption"]}
        for block in page.photos
        if block.value["image"]
    ]


def _saved(request: HttpRequest, page: RecapPage, rows: Any, more: MorePhotosForm) -> HttpResponse:
    words = {form.cleaned_data["block"]: form.cleaned_data for form in rows if form.cleaned_data}
    site = page.get_site()
    new = list(more.cleaned_data["chosen"])
    for name, image in stored_photos(
        more.cleaned_data.get("uploads", ()), request.user, site and media_collection(site)
    ):
        if isinstance(image, str):
            messages.error(request, f"{name}: {image}")
        else:
            new.append(image)
    try:
        with transaction.atomic():
            # Whatever was saved meanwhile stays: words belong to the photo with that key, new photos come last.
            lock_pages([page.pk])
            page = RecapPage.objects.get(pk=page.pk).get_latest_revision_as_object()
            page.photos = page.photos.stream_block.to_python([*_kept(page, words), *map(_block, new)])
            page.save_revision(user=request.user, log_action=True)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("recap_photos", page.pk)
    if not new:
        messages.success(request, _("The photos are saved in the draft."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    told = ngettext("%(count)d photo is new", "%(count)d photos are new", len(new)) % {"count": len(new)}
    messages.success(request, _("%(photos)s: say of each what is to be seen.") % {"photos": told})
    return redirect("recap_photos", page.pk)


def _kept(page: RecapPage, words: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    blocks = []
    for block in page.photos.get_prep_value():
        said = words.get(block["id"], {})
        if not said.get("remove"):
            told = {name: said[name] for name in ("alt", "caption") if name in said}
            blocks.append({**block, "value": {**block["value"], **told}})
    return blocks


def _block(image: Any) -> dict[str, Any]:
    # A description in the library is a start; nobody is shown the name of a file.
    value = {"image": image.pk, "alt": image.description[:255], "caption": ""}
    return {"type": "photo", "id": str(uuid4()), "value": value}
