"""The admin view that adds photos to a recap's gallery and edits their text."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy as _, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.permissions import policy_registry

from events.pages import RecapPage
from portal.content.publication import lock_pages
from portal.editorial.pictures.storing import store_photos
from portal.editorial.roles import media_collection
from portal.editorial.work_area import WorkArea
from portal.media.models import Image

MAX_FILES = 40
LIBRARY_PHOTOS_OFFERED = 24


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """At most `MAX_FILES` files, whose content is validated by `store_photos`."""

    def __init__(self, **kwargs: Any):
        super().__init__(widget=SeveralFilesInput(attrs={"accept": "image/*"}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = [super(SeveralFilesField, self).clean(each, initial) for each in data or ()]
        if len(files) > MAX_FILES:
            message = ngettext("At most %(most)d file at a time.", "At most %(most)d files at a time.", MAX_FILES)
            raise forms.ValidationError(message % {"most": MAX_FILES})
        return files


class PhotoForm(forms.Form):
    block = forms.CharField(widget=forms.HiddenInput)
    alt = forms.CharField(label=_("Alternative text"), max_length=255, required=False)
    decorative = forms.BooleanField(label=_("Decorative"), required=False)
    caption = forms.CharField(label=pgettext_lazy("of a picture", "Caption"), max_length=300, required=False)
    credit = forms.CharField(label=_("Credit"), max_length=160, required=False, help_text=_("Empty: the image's own."))
    remove = forms.BooleanField(label=_("Remove from the gallery"), required=False)


PhotoFormSet = forms.formset_factory(PhotoForm, extra=0, max_num=500)


class NewPhotosForm(forms.Form):
    """Uploads, for users who may add images, and a choice of the newest images outside the gallery."""

    uploads = SeveralFilesField(label=_("Photos from your device"), required=False)
    chosen: Any = forms.ModelMultipleChoiceField(
        Image.objects.none(),
        label=_("Photos from the library"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, user: Any, existing: Iterable[int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        policy = policy_registry.get_by_type(Image)
        if not policy.user_has_permission(user, "add"):
            del self.fields["uploads"]
        choosable = policy.instances_user_has_any_permission_for(user, ["choose"]).exclude(pk__in=list(existing))
        newest = list(choosable.order_by("-created_at", "-pk").values_list("pk", flat=True)[:LIBRARY_PHOTOS_OFFERED])
        self.fields["chosen"].queryset = Image.objects.filter(pk__in=newest).order_by("-created_at", "-pk")  # type: ignore[attr-defined]


TEXTS = ("alt", "decorative", "caption", "credit")


@require_http_methods(["GET", "HEAD", "POST"])
def photos(request: HttpRequest, page_id: int) -> HttpResponse:
    """Edit the photos of the latest draft.

    After adding photos the form is shown again, so that their text can be entered.
    """
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
            # The draft is reloaded under the lock and edits are matched by block key, so that no other change is lost.
            lock_pages([page.pk])
            page = RecapPage.objects.get(pk=page.pk).get_latest_revision_as_object()
            page.photos = page.photos.stream_block.to_python([*_edited_blocks(page, edits), *map(_new_block, new)])
            page.save_revision(user=request.user, log_action=True)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("recap_photos", page.pk)
    if not new:
        messages.success(request, gettext("The photos are saved in the draft."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    added = ngettext("%(count)d photo is new", "%(count)d photos are new", len(new)) % {"count": len(new)}
    messages.success(request, gettext("%(photos)s: describe what each shows.") % {"photos": added})
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
    # The title is not used, because it is often a file name.
    value = {"image": image.pk, "alt": image.default_alt_text, "decorative": False, "caption": "", "credit": ""}
    return {"type": "photo", "id": str(uuid4()), "value": value}
