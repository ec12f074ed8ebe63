"""What the storage of uploaded files holds, and the fault that all who use it must know."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.files.storage import Storage


class StorageUnavailableError(Exception):
    """The object storage does not answer, or refuses.

    It is no OSError: whoever catches those takes a file for missing, which it is not.
    """


@dataclass(frozen=True)
class StoredFile:
    name: str
    size: int
    modified: datetime


def files_in(storage: Storage, folder: str = "") -> Iterator[StoredFile]:
    """Every file, in the order of its folders; one that is deleted meanwhile is left out."""
    if hasattr(storage, "files"):
        # It answers by a thousand, with sizes and times; asked file by file, an object storage would take hours.
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
