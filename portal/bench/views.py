"""The constant view: the cheapest response under this project's settings, with which all pages are compared."""

from django.http import HttpRequest, HttpResponse

TEXT = b"<!doctype html><title>Constant</title><p>Always the same."


def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse(TEXT)
