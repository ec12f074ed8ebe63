"""Limits guesses at the password of a page or file folder."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from portal.content.readers.sources import network_of, source_of
from portal.platform.rate_limits import GrowingDelay

BY_SOURCE = GrowingDelay("page-password-source", 10, timedelta(minutes=15))
BY_NETWORK = GrowingDelay("page-password-network", 50, timedelta(minutes=1))


def limited_guesses(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap a view that redirects after the right password; count wrong passwords by client and by network.

    A client's guesses are counted per privacy rule, so that knowing one password does not allow more guesses at
    another. The view's first URL argument is the rule.
    """

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        rule = next(iter((*args, *kwargs.values())))
        guesses, network = (source_of(request), view.__name__, rule), network_of(request)
        seconds = BY_SOURCE.wait(*guesses)
        if not seconds and (seconds := BY_NETWORK.wait(network)):
            BY_SOURCE.take_back(*guesses)
        if seconds:
            refusal = render(request, "errors/429.html", {"status": 429}, status=429)
            refusal["Retry-After"] = str(seconds)
            refusal["Cache-Control"] = "no-store"
            return refusal
        response = view(request, *args, **kwargs)
        if response.status_code == 302:
            BY_SOURCE.forget(*guesses)
            BY_NETWORK.take_back(network)
        return response

    return limited
