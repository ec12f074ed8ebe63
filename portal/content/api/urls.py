"""The URLs of the API and the cache lifetime of its responses."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.urls import path
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.utils.urlpatterns import decorate_urlpatterns

from portal.content.api.description import openapi
from portal.content.api.endpoints import DocumentsEndpoint, ImagesEndpoint, PagesEndpoint

MINUTE = 60

router = WagtailAPIRouter("api")
router.register_endpoint("pages", PagesEndpoint)
router.register_endpoint("images", ImagesEndpoint)
router.register_endpoint("documents", DocumentsEndpoint)


def cached_for_a_minute(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let caches store a successful response for a minute, add an ETag, and let scripts of any origin read it."""

    @wraps(view)
    def cached(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        if hasattr(response, "render"):
            response.render()
        response["Access-Control-Allow-Origin"] = "*"
        if response.status_code != 200:
            response["Cache-Control"] = "no-store"
            return response
        patch_cache_control(response, public=True, max_age=MINUTE)
        set_response_etag(response)
        # The ETag is weak, because the same content is sent in several encodings.
        response["ETag"] = f"W/{response['ETag']}"
        return get_conditional_response(request, etag=response["ETag"], response=response)

    return cached


patterns = decorate_urlpatterns(router.get_urlpatterns(), cached_for_a_minute)
urlpatterns = ([*patterns, path("openapi.json", cached_for_a_minute(openapi), name="openapi")], "api")
