"""Stores uploaded pictures with Wagtail's form, which checks permissions and limits."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import Collection


def store_photos(files: Iterable[UploadedFile], user: Any, collection: Collection | None) -> Iterator[tuple[str, Any]]:
    """Yield the name of each file with the stored image, or with the error messages as one string.

    Images go to `collection` if the user may add to it, or else to the first collection where they may.
    """
    for file in files:
        # Preparing an upload may rename it.
        name = file.name or ""
        title = (name.rpartition(".")[0] or name)[:255]
        form = get_image_form(get_image_model())(data={"title": title}, files={"file": file}, user=user)
        if "collection" in form.fields:
            offered = form.fields["collection"].queryset
            chosen = offered.filter(pk=collection.pk).first() if collection else None
            form.data = {**form.data, "collection": (chosen or offered.first()).pk}
        if form.is_valid():
            image = form.save(commit=False)
            image.uploaded_by_user = user
            image.save()
            yield name, image
        else:
            yield name, " ".join(error for errors in form.errors.values() for error in errors)
