"""New files and folders that get their final names once they are complete."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from django.core.management.base import CommandError


def unfinished_name(to: Path) -> Path:
    return to.with_name(f"{to.name}.unfinished")


@contextmanager
def new_folder(to: Path) -> Iterator[Path]:
    """A folder to write into; raises CommandError if `to` exists, unless it is an empty folder."""
    to = to.absolute()
    if to.is_symlink() or to.is_file() or (to.is_dir() and any(to.iterdir())):
        raise CommandError(f"{to} exists and is not empty: name another folder.")
    unfinished = unfinished_name(to)
    try:
        unfinished.mkdir(mode=0o755)
    except FileExistsError as error:
        raise CommandError(f"{unfinished} is left of another export: delete it, or wait for its end.") from error
    try:
        yield unfinished
        unfinished.replace(to)
    finally:
        rmtree(unfinished, ignore_errors=True)


@contextmanager
def new_file(to: Path) -> Iterator[Path]:
    """The path of a file to write; raises CommandError if `to` exists."""
    to = to.absolute()
    if to.exists() or to.is_symlink():
        raise CommandError(f"{to} exists already: name another file.")
    unfinished = unfinished_name(to)
    try:
        unfinished.touch(exist_ok=False)
    except FileExistsError as error:
        raise CommandError(f"{unfinished} is left of another export: delete it, or wait for its end.") from error
    try:
        yield unfinished
        unfinished.rename(to)
    finally:
        unfinished.unlink(missing_ok=True)
