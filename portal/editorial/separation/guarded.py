"""A view of ours at one of Wagtail's own addresses in the newsroom, guarded as Wagtail guards its own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.defaults import page_not_found
from wagtail.admin.auth import require_admin_access

View = Callable[..., HttpResponse]


def guarded(view: View) -> View:
    """For the newsroom only, kept by no cache, and with the newsroom's own page for what is not there.

    Wagtail's decorator for the last is in its list of addresses, which must not be read before all hooks are there.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404 as missing:
            return page_not_found(request, missing, template_name="wagtailadmin/404.html")

    return never_cache(require_admin_access(wrapper))
