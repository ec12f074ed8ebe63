"""Views that serve renditions and documents: public ones to everybody, others to authorised users."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.admin.auth import require_admin_access
from wagtail.documents.models import document_served
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError
from wagtail.images.utils import verify_signature
from wagtail.images.views.serve import ServeView

from portal.content.files.access import may_see, may_use, not_found_response, prevent_caching
from portal.content.files.public_use import public_use
from portal.content.serving.editions import edition_of
from portal.media.models import Document, Image, Rendition
from portal.media.sending import file_response, stored_file_response

# Browsers cache a picture briefly. Shared caches revalidate each time and get 304 or 404.
PUBLIC_PICTURE = "public, max-age=600, s-maxage=0"
PUBLIC_DOCUMENT = "public, no-cache"
THUMBNAIL = "private, max-age=600"
NO_CONTENT = "default-src 'none'"
LONGEST_NAME = 255
HIGHEST_KEY = 2**63 - 1


def _file_or_404[F: (Image, Document)](request: HttpRequest, model: type[F], key: int) -> F:
    """The file, annotated with `is_in_public`, in one query. Raises Http404 if there is none."""
    condition = public_use(model, key, timezone.now(), edition_of(request).network_private_paths)
    file = model.objects.filter(pk=key).annotate(is_in_public=condition).first()
    if file is None:
        raise Http404
    return file


def render_again(image: Image, filter_spec: str) -> Rendition:
    """Render a missing rendition again, for example after a partial restore.

    Raises SourceImageIOError if the source file is missing too.
    """
    for rendition in image.renditions.filter(filter_spec=filter_spec):
        rendition.delete()
    return image.get_rendition(filter_spec)


class PictureView(ServeView):
    """Serves a rendition and creates it on first request, so that no page waits for its pictures.

    The signed URL contains image, size and format; its query string contains the file's version.
    """

    def get(self, request, signature, image_id, filter_spec):
        if not verify_signature(signature.encode(), image_id, filter_spec, key=self.key):
            raise Http404
        image = _file_or_404(request, Image, int(image_id))
        if not image.is_in_public:
            if not may_see(request, image, timezone.now()):
                return not_found_response(request)
            return prevent_caching(self.response(image, filter_spec))
        focus = image.get_focal_point()
        # The tag has no commas, because commas separate tags in `If-None-Match`.
        sides = "-".join(f"{side:g}" for side in (focus.left, focus.top, focus.right, focus.bottom))
        tag = f'"{image.file_hash}-{sides}-{filter_spec}"'
        response = get_conditional_response(request, etag=tag) or self.response(image, filter_spec)
        if response.status_code in (200, 304):
            response["ETag"], response["Cache-Control"] = tag, PUBLIC_PICTURE
        else:
            response["Cache-Control"] = "no-store"
        return response

    def response(self, image: Image, filter_spec: str) -> HttpResponseBase:
        try:
            try:
                return self.serve(image.get_rendition(filter_spec))
            except (FileNotFoundError, SourceImageIOError):
                return self.serve(render_again(image, filter_spec))
        except SourceImageIOError:
            return HttpResponse("Source image file not found", content_type="text/plain", status=410)
        except InvalidFilterSpecError:
            return HttpResponse(f"Invalid filter spec: {filter_spec}", content_type="text/plain", status=400)

    def serve(self, rendition):
        response = stored_file_response(rendition.file, request=self.request)
        response["Content-Security-Policy"] = NO_CONTENT
        return response


image_file = PictureView.as_view()


@require_safe
def document_file(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponseBase:
    if document_id > HIGHEST_KEY:
        raise Http404
    document = _file_or_404(request, Document, document_id)
    if document.filename != document_filename:
        raise Http404
    if document.collection.get_view_restrictions():
        # Only readers with the collection's password or an account get this response.
        return prevent_caching(_document_response(request, document))
    if document.is_in_public:
        response = _document_response(request, document)
        response["Cache-Control"] = PUBLIC_DOCUMENT
        return response
    if not may_see(request, document, timezone.now()):
        return not_found_response(request)
    return prevent_caching(_document_response(request, document))


def is_hidden_file(request: HttpRequest, address: str) -> bool:
    """Whether an address leads to a document or picture that this reader does not get."""
    try:
        found: Any = resolve(unquote(urlsplit(address).path))
    except (Resolver404, ValueError):
        return False
    files: Any = {document_file: (Document, "document_id"), image_file: (Image, "image_id")}
    if found.func not in files:
        return False
    model, key = files[found.func]
    try:
        file: Any = _file_or_404(request, model, int(found.kwargs[key]))
    except Http404:
        return True
    is_open = file.is_in_public or (model is Document and file.collection.get_view_restrictions())
    return not (is_open or may_see(request, file, timezone.now()))


def _document_response(request: HttpRequest, document: Document) -> HttpResponseBase:
    """The response of Wagtail's view for any storage, after its hooks have checked the collection's privacy."""
    for check in hooks.get_hooks("before_serve_document"):
        if isinstance(refusal := check(document, request), HttpResponseBase):
            return refusal
    document_served.send(sender=Document, instance=document, request=request)
    # None if the hash was never computed: GET requests do not store it.
    tag = f'"{document.file_hash}"' if document.file_hash else None
    response: HttpResponseBase | None = get_conditional_response(request, etag=tag) if tag else None
    try:
        response = response or stored_file_response(
            document.file,
            request=request,
            tag=tag,
            content_type=document.content_type,
            filename=document.filename,
            as_attachment=document.content_disposition != "inline",
        )
    except OSError as error:
        raise Http404 from error
    response["Content-Security-Policy"] = NO_CONTENT
    if tag:
        response["ETag"] = tag
    return response


@require_safe
@require_admin_access
def newsroom_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a file to its newsroom by storage name, such as a thumbnail in a list."""
    if "\0" in name or len(name) > LONGEST_NAME:
        raise Http404
    file: Image | Document | None
    if rendition := Rendition.objects.filter(file=name).select_related("image").first():
        file = rendition.image
    else:
        file = Image.objects.filter(file=name).first() or Document.objects.filter(file=name).first()
    if file is None or not may_use(request.user, file):
        raise Http404
    try:
        response = file_response(default_storage, name, as_attachment=not isinstance(file, Image))
    except OSError as error:
        if rendition is None:
            raise Http404 from error
        try:
            response = stored_file_response(render_again(rendition.image, rendition.filter_spec).file)
        except SourceImageIOError as lost:
            raise Http404 from lost
    response["Cache-Control"] = THUMBNAIL
    return response
