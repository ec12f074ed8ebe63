"""Lists and sweeps the files in a storage of uploaded files, and defines the error of an object storage."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import Storage, default_storage
from django.db.models import QuerySet


class StorageUnavailableError(Exception):
    """The object storage does not respond, or refuses a request.

    This is not an OSError, because callers would interpret that as a missing file.
    """


@dataclass(frozen=True)
class StoredFile:
    name: str
    size: int
    modified: datetime


def names_in(storage: Storage, folder: str) -> list[str]:
    """The names of the files in a folder; none if it does not exist. In an object storage, no folder exists."""
    try:
        return storage.listdir(folder)[1]
    except FileNotFoundError:
        return []


def delete_files_without_a_row(folder: str, rows: QuerySet[Any], before: datetime) -> None:
    """Delete files that the storage, unavailable at that time, did not delete with their row. `rows` have a `file`."""
    for name in names_in(default_storage, folder):
        path = f"{folder}/{name}"
        try:
            is_old = default_storage.get_modified_time(path) < before
        except FileNotFoundError:
            # Deleted meanwhile.
            continue
        if is_old and not rows.filter(file=path).exists():
            default_storage.delete(path)


def files_in(storage: Storage, folder: str = "") -> Iterator[StoredFile]:
    """Yield every file, folder by folder, except those deleted meanwhile."""
    if hasattr(storage, "files"):
        # An object storage lists a thousand files at once, with sizes and times; one by one would take hours.
        yield from storage.files()
        return
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    for name in sorted(names):
        try:
            yield StoredFile(prefix + name, storage.size(prefix + name), storage.get_modified_time(prefix + name))
        except FileNotFoundError:
            continue
    for each in sorted(folders):
        yield from files_in(storage, prefix + each)
