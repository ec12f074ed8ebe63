"""The response for a document that is not public."""

from django.http import FileResponse, Http404

from portal.media.models import Document


def document_response(document: Document) -> FileResponse:
    """Return the file as a download that no cache stores, no search engine indexes and no page of the site embeds."""
    try:
        content = document.file.open("rb")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=document.filename, content_type=document.content_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    return response
