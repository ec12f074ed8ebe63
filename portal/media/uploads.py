"""Redraws uploaded pictures in a separate process (`portal.media.drawing`)."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePath
from shutil import copyfileobj
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Lock
from typing import IO, Any

from django.conf import settings

from portal import bounded
from portal.media.drawing import TooManyPixelsError

# These are wall-clock seconds, which exceed CPU time on a busy machine.
DEADLINE = 50
# A process may use several hundred MB: too much for one per thread.
_one_at_a_time = Lock()


class BrokenPictureError(Exception):
    """The picture cannot be decoded completely, or not within the memory and time limits."""


class UnknownFormatError(BrokenPictureError):
    """The content of the file is not in an accepted format."""


@dataclass(frozen=True)
class PreparedPicture:
    """A file to store, named by its format. `credit` and `description` come from the uploaded file, or are empty."""

    name: str
    content: bytes
    content_type: str
    credit: str
    description: str


def prepare(file: IO[bytes], name: str, longest_side: int, max_bytes: int) -> PreparedPicture:
    """Redraw the picture. Raises BrokenPictureError or TooManyPixelsError."""
    with TemporaryFile() as copy:
        file.seek(0)
        copyfileobj(file, copy)
        copy.seek(0)
        return _picture(_drawn(copy, longest_side, max_bytes), name)


def prepare_all(
    pictures: Sequence[tuple[bytes, str]], longest_side: int, max_bytes: int
) -> list[PreparedPicture | None]:
    """Redraw pairs of a picture and its name; None for each picture that cannot be redrawn.

    They share a process, because a process takes longer to start than to redraw most pictures. If a picture crashes it,
    each picture gets its own process.
    """
    if not pictures:
        return []
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / str(number) for number in range(len(pictures))]
        for path, (content, _name) in zip(paths, pictures, strict=True):
            path.write_bytes(content)
        with TemporaryFile() as nothing:
            drawn = _drawn(nothing, longest_side, max_bytes, *map(str, paths))
    are_all_written = bool(drawn.getbuffer())
    found: list[PreparedPicture | None] = []
    for content, name in pictures:
        try:
            if are_all_written:
                found.append(_picture(drawn, name))
            else:
                found.append(prepare(BytesIO(content), name, longest_side, max_bytes))
        except (BrokenPictureError, TooManyPixelsError):
            found.append(None)
    return found


def _drawn(file: IO[bytes], longest_side: int, max_bytes: int, *paths: str) -> BytesIO:
    """The output of a process that redraws `file`, or the files at `paths`; empty if it was killed."""
    limits = {
        "longest_side": longest_side,
        "max_bytes": max_bytes,
        "max_pixels": settings.PICTURE_MAX_DECODED_PIXELS,
        "max_drafted": settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS,
    }
    arguments = [json.dumps(limits), *paths]
    with _one_at_a_time:
        written, is_whole = bounded.run("portal.media.drawing", *arguments, file=file, deadline=DEADLINE)
    return BytesIO(written if is_whole else b"")


def _picture(written: BytesIO, name: str) -> PreparedPicture:
    """The next picture in the process's output. Raises the errors of `prepare`."""
    facts: dict[str, Any] = json.loads(written.readline() or b"{}")
    content = written.read(facts.pop("length", 0))
    if "most" in facts:
        raise TooManyPixelsError(facts["pixels"], facts["most"])
    if "is_unknown" in facts:
        raise UnknownFormatError
    if not content:
        raise BrokenPictureError
    own_name = PurePath(name).stem + facts.pop("extension")
    return PreparedPicture(name=own_name, content=content, **facts)


def redraw(file: IO[bytes]) -> PreparedPicture:
    """Redraw the picture at its own size, without metadata. Raises the errors of `prepare`."""
    # Without a stem, the result would be named `.jpg`, in which Python sees no extension.
    return prepare(file, "picture", sys.maxsize, sys.maxsize)
