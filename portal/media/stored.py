"""The files in the storage of uploaded files, and the error of an object storage."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.files.storage import Storage


class StorageUnavailableError(Exception):
    """The object storage does not respond, or refuses.

    It is no OSError, which code interprets as a missing file.
    """


@dataclass(frozen=True)
class StoredFile:
    name: str
    size: int
    modified: datetime


def files_in(storage: Storage, folder: str = "") -> Iterator[StoredFile]:
    """Every file, in the order of folders; a file that is deleted meanwhile is left out."""
    if hasattr(storage, "files"):
        # An object storage lists a thousand at once, with sizes and times; file by file would take hours.
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
