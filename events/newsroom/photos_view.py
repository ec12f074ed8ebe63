"""The admin view that adds many photos to the gallery of a recap and edits their texts."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from events.newsroom.photo_forms import NewPhotosForm, PhotoFormSet
from events.pages import RecapPage
from portal.content.publication import lock_pages
from portal.editorial.pictures.storing import store_photos
from portal.editorial.roles import media_collection
from portal.editorial.work_area import WorkArea

# What is said of a photo in its place.
TEXTS = ("alt", "decorative", "caption")


@require_http_methods(["GET", "HEAD", "POST"])
def photos(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show the photos of the latest draft; POST saves a draft and shows the form again if photos were added."""
    saved = get_object_or_404(RecapPage, pk=page_id)
    if not WorkArea.of(request.user).covers(saved):
        raise Http404
    lock = saved.get_lock()
    if not saved.permissions_for_user(request.user).can_edit() or (lock and lock.for_user(request.user)):
        raise PermissionDenied
    page = saved.get_latest_revision_as_object()
    existing = [block.value["image"].pk for block in page.photos if block.value["image"]]
    submitted = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    new_photos = NewPhotosForm(**submitted, user=request.user, existing=existing)
    formset = PhotoFormSet(request.POST or None, initial=_initial_data(page), prefix="photos")
    if request.method == "POST" and new_photos.is_valid() and formset.is_valid():
        return _save(request, page, formset, new_photos)
    images = {block.id: block.value["image"] for block in page.photos}
    context = {"page": page, "new_photos": new_photos, "formset": formset}
    context["rows"] = [(form, images.get(form["block"].value())) for form in formset]
    return render(request, "events/newsroom/photos.html", context)


def _initial_data(page: RecapPage) -> list[dict[str, Any]]:
    return [
        {"block": block.id, **{name: block.value[name] for name in TEXTS}}
        for block in page.photos
        if block.value["image"]
    ]


def _save(request: HttpRequest, page: RecapPage, formset: Any, new_photos: NewPhotosForm) -> HttpResponse:
    edits = {form.cleaned_data["block"]: form.cleaned_data for form in formset if form.cleaned_data}
    site = page.get_site()
    new = list(new_photos.cleaned_data["chosen"])
    uploads = new_photos.cleaned_data.get("uploads", ())
    for name, image in store_photos(uploads, request.user, site and media_collection(site)):
        if isinstance(image, str):
            messages.error(request, f"{name}: {image}")
        else:
            new.append(image)
    try:
        with transaction.atomic():
            # The draft is read again under the lock, so that nothing saved meanwhile is lost: edits are matched by the
            # key of the block, and new photos are appended.
            lock_pages([page.pk])
            page = RecapPage.objects.get(pk=page.pk).get_latest_revision_as_object()
            page.photos = page.photos.stream_block.to_python([*_edited_blocks(page, edits), *map(_new_block, new)])
            page.save_revision(user=request.user, log_action=True)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("recap_photos", page.pk)
    if not new:
        messages.success(request, _("The photos are saved in the draft."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    added = ngettext("%(count)d photo is new", "%(count)d photos are new", len(new)) % {"count": len(new)}
    messages.success(request, _("%(photos)s: say of each what is to be seen.") % {"photos": added})
    return redirect("recap_photos", page.pk)


def _edited_blocks(page: RecapPage, edits: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    blocks = []
    for block in page.photos.get_prep_value():
        edit = edits.get(block["id"], {})
        if not edit.get("remove"):
            texts = {name: edit[name] for name in TEXTS if name in edit}
            if texts.get("decorative"):
                texts["alt"] = ""
            blocks.append({**block, "value": {**block["value"], **texts}})
    return blocks


def _new_block(image: Any) -> dict[str, Any]:
    # The description in the library is a first alternative text; the title is often a file name.
    value = {"image": image.pk, "alt": image.default_alt_text, "decorative": False, "caption": ""}
    return {"type": "photo", "id": str(uuid4()), "value": value}
