"""Detects pictures and documents whose file is missing. Pages still work; requests for the file get 410."""

from collections.abc import Collection
from itertools import chain

from django.core.files.storage import default_storage

from portal.content.records.trash import DeletedRecord
from portal.media.models import Document, Image
from portal.media.stored import files_in
from portal.platform.records.maintenance import MISSING_FILES, MaintenanceRun


def look_for_missing_files() -> list[str]:
    """Return the names of referenced files that do not exist, and record their number for the status page."""
    # A bucket is listed a thousand files at a time; files in a folder are checked one by one.
    known: Collection[str] = ()
    if hasattr(default_storage, "files"):
        known = {file.name for file in files_in(default_storage)}
    # Renditions are left out, because they are generated again on request.
    models = (Image, Document, DeletedRecord)
    named = set(chain.from_iterable(model.objects.values_list("file", flat=True) for model in models))
    missing = sorted(name for name in named if name and name not in known and not default_storage.exists(name))
    facts = {"count": len(missing), "name": missing[0]} if missing else {}
    MaintenanceRun.note(MISSING_FILES, not missing, **facts)
    return missing
