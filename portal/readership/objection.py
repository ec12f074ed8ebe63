"""The form with which a reader objects to being counted, or withdraws the objection. The server sets the cookie.

Some browsers delete cookies set by scripts after seven days.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.readership.counting.counter import REFUSAL

# Thirteen months in seconds.
AGE = 34_128_000


# Readers have no session and no cookie for Django's CSRF check. The Origin header replaces it.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest) -> HttpResponse:
    """Show whether this browser is left out, and change it."""
    if request.method != "POST":
        context = {"is_left_out": bool(request.COOKIES.get(REFUSAL)), "address": request.path}
        return render(request, "readership/objection.html", context)
    if request.headers.get("Origin", "").partition("://")[2] != request.get_host():
        # Another site must not change a reader's choice.
        raise PermissionDenied
    response = HttpResponseRedirect(reverse("readership:objection"), status=303)
    if request.POST.get("choice") == "refuse":
        response.set_cookie(REFUSAL, "1", max_age=AGE, secure=settings.HTTPS, samesite="Lax")
    else:
        response.delete_cookie(REFUSAL, samesite="Lax")
    return response
