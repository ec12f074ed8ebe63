"""Checks captions in the format WebVTT (w3.org/TR/webvtt1)."""

import re
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

MOST_BYTES = 1024 * 1024
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?", re.ASCII)
# Blocks that are not cues. Only comments may follow the first cue.
_OTHERS = ("NOTE", "STYLE", "REGION")


class CaptionsError(ValueError):
    """The captions cannot be used. The message is for editors and names the line."""


@dataclass(frozen=True)
class Cue:
    """A passage of the captions, from `start` to `end` in seconds."""

    start: float
    end: float
    text: str


def read_captions(content: bytes) -> list[Cue]:
    """The cues of a WebVTT file, in order. Raises CaptionsError."""
    if len(content) > MOST_BYTES:
        raise CaptionsError(_("Captions have at most 1 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CaptionsError(_("The captions are not UTF-8: save them with this encoding.")) from error
    lines = re.split("\r\n|\r|\n", text)
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise CaptionsError(_("These are no captions in the format WebVTT: their first line is WEBVTT."))
    cues: list[Cue] = []
    for number, block in _blocks(lines):
        if number > 1 and (cue := _cue(number, block)):
            if cues and cue.start < cues[-1].start:
                raise CaptionsError(_("Line %(line)d: this passage begins before the one above it.") % {"line": number})
            cues.append(cue)
    if not cues:
        raise CaptionsError(_("The captions are empty."))
    return cues


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """The blocks between empty lines, each with the number of its first line."""
    numbered = groupby(enumerate(lines, 1), key=lambda line: bool(line[1]))
    groups = [list(group) for is_block, group in numbered if is_block]
    return [(group[0][0], [line for _number, line in group]) for group in groups]


def _cue(number: int, block: list[str]) -> Cue | None:
    """The cue of a block; None for a comment, a style or a region."""
    if "-->" not in block[0]:
        if block[0].split(maxsplit=1)[:1] and block[0].split(maxsplit=1)[0] in _OTHERS:
            return None
        # The first line is the name of the cue.
        number, block = number + 1, block[1:]
    found = _TIMING.fullmatch(block[0].strip()) if block else None
    if not found:
        text = _("Line %(line)d: the times of a passage look like 00:01:05.000 --> 00:01:09.500.")
        raise CaptionsError(text % {"line": number})
    start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
    if end <= start:
        raise CaptionsError(_("Line %(line)d: this passage ends before it begins.") % {"line": number})
    return Cue(start, end, "\n".join(block[1:]))


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000
