"""Copies the files of all records from one storage to another. Can be repeated."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import Path

from django.apps import apps
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage
from django.db.models import FileField

from portal.media.stored import files_in

UNFINISHED = ".unfinished"


@dataclass
class MovedFiles:
    """File names by outcome."""

    copied: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    # The target has a newer file with different content, which is not overwritten.
    replaced_there: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def named_files() -> Iterator[str]:
    """Yield the file names of all records. Other files, such as share images, are not moved."""
    for model in apps.get_models():
        for each in model._meta.local_concrete_fields:
            if isinstance(each, FileField):
                yield from model._base_manager.exclude(**{each.name: ""}).values_list(each.name, flat=True)


def move(source: Storage, target: Storage, *, dry_run: bool) -> MovedFiles:
    """Copy the files without changing the source. May be interrupted at any time and run again."""
    found = MovedFiles()
    here, there = ({file.name: file for file in files_in(storage)} for storage in (source, target))
    for name in sorted(set(filter(None, named_files()))):
        if name not in here:
            (found.same if name in there else found.missing).append(name)
        elif name in there and content_hash(source, name) == content_hash(target, name):
            found.same.append(name)
        # An object storage stores times in whole seconds. Within the same second, its file counts as newer.
        elif name in there and there[name].modified >= here[name].modified.replace(microsecond=0):
            found.replaced_there.append(name)
        else:
            if not dry_run:
                copy_file(source, target, name)
            found.copied.append(name)
    return found


def content_hash(storage: Storage, name: str) -> str:
    if hasattr(storage, "fingerprint") and (fingerprint := storage.fingerprint(name)):
        return str(fingerprint)
    digest = md5(usedforsecurity=False)
    with storage.open(name) as file:
        for chunk in file.chunks():
            digest.update(chunk)
    return digest.hexdigest()


def copy_file(source: Storage, target: Storage, name: str) -> None:
    # An interruption would leave a partial file in a folder; an object storage writes atomically.
    in_folder = isinstance(target, FileSystemStorage)
    written = f"{name}{UNFINISHED}" if in_folder else name
    target.delete(written)
    with source.open(name) as file:
        if target.save(written, File(file, name)) != written:
            raise OSError(f"The storage did not accept the name {name}.")
    if isinstance(target, FileSystemStorage):
        Path(target.path(written)).replace(target.path(name))
