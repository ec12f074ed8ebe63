"""Responds to a form whose CSRF token does not belong to the current session."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail returns the submitted text after the session
# has ended.

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from wagtail.admin.localization import get_localized_response

from portal.content.serving import views


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """In the newsroom, explain how to save the text of the form."""
    if not request.path.startswith(reverse("wagtailadmin_home")):
        return views.form_expired(request, reason)
    return get_localized_response(_newsroom_form_expired, request)


def _newsroom_form_expired(request: HttpRequest) -> HttpResponse:
    return render(request, "editorial/form_expired.html", status=403)
