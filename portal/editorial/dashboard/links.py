"""Admin URLs of a page."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from portal.editorial.records.translations import Basis


def edit_url(pk: int) -> str:
    return reverse("wagtailadmin_pages:edit", args=[pk])


def is_translation(key: str) -> Exists:
    """The annotation for `writing_url`. `key` is the field with the page's primary key."""
    return Exists(Basis.objects.filter(translation=OuterRef(key)))


def writing_url(pk: int, is_translation: bool) -> str:
    """The URL of a page's editor; for a translation, of the side-by-side editor."""
    return reverse("translate_page", args=[pk]) if is_translation else edit_url(pk)
