"""A file that one process at a time holds, and that is free again however this process ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from portal.backups.errors import BackupError


@contextmanager
def held(path: Path, otherwise: str) -> Iterator[IO[str]]:
    """The open file; raise BackupError with the sentence `otherwise` if another process holds it."""
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(otherwise) from error
        yield file
