"""Folders of a site's files: Wagtail collections below the site's own."""

from wagtail.admin.forms.collections import CollectionViewRestrictionForm
from wagtail.admin.views import collection_privacy, collections

from portal.content.readers.shared_passwords import KeepsPassword


class FolderPrivacyForm(KeepsPassword, CollectionViewRestrictionForm):
    pass


# Wagtail's view is a function that looks up its form class in this module.
collection_privacy.CollectionViewRestrictionForm = FolderPrivacyForm


class FolderEditView(collections.Edit):
    def get_template_names(self) -> list[str]:
        # Omits Wagtail's privacy setting.
        return (
            ["wagtailadmin/generic/edit.html"] if not self.request.user.is_superuser else super().get_template_names()
        )
