"""Lists the local copies of texts that a browser no longer needs; `editorial/copies/copies.js` removes them."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's editor stores unsaved text in the browser.

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.overrides.editor.windows import window_of

# The newsroom's scripts read it, so that it works after a redirect to any page.
COOKIE = "browser_copies"
# The maximum age of a copy.
LIFETIME = timedelta(days=14)


def remove_copy_of_window(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Remove the copy of this window, whose text has reached the server."""
    window = window_of(request)
    return _with_cookie(response, f"saved.{window}") if window else response


def ends_copies(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate the sign-out view: it removes the account's copies, and leaves those of other accounts."""

    @wraps(view)
    def decorated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account = request.user.pk
        response = view(request, *args, **kwargs)
        return _with_cookie(response, f"ended.{account}") if account and not request.user.pk else response

    return decorated


def _with_cookie(response: HttpResponse, value: str) -> HttpResponse:
    response.set_cookie(
        COOKIE, value, max_age=LIFETIME, path="/admin/", secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )
    return response


class ConfirmsSaved:
    """Mix-in for page editor views, before all others: the browser removes its copy once a form is saved."""

    request: HttpRequest
    expects_json_response: bool

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        is_saved = response.status_code == 302 and not self.expects_json_response
        return remove_copy_of_window(self.request, response) if is_saved else response
