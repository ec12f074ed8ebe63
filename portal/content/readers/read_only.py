"""Refuses what people send while the installation is read-only, with a page that repeats their texts."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_from_path, override

from portal.content.serving.editions import edition_of
from portal.content.serving.middleware import is_in_newsroom
from portal.platform.middleware import Middleware
from portal.platform.records.maintenance import SchedulerPause

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
# Seconds after which a program may try again.
RETRY_AFTER = 300
# Names of fields that people do not write, or that must not be shown.
HIDDEN = ("csrf", "token", "password", "code", "next", "stamp")
SHORTEST = 3


class ReadOnly(Middleware):
    """Reading costs no query: only requests that may write look for the state."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE or (state := SchedulerPause.read_only()) is None:
            return self.get_response(request)
        edition = edition_of(request)
        language = get_language_from_path(request.path_info) or edition.language
        # The newsroom's editor has its own copy of a text.
        texts = [] if is_in_newsroom(request) else _texts(request)
        context = {"status": 503, "why": state.why, "texts": texts}
        with override(language if language in dict(settings.LANGUAGES) else edition.language):
            response = render(request, "errors/read_only.html", context, status=503)
        response["Retry-After"] = str(RETRY_AFTER)
        response["Cache-Control"] = "no-store"
        return response


def _texts(request: HttpRequest) -> list[str]:
    """What somebody has typed into a form, in its order."""
    found = [
        value.strip()
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in HIDDEN)
        for value in values
    ]
    return [text for text in found if len(text) >= SHORTEST and any(letter.isalpha() for letter in text)]
