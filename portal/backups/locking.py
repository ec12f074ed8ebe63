"""What one process at a time does: a file that it holds, and a folder whose content ends with it."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

from portal.backups.errors import BackupError


@contextmanager
def held(path: Path, otherwise: str) -> Iterator[IO[str]]:
    """The open file; raise BackupError with the sentence `otherwise` if another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(otherwise) from error
        yield file


@contextmanager
def scratch(kind: str, otherwise: str) -> Iterator[Path]:
    """An empty folder in `DATA_DIR`; raise BackupError with the sentence `otherwise` if another process has it.

    What a killed process has left in it, such as a dump in the clear, is deleted by the next.
    """
    root = settings.DATA_DIR / "scratch"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with held(root / f"{kind}.lock", otherwise):
        folder = root / kind
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
