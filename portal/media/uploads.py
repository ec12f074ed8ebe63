"""What becomes of an uploaded picture: drawn anew by a process of its own (`portal.media.drawing`)."""

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

# On a busy machine a process waits for its processor longer than it has it.
DEADLINE = 50
# Each may take some hundred MB, and a server has so much once rather than once for each thread.
_one_at_a_time = Lock()


class BrokenPictureError(Exception):
    """The picture cannot be decoded as a whole, or not with the memory and in the time that there is."""


class UnknownFormatError(BrokenPictureError):
    """The content of the file is in none of the formats that are taken, whatever it is called."""


@dataclass(frozen=True)
class PreparedPicture:
    """A file as it is kept, named for its format; `credit` is who made it, as the uploaded file said, or empty."""

    name: str
    content: bytes
    content_type: str
    credit: str


def prepare(file: IO[bytes], name: str, longest_side: int, most_bytes: int) -> PreparedPicture:
    """Draw the picture anew; raises BrokenPictureError or TooManyPixelsError."""
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


def drawn_anew(file: IO[bytes]) -> PreparedPicture:
    """The same picture, as large as it is, without what the file says beside it; raises what `prepare` raises."""
    return prepare(file, "", sys.maxsize, sys.maxsize)
