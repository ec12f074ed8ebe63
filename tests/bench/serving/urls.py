"""The URLs of the portal and of the bench's views, for the bench only."""

from django.urls import path

from portal import urls
from tests.bench.serving.views import constant, count, empty

CONSTANT = "/bench-constant/"
COUNT = "bench-count/"
EMPTY = "bench-empty-page/"

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
urlpatterns = [
    path(CONSTANT.strip("/") + "/", constant),
    # These are in an edition, because the page lookup and the query depend on its language.
    path(f"<str:language>/{EMPTY}<path:path>", empty),
    path(f"<str:language>/{COUNT}", count),
    *urls.urlpatterns,
]
