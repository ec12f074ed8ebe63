"""The views that serve renditions and documents."""

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

from portal.media.embargo_access import may_see_embargoed, not_found_response, prevent_caching
from portal.media.models import Document, Image

YEAR = 31_536_000
LONGEST_NAME = 255
HIGHEST_KEY = 2**63 - 1


class PictureView(ServeView):
    """Serves a rendition, which is created at its first request, so that no page waits for its pictures.

    The signed URL contains image, size and format; its query contains the file's version, so it can be cached for ever.
    """

    def get(self, request, signature, image_id, filter_spec):
        if not verify_signature(signature.encode(), image_id, filter_spec, key=self.key):
            raise Http404
        embargoed = Image.objects.filter(pk=image_id, embargoed_until__gt=timezone.now()).first()
        if embargoed and not may_see_embargoed(request, embargoed):
            return not_found_response(request)
        response = super().get(request, signature, image_id, filter_spec)
        if embargoed:
            return prevent_caching(response)
        # Wagtail's own header says one hour, even if the original is missing.
        response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if response.status_code == 200 else "no-store"
        return response

    def serve(self, rendition):
        response = super().serve(rendition)
        response["Content-Length"] = rendition.file.size
        return response


image_file = PictureView.as_view()


@require_safe
def rendition_file(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """Serve a rendition by its file name, for thumbnails in the admin; never an original file or a document."""
    parts = PurePosixPath(name).parts
    if parts[:1] != ("images",) or ".." in parts or "\0" in name or len(name) > LONGEST_NAME:
        raise Http404
    embargoed = Image.objects.filter(embargoed_until__gt=timezone.now(), renditions__file=name).first()
    if embargoed and not may_see_embargoed(request, embargoed):
        return not_found_response(request)
    response = serve_file(request, name, document_root=str(settings.MEDIA_ROOT))
    if embargoed:
        return prevent_caching(response)
    patch_cache_control(response, max_age=3600, public=True)
    return response


@require_safe
def document_file(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponse | FileResponse:
    """Serve a document by Wagtail's view, which checks the privacy of its collection."""
    if document_id > HIGHEST_KEY:
        raise Http404
    embargoed = Document.objects.filter(pk=document_id, embargoed_until__gt=timezone.now()).first()
    if embargoed and not may_see_embargoed(request, embargoed):
        return not_found_response(request)
    response = serve_document(request, document_id, document_filename)
    return prevent_caching(response) if embargoed else response
