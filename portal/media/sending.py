"""Sends a stored file as a response: its content, or its path for the proxy in front."""

import re
from collections.abc import Iterator
from mimetypes import guess_type
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from portal.media.drawing import EXTENSIONS

# The internal location of uploaded files in the proxy samples of deploy/.
PROXY_PREFIX = "/-/files/"
# A single range. A request for several gets the whole file.
ONE_RANGE = re.compile(r"bytes=(?=-?\d)(\d{0,15})-(\d{0,15})", re.IGNORECASE)
PIECE = 64 * 1024
BY_PORTAL, BY_ADDRESS, BY_PATH = "none", "X-Accel-Redirect", "X-Sendfile"
# Python 3.12 lacks some of them.
PICTURE_TYPES = {extension: f"image/{kind.lower()}" for kind, extension in EXTENSIONS.items()}


def content_type_of(name: str) -> str:
    return PICTURE_TYPES.get(PurePath(name).suffix.lower()) or guess_type(name)[0] or "application/octet-stream"


def file_response(
    storage: Storage,
    name: str,
    *,
    request: HttpRequest | None = None,
    tag: str | None = None,
    content_type: str = "",
    filename: str = "",
    as_attachment: bool = False,
) -> HttpResponseBase:
    """The response for a file, without a permission check. Raises FileNotFoundError.

    With `request`, HEAD and range requests read no more than necessary. `tag` is the ETag that the caller will set.
    """
    response: HttpResponseBase
    content_type = content_type or content_type_of(name)
    # Caddy would encode an encoded name again, so the portal sends such a file itself. The proxy does not know the ETag
    # in `If-Range` either: it would answer a player that jumps with the whole file.
    is_proxied = settings.SENDFILE_HEADER != BY_PORTAL and isinstance(storage, FileSystemStorage)
    if is_proxied and quote(name) == name and not (request and "If-Range" in request.headers):
        if not storage.exists(name):
            raise FileNotFoundError(name)
        response = HttpResponse(content_type=content_type)
        path = PROXY_PREFIX + name if settings.SENDFILE_HEADER == BY_ADDRESS else storage.path(name)
        response[settings.SENDFILE_HEADER] = path
    else:
        response = _by_portal(storage, name, content_type, request, tag)
    response["Content-Disposition"] = content_disposition_header(as_attachment, filename or PurePath(name).name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _by_portal(
    storage: Storage, name: str, content_type: str, request: HttpRequest | None, tag: str | None
) -> HttpResponseBase:
    if request is None:
        return FileResponse(storage.open(name), content_type=content_type)
    byte_range = request.headers.get("Range", "") if request.headers.get("If-Range") in (None, tag) else ""
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
        response["Content-Length"] = str(storage.size(name))
    elif match := ONE_RANGE.fullmatch(byte_range):
        size = storage.size(name)
        part = _part(match[1], match[2], size)
        if not part:
            response = HttpResponse(status=416, content_type=content_type)
            response["Content-Range"] = f"bytes */{size}"
            return response
        response = StreamingHttpResponse(_read(storage, name, part), status=206, content_type=content_type)
        response["Content-Length"] = str(len(part))
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    else:
        response = FileResponse(storage.open(name), content_type=content_type)
    response["Accept-Ranges"] = "bytes"
    return response


def _part(first: str, last: str, size: int) -> range:
    """The requested bytes (RFC 9110, section 14.1.2); empty if there are none."""
    if first:
        return range(int(first), min(int(last) + 1 if last else size, size))
    return range(max(0, size - int(last)), size) if last else range(0)


def _read(storage: Storage, name: str, part: range) -> "Pieces":
    """Open the file before the response starts, so that a missing file raises an error in time."""
    if hasattr(storage, "fetch"):
        return Pieces(storage.fetch(name, part), len(part))
    file = storage.open(name)
    file.seek(part.start)
    return Pieces(file, len(part))


class Pieces:
    """The next bytes of a file, which the response closes."""

    def __init__(self, file: Any, left: int):
        self.file, self.left = file, left
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        while self.left and (piece := self.file.read(min(self.left, PIECE))):
            self.left -= len(piece)
            yield piece


def stored_file_response(file: Any, **options: Any) -> HttpResponseBase:
    return file_response(file.storage, file.name, **options)
