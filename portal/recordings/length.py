"""Reads how long an audio or video file is, in its own process: the file may be hostile.

Run as `python -m portal.recordings.length mp3`, with the file as standard input. It prints the seconds, or nothing.
"""

import sys
from io import BufferedReader
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO

from tinytag import TinyTag, TinyTagException

from portal import bounded

MEMORY, CPU_SECONDS, DEADLINE = 256 * 1024 * 1024, 5, 10
# A file without a length, such as a film in WebM, has one that the editor types.
LONGEST = 24 * 60 * 60


def seconds_in(file: IO[bytes], extension: str) -> int | None:
    """The length of a recording in seconds; None if the file does not say it, or cannot be read."""
    with TemporaryFile() as copy:
        file.seek(0)
        copyfileobj(file, copy)
        file.seek(0)
        copy.seek(0)
        written, is_whole = bounded.run("portal.recordings.length", extension, file=copy, deadline=DEADLINE)
    seconds = int(written) if is_whole and written.strip().isdigit() else 0
    return seconds if 0 < seconds < LONGEST else None


def main(extension: str, file: BufferedReader) -> None:
    bounded.limit_this_process(MEMORY, CPU_SECONDS)
    try:
        found = TinyTag.get(filename=f"file.{extension}", file_obj=file, tags=False)
    except TinyTagException:
        return
    if found.duration:
        sys.stdout.write(str(round(found.duration)))


if __name__ == "__main__":
    main(sys.argv[1], open(0, "rb"))  # noqa: SIM115 - standard input, which can be positioned
