"""The least that Django can answer under this project's settings: what every other figure is compared with."""

from django.http import HttpRequest, HttpResponse

TEXT = b"<!doctype html><title>Constant</title><p>Always the same."


def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse(TEXT)
