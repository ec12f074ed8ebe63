"""The endpoints of the API: pages, images, documents."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import override
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from wagtail.api.v2.filters import (
    AncestorOfFilter,
    ChildOfFilter,
    DescendantOfFilter,
    FieldsFilter,
    LocaleFilter,
    OrderingFilter,
    TranslationOfFilter,
)
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import BaseAPIViewSet, PagesAPIViewSet
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import CollectionViewRestriction, Page, ReferenceIndex

from portal.content.api.fields import APIField, RenditionsField
from portal.content.api.limits import RequestsPerMinute
from portal.content.serving.editions import Edition, edition_of, editions_of
from portal.content.visibility import below, unexpired

LARGEST_NUMBER = 1_000_000
NUMBERS = ("limit", "offset")


def public_pages(request: HttpRequest) -> QuerySet[Page]:
    """The site's public pages in all its languages."""
    edition = edition_of(request)
    here = below(home.path for home in edition.homes.values())
    pages = Page.objects.live().filter(here, unexpired(timezone.now())).exclude(below(edition.private_paths))
    return pages.select_related("locale").order_by("id")


class Endpoint(BaseAPIViewSet):
    """Serves everybody the same response. There is no authentication, so a session changes nothing."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    throttle_classes = [RequestsPerMinute]
    renderer_classes = [JSONRenderer]
    http_method_names = ["get", "head"]

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        for name, value in request.GET.items():
            if "\0" in name + value:
                raise BadRequestError(f"{name}: null characters are not allowed")
            if name in NUMBERS and len(value) > len(str(LARGEST_NUMBER)):
                raise BadRequestError(f"{name} cannot be higher than {LARGEST_NUMBER}")

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, ValidationError | ValueError | OverflowError):
            exc = BadRequestError("a parameter is invalid")
        return super().handle_exception(exc)


class PagesEndpoint(Endpoint, PagesAPIViewSet):
    # There is no search, because the site's own search depends on the language. There is no site filter, because the
    # host selects the site.
    filter_backends = [
        FieldsFilter,
        ChildOfFilter,
        AncestorOfFilter,
        DescendantOfFilter,
        OrderingFilter,
        TranslationOfFilter,
        LocaleFilter,
    ]
    known_query_parameters = PagesAPIViewSet.known_query_parameters - {
        "site",
        "search",
        "search_operator",
        "rich_text_format",
        "_",
        "format",
    }
    # An alias must not reveal which page of another site is its original.
    meta_fields = [name for name in PagesAPIViewSet.meta_fields if name != "alias_of"]

    def get_base_queryset(self) -> QuerySet[Page]:
        return public_pages(self.request)

    def edition_of(self, page: Page) -> Edition:
        editions = editions_of(self.request).values()
        return next(edition for edition in editions if page.path.startswith(edition.home.path))

    def detail_view(self, request: Any, pk: int) -> Response:
        edition = self.edition_of(self.get_object())
        with override(edition.language):
            return super().detail_view(request, pk)

    def find_object(self, queryset: QuerySet[Page], request: Any) -> Page | None:
        """Find a page by primary key or by `html_path`, its public URL path including the language."""
        if "html_path" in request.GET:
            language, _slash, rest = request.GET["html_path"].strip("/").partition("/")
            edition = editions_of(self.request).get(language)
            if edition is None:
                return None
            url_path = f"{edition.home.url_path}{rest}/" if rest else edition.home.url_path
            return queryset.filter(path__startswith=edition.home.path, url_path=url_path).first()
        return super().find_object(queryset, request)


class FilesEndpoint(Endpoint):
    """The public files that the site's public pages use."""

    filter_backends = [OrderingFilter]
    known_query_parameters = frozenset(["limit", "offset", "fields", "order"])
    # Omits the newsroom's tags and the URL of the original file, which is not public.
    meta_fields = ["type", "detail_url"]
    nested_default_fields = BaseAPIViewSet.nested_default_fields

    def get_queryset(self) -> QuerySet[Any]:
        pages = public_pages(self.request).order_by().annotate(key=Cast("pk", CharField())).values("key")
        uses = ReferenceIndex.objects.filter(
            base_content_type=ContentType.objects.get_for_model(Page),
            to_content_type=ContentType.objects.get_for_model(self.model),
            object_id__in=pages,
        )
        files = self.model.objects.annotate(key=Cast("pk", CharField()))
        for path in CollectionViewRestriction.objects.values_list("collection__path", flat=True):
            files = files.exclude(collection__path__startswith=path)
        return files.filter(key__in=uses.values("to_object_id")).order_by("id")


class ImagesEndpoint(FilesEndpoint):
    name = "images"
    model = get_image_model()
    body_fields = [*BaseAPIViewSet.body_fields, "title", APIField("picture", serializer=RenditionsField())]
    listing_default_fields = [*BaseAPIViewSet.listing_default_fields, "title"]


class DocumentsEndpoint(FilesEndpoint):
    name = "documents"
    model = get_document_model()
    body_fields = [*BaseAPIViewSet.body_fields, "title", "file_extension", "file_size", "url"]
    listing_default_fields = [*BaseAPIViewSet.listing_default_fields, "title", "url"]

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(is_gated=False)
