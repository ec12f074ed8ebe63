"""The newsroom page that shows the manual."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import get_language

from portal.editorial.manual.documents import EDITIONS, manual


def manual_view(request: HttpRequest, language: str = "") -> HttpResponse:
    """Show the manual in the requested language, or else in the newsroom's."""
    if language and language not in EDITIONS:
        raise Http404
    spoken = language or (get_language() or "").split("-")[0]
    edition = manual(spoken if spoken in EDITIONS else settings.LANGUAGE_CODE)
    names = [(code, name) for code, name in settings.LANGUAGES if code in EDITIONS]
    return TemplateResponse(request, "editorial/manual.html", {"manual": edition, "languages": names})


URLS = [
    path("manual/", manual_view, name="manual"),
    path("manual/<slug:language>/", manual_view, name="manual"),
]
