"""Admin addresses of a page."""

from django.urls import reverse


def edit_url(pk: int) -> str:
    return reverse("wagtailadmin_pages:edit", args=[pk])
