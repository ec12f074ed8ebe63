"""The URLs of the portal and of the constant view, for the bench only."""

from django.urls import path

from portal import urls
from portal.bench.views import constant

CONSTANT = "/bench-constant/"

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
urlpatterns = [path(CONSTANT.strip("/") + "/", constant), *urls.urlpatterns]
