"""The response for a non-public document."""

from django.http import Http404
from django.http.response import HttpResponseBase

from portal.media.models import Document
from portal.media.sending import stored_file_response


def document_response(document: Document) -> HttpResponseBase:
    """Return the file as a download that no cache may store, no search engine index and no page embed."""
    try:
        response = stored_file_response(
            document.file, content_type=document.content_type, filename=document.filename, as_attachment=True
        )
    except OSError as error:
        raise Http404 from error
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["Referrer-Policy"] = "no-referrer"
    return response
