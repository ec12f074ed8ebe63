"""Folders of a site's files: Wagtail's collections below the site's own, which its administrators keep."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from wagtail.admin.forms.collections import CollectionViewRestrictionForm
from wagtail.admin.views import collection_privacy, collections

from portal.content.readers.shared_passwords import KeepsPassword


class FolderPrivacyForm(KeepsPassword, CollectionViewRestrictionForm):
    pass


# The view is a function that makes its form by this name.
collection_privacy.CollectionViewRestrictionForm = FolderPrivacyForm


class FolderEditView(collections.Edit):
    def get_template_names(self) -> list[str]:
        # Without the switch for privacy.
        return (
            ["wagtailadmin/generic/edit.html"] if not self.request.user.is_superuser else super().get_template_names()
        )


def for_network_administrators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Around Wagtail's privacy of a collection, which whoever may rename folders could set for the site's own."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
