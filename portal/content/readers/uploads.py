"""Checks files that readers send: size, type by content, malware, and how much one source may send."""

import logging
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.content.readers.form_fields import one_line
from portal.content.readers.sources import source_of
from portal.media.file_types import is_of_type
from portal.media.scanning import ScanError, scanner
from portal.platform.rate_limits import RateLimit

BY_SOURCE = RateLimit("files-source", 60, timedelta(minutes=10))
BYTES_BY_SOURCE = RateLimit("files-bytes-source", 200 * 1024 * 1024, timedelta(minutes=10))

logger = logging.getLogger(__name__)


class ScansOfPost:
    """Scans the files of one post, none after the first failure: each may take as long as the time limit."""

    has_failed = False

    def scan(self, file: Any) -> str:
        if self.has_failed:
            raise ScanError("An earlier file of this post could not be scanned.")
        try:
            if (scan := scanner()) is None:
                raise ScanError("UPLOAD_SCANNER is empty.")
            found: Any = scan(file)
            if not isinstance(found, str):
                raise ScanError(f"The scanner returned {found!r}, which is no text.")
        except Exception:
            self.has_failed = True
            raise
        return found


def check_size(file: Any, max_bytes: int) -> None:
    """Raises ValidationError for an empty or too large file."""
    words = {"name": one_line(file.name)}
    if file.size > max_bytes:
        size = filesizeformat(max_bytes)
        raise ValidationError(_("“%(name)s” is larger than %(size)s.") % (words | {"size": size}))
    if not file.size:
        raise ValidationError(_("“%(name)s” is empty.") % words)


def check_content(file: Any, extensions: frozenset[str], scans: ScansOfPost) -> None:
    """Raises ValidationError for a file of another type, or one that is not known to be free of malware."""
    name = one_line(file.name)
    if not is_of_type(file, name, extensions):
        raise ValidationError(_("“%(name)s” is not one of the accepted types, or is damaged.") % {"name": name})
    try:
        found = scans.scan(file)
    except Exception as error:
        # Whatever fails, an unscanned file is not stored.
        logger.exception("A reader's file was refused, because it could not be scanned.")
        text = _("“%(name)s” could not be checked for malware, so it was not accepted. Please try again later.")
        raise ValidationError(text % {"name": name}) from error
    if found:
        logger.warning("A reader's file was refused: %s.", found)
        raise ValidationError(_("“%(name)s” contains malware and was not accepted.") % {"name": name})
    file.seek(0)


def may_send(request: HttpRequest, size: int) -> bool:
    """Count a file that will be stored; return whether its sender may add it."""
    source = source_of(request)
    return BY_SOURCE.allows(source) and BYTES_BY_SOURCE.allows(source, times=size)


def refusal(name: str) -> str:
    text = _("“%(name)s” cannot be accepted just now. Please try again in a quarter of an hour.")
    return text % {"name": name}
