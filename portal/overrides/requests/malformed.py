"""Responds to malformed requests on which Wagtail's views would fail."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's views answer malformed requests with 400.

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.db.models import ProtectedError, RestrictedError
from django.forms.formsets import ORDERING_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.translation import gettext as _
from wagtail.admin.localization import get_localized_response

from portal.overrides.requests.rich_text import MalformedTextError

logger = logging.getLogger(__name__)

# A date or number out of range. PostgreSQL and SQLite raise different errors.
BEYOND = (DataError, OverflowError)
# A missing field.
MALFORMED = (*BEYOND, MultiValueDictKeyError, MalformedTextError, UnicodeEncodeError)
# The messages of Django and Python for text that is not a number.
NO_NUMBERS = ("expected a number but got", "invalid literal for int()")

# PostgreSQL's SQLSTATE.
UNIQUE_VIOLATION = "23505"

View = Callable[..., HttpResponse]


class MalformedRequests:
    """Middleware: respond with a 4xx status if a newsroom view fails because of the request.

    400 if the request is malformed, 404 if a number in its URL is out of range. 409 if somebody deletes a record in
    use, or saves a unique value twice.
    """

    def __init__(self, get_response: View):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        if isinstance(error, ProtectedError | RestrictedError):
            return get_localized_response(still_used, request)
        if isinstance(error, IntegrityError) and _is_duplicate(error):
            logger.warning("Saved twice by %s: %s", request.path, error)
            return get_localized_response(saved_already, request)
        if request.method in ("GET", "HEAD") and isinstance(error, BEYOND):
            return get_localized_response(beyond, request)
        if not _is_malformed(request, error):
            return None
        logger.warning("Malformed request to %s: %s: %s", request.path, type(error).__name__, error)
        return get_localized_response(malformed, request)


def _is_malformed(request: HttpRequest, error: Exception) -> bool:
    if isinstance(error, NoReverseMatch):
        # Wagtail treats a `next` that is not a path as a view name.
        wanted = request.POST.get("next") or request.GET.get("next") or "/"
        return not wanted.startswith("/")
    if isinstance(error, KeyError) and error.args == (ORDERING_FIELD_NAME,):
        # The request has fewer rows than its management form says.
        return True
    if isinstance(error, ValidationError) and not hasattr(error, "error_dict") and error.code == "invalid":
        # A row's key is invalid.
        return True
    return isinstance(error, MALFORMED) or (
        isinstance(error, ValueError) and any(words in str(error) for words in NO_NUMBERS)
    )


def _is_duplicate(error: IntegrityError) -> bool:
    """Whether a unique constraint failed because somebody saved the same value after the form was validated."""
    cause = error.__cause__
    sqlite = getattr(cause, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_UNIQUE"
    return sqlite or getattr(cause, "sqlstate", "") == UNIQUE_VIOLATION


def malformed(request: HttpRequest) -> HttpResponse:
    text = _(
        "The form was incomplete, or a number in it was too large, so nothing was saved. Go back, reload the page and "
        "try again."
    )
    return _answer(request, 400, _("Not understood"), text)


def beyond(request: HttpRequest) -> HttpResponse:
    """The response to a date outside the calendar, such as one in the year 1, or to a number too large for a key."""
    return render(request, "wagtailadmin/404.html", status=404)


def still_used(request: HttpRequest) -> HttpResponse:
    return _answer(
        request, 409, _("Still used"), _("This is still used on a page, so it was not deleted. Remove it there first.")
    )


def saved_already(request: HttpRequest) -> HttpResponse:
    text = _("This has just been saved, by a second click or by somebody else. Check whether it is in the list.")
    return _answer(request, 409, _("Saved already"), text)


def _answer(request: HttpRequest, status: int, heading: str, text: str) -> HttpResponse:
    if request.headers.get("accept") == "application/json":
        facts = {"success": False, "error_code": "refused", "error_message": text}
        return JsonResponse(facts, status=status)
    return render(request, "editorial/refused_request.html", {"heading": heading, "text": text}, status=status)


def missing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The response to URLs that no screen of the newsroom uses."""
    raise Http404
