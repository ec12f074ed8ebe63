"""Rejects attempts during a delay: message and HTTP status."""

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _, ngettext

MINUTE = 60
TOO_SOON = "too_soon"


def too_soon(seconds: int) -> ValidationError:
    if seconds < MINUTE:
        time = ngettext("%(number)d second", "%(number)d seconds", seconds) % {"number": seconds}
    else:
        minutes = -(-seconds // MINUTE)
        time = ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    text = _("There were too many attempts. The next one is possible in %(time)s.")
    return ValidationError(text, code=TOO_SOON, params={"time": time, "seconds": seconds})


def throttled_response(response: HttpResponse, form: BaseForm) -> HttpResponse:
    """Set status 429 with Retry-After (RFC 6585) if the form was rejected because of a delay."""
    for errors in form.errors.as_data().values():
        for error in errors:
            if error.code == TOO_SOON and error.params:
                response.status_code = 429
                response["Retry-After"] = str(error.params["seconds"])
    return response
