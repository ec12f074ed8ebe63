"""Finds the pictures and documents whose own file is gone: no page fails for it, and readers get 410."""

from collections.abc import Collection
from itertools import chain

from django.core.files.storage import default_storage

from portal.media.models import Document, Image
from portal.media.stored import files_in
from portal.platform.records.maintenance import MISSING_FILES, MaintenanceRun


def look_for_missing_files() -> list[str]:
    """The names of files that records name and the storage lacks, noted for the status."""
    # A folder is asked file by file; a bucket tells a thousand at a time.
    known: Collection[str] = ()
    if hasattr(default_storage, "files"):
        known = {file.name for file in files_in(default_storage)}
    # Renditions are made anew when they are asked for.
    named = set(chain.from_iterable(model.objects.values_list("file", flat=True) for model in (Image, Document)))
    missing = sorted(name for name in named if name and name not in known and not default_storage.exists(name))
    facts = {"count": len(missing), "name": missing[0]} if missing else {}
    MaintenanceRun.note(MISSING_FILES, not missing, **facts)
    return missing
