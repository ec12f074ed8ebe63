"""Checks an archive before anything is written: its version and languages, and the permissions it grants.

This does not detect forgery: checksums prove only that the file is intact.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Model, UUIDField
from wagtail.models import GroupSitePermission

from portal.platform.status.installation import parts
from portal.sites.data.errors import TransferError
from portal.sites.data.rows import Row
from portal.sites.data.rules import exported_models, rule_of
from portal.sites.data.scope import GENERAL_PERMISSIONS
from portal.sites.transfer.archive import Archive
from portal.sites.transfer.exporting import fields_of, is_of_sites


class Check:
    """Reads all rows of an archive once. `identities` then has the UUIDs that its rows have in every installation."""

    def __init__(self, archive: Archive):
        self.archive = archive
        self.identities: set[str] = set()

    def run(self) -> None:
        manifest = self.archive.manifest
        known = {model._meta.label: fields_of(model) for model in exported_models()}
        for label, names in manifest["fields"].items():
            if known.get(label) != names:
                theirs, ours = manifest["versions"]["portal"], parts()["portal"]
                raise TransferError(
                    f"The file was exported by version {theirs} of the portal, whose {label} has other columns than "
                    f"here (version {ours}). Upgrade both installations to the same version, then export again."
                )
        for home in manifest["homes"]:
            if home["language"] not in dict(settings.LANGUAGES):
                raise TransferError(f"The site has the language {home['language']}, which is not in LANGUAGES here.")
        for model in self.models():
            for row in self.archive.rows(model._meta.label):
                self._note(model, row)

    def models(self) -> Iterator[type[Model]]:
        labels = set(self.archive.labels())
        return (model for model in exported_models() if model._meta.label in labels)

    def _note(self, model: type[Model], row: Row) -> None:
        key = row.get(model._meta.pk.name)
        is_of_network = rule_of(model).shared and isinstance(key, int) and key < 0
        for field in model._meta.local_concrete_fields if not is_of_network else ():
            if isinstance(field, UUIDField) and (field.unique or field.name == "translation_key"):
                self.identities.add(row[field.name])
        if model._meta.label == "auth.Group_permissions":
            app, _model, codename = row["permission"]
            if (app, codename) not in GENERAL_PERMISSIONS:
                raise TransferError(f"The file gives a group the permission {codename!r:.60} for all sites.")
        if model is GroupSitePermission and not is_of_sites(*row["permission"]):
            raise TransferError(
                f"The file gives a group the permission {row['permission'][2]!r:.60}, which is not limited to a site."
            )
