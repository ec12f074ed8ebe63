"""How pictures and documents reach a reader."""

from pathlib import PurePosixPath

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve as serve_file
from wagtail.documents.views.serve import serve as serve_document
from wagtail.images.utils import verify_signature
from wagtail.images.views.serve import ServeView

from portal.media.models import Document, Image
from portal.media.withholding import keep_to_newsroom, may_see_withheld, not_there

YEAR = 31_536_000
LONGEST_NAME = 255
HIGHEST_KEY = 2**63 - 1


class PictureView(ServeView):
    """A rendition, made when a browser first asks for it; so no page waits for its pictures to be made.

    The signed address names image, size and format; its query names the file's version, so it can be kept for ever.
    """

    def get(self, request, signature, image_id, filter_spec):
        if not verify_signature(signature.encode(), image_id, filter_spec, key=self.key):
            raise Http404
        withheld = Image.objects.filter(pk=image_id, withheld_until__gt=timezone.now()).first()
        if withheld and not may_see_withheld(request, withheld):
            return not_there(request)
        response = super().get(request, signature, image_id, filter_spec)
        if withheld:
            return keep_to_newsroom(response)
        # Wagtail's own header says an hour, of a missing original as well.
        response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if response.status_code == 200 else "no-store"
        return response

    def serve(self, rendition):
        response = super().serve(rendition)
        response["Content-Length"] = rendition.file.size
        return response


image_file = PictureView.as_view()


@require_safe
def rendition_file(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """A rendition by its file name, for the newsroom's thumbnails; originals and documents are never served so."""
    parts = PurePosixPath(name).parts
    if parts[:1] != ("images",) or ".." in parts or "\0" in name or len(name) > LONGEST_NAME:
        raise Http404
    withheld = Image.objects.filter(withheld_until__gt=timezone.now(), renditions__file=name).first()
    if withheld and not may_see_withheld(request, withheld):
        return not_there(request)
    response = serve_file(request, name, document_root=str(settings.MEDIA_ROOT))
    if withheld:
        return keep_to_newsroom(response)
    patch_cache_control(response, max_age=3600, public=True)
    return response


@require_safe
def document_file(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponse | FileResponse:
    """A document, as Wagtail serves it: its collection may ask for a password."""
    if document_id > HIGHEST_KEY:
        raise Http404
    withheld = Document.objects.filter(pk=document_id, withheld_until__gt=timezone.now()).first()
    if withheld and not may_see_withheld(request, withheld):
        return not_there(request)
    response = serve_document(request, document_id, document_filename)
    return keep_to_newsroom(response) if withheld else response
