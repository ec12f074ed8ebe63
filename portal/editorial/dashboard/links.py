"""Admin addresses of a page."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from portal.editorial.records.translations import Basis


def edit_url(pk: int) -> str:
    return reverse("wagtailadmin_pages:edit", args=[pk])


def is_translation(key: str) -> Exists:
    """The annotation for `writing_url`; `key` is the field with the key of the page."""
    return Exists(Basis.objects.filter(translation=OuterRef(key)))


def writing_url(pk: int, is_translation: bool) -> str:
    """The editor of a page; for a translation, the side-by-side editor."""
    return reverse("translate_page", args=[pk]) if is_translation else edit_url(pk)
