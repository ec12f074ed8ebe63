"""How a document that is not for everyone is handed over."""

from django.http import FileResponse, Http404

from portal.media.models import Document


def handed_over(document: Document) -> FileResponse:
    """The file for this one request: kept by no cache, found by no search engine, opened in no page of ours."""
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
