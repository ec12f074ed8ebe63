"""Admin addresses of a page."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from portal.editorial.records.translations import Basis


def edit_url(pk: int) -> str:
    return reverse("wagtailadmin_pages:edit", args=[pk])


def is_translation(key: str) -> Exists:
    """The annotation that `writing_url` asks for; `key` names the key of the page in the row."""
    return Exists(Basis.objects.filter(translation=OuterRef(key)))


def writing_url(pk: int, is_translation: bool) -> str:
    """Where somebody goes on writing: beside the original, if the page is a translation."""
    return reverse("translate_page", args=[pk]) if is_translation else edit_url(pk)
