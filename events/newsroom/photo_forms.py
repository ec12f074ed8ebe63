"""The forms for many photos at once: texts of each photo, uploads, and images from the library."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy
from wagtail.permissions import policy_registry

from portal.media.models import Image

MAX_FILES = 40
LIBRARY_PHOTOS_OFFERED = 24


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Several files, `MAX_FILES` at most; `store_photos` validates the content of each."""

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
    remove = forms.BooleanField(label=_("Take it out of the gallery"), required=False)


PhotoFormSet = forms.formset_factory(PhotoForm, extra=0, max_num=500)


class NewPhotosForm(forms.Form):
    """New photos. `uploads` needs the permission to add images; `chosen` offers the newest images that the user may
    choose and that the gallery does not have."""

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
