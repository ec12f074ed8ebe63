"""Redraws an uploaded picture in a separate process (`portal.media.drawing`)."""

import json
import sys
from dataclasses import dataclass
from pathlib import PurePath
from shutil import copyfileobj
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

from django.conf import settings

from portal import bounded
from portal.media.drawing import TooManyPixelsError

# Wall-clock seconds, which exceed processor time on a busy machine.
DEADLINE = 50
# A process may use some hundred MB: too much for one in every thread.
_one_at_a_time = Lock()


class BrokenPictureError(Exception):
    """The picture cannot be decoded completely, or not within the limits of memory and time."""


class UnknownFormatError(BrokenPictureError):
    """The content of the file is not in an accepted format."""


@dataclass(frozen=True)
class PreparedPicture:
    """A file to store, named by its format; `credit` is the uploaded file's, or empty."""

    name: str
    content: bytes
    content_type: str
    credit: str


def prepare(file: IO[bytes], name: str, longest_side: int, most_bytes: int) -> PreparedPicture:
    """Redraw the picture; raises BrokenPictureError or TooManyPixelsError."""
    limits = {
        "longest_side": longest_side,
        "most_bytes": most_bytes,
        "most_pixels": settings.PICTURE_MAX_DECODED_PIXELS,
        "most_drafted": settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS,
    }
    with TemporaryFile() as copy:
        file.seek(0)
        copyfileobj(file, copy)
        copy.seek(0)
        with _one_at_a_time:
            written, is_whole = bounded.run("portal.media.drawing", json.dumps(limits), file=copy, deadline=DEADLINE)
    line, _newline, content = written.partition(b"\n")
    facts = json.loads(line) if is_whole else {}
    if "most" in facts:
        raise TooManyPixelsError(facts["pixels"], facts["most"])
    if "is_unknown" in facts:
        raise UnknownFormatError
    if not content:
        raise BrokenPictureError
    return PreparedPicture(PurePath(name).stem + facts["extension"], content, facts["content_type"], facts["credit"])


def redraw(file: IO[bytes]) -> PreparedPicture:
    """Redraw the picture in its own size, without metadata; raises the errors of `prepare`."""
    return prepare(file, "", sys.maxsize, sys.maxsize)
