"""Sends a stored file as a response: itself, or by the proxy in front, which is told where the file lies."""

from mimetypes import guess_type
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from portal.media.drawing import EXTENSIONS

# Where the samples in deploy/ let the proxy find the folder of uploaded files, for nobody but the portal.
PROXY_PREFIX = "/-/files/"
BY_PORTAL, BY_ADDRESS, BY_PATH = "none", "X-Accel-Redirect", "X-Sendfile"
# Python 3.12 does not know all of them.
PICTURE_TYPES = {extension: f"image/{kind.lower()}" for kind, extension in EXTENSIONS.items()}


def type_of(name: str) -> str:
    """The content type that a file's name tells."""
    known = PICTURE_TYPES.get(PurePath(name).suffix.lower()) or guess_type(name)[0]
    return known or "application/octet-stream"


def file_response(
    storage: Storage, name: str, *, content_type: str = "", filename: str = "", as_attachment: bool = False
) -> HttpResponseBase:
    """Raise FileNotFoundError if the storage has no such file. Whether somebody may have it was asked before."""
    response: HttpResponseBase
    content_type = content_type or type_of(name)
    # Caddy would encode an encoded name once more, so the portal sends those few itself.
    if settings.SENDFILE_HEADER != BY_PORTAL and isinstance(storage, FileSystemStorage) and quote(name) == name:
        if not storage.exists(name):
            raise FileNotFoundError(name)
        response = HttpResponse(content_type=content_type)
        path = PROXY_PREFIX + name if settings.SENDFILE_HEADER == BY_ADDRESS else storage.path(name)
        response[settings.SENDFILE_HEADER] = path
    else:
        response = FileResponse(storage.open(name), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment, filename or PurePath(name).name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response


def stored_file_response(file: Any, **options: Any) -> HttpResponseBase:
    """The same for the file of a record."""
    return file_response(file.storage, file.name, **options)
