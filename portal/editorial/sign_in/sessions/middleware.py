"""Records when a session was last used, and requires reauthentication before dangerous actions."""

import re
import time
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import is_reauthentication_required, suspend_request
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal.content.records.settings import SiteSettings
from portal.content.serving.middleware import is_in_newsroom
from portal.editorial.sign_in.sessions.tracking import IDLE, SEEN, TRACKED, is_over

Respond = Callable[[HttpRequest], HttpResponse]
# The precision of a session's recorded last use.
SECONDS = 60
# Requests that an open page sends without user action.
BY_THEMSELVES = ("/admin/editing-sessions/", "/admin/session/")

# Changes to roles and addresses, accounts and groups, sites, workflows, private folders, the network's sign-in,
# webhooks, and readers' data.
DANGEROUS = re.compile(
    r"^/admin/(office/people|office/sign-in|office/webhooks|users|groups|bulk/accounts|bulk/auth|sites|workflows|"
    r"collections/\d+/privacy|personal-data)/"
)
SETTINGS = re.compile(rf"^/admin/settings/{SiteSettings._meta.app_label}/{SiteSettings._meta.model_name}/(\d+)/")
# Exports: lists of people, and one person's data.
EXPORTS = re.compile(
    r"^/admin/(forms/submissions|newsletter/subscribers|events/registrations|sheet-requests|users|"
    r"reports/(accounts|audit-log|site-history))/"
)
ONE_PERSON = re.compile(r"^/admin/newsletter/subscribers/\d+/data/")


class LastSeen:
    """Records when a session was used, and ends it by the rules of the user's roles."""

    def __init__(self, get_response: Respond):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_in_newsroom(request) and request.session.session_key and request.session.get(TRACKED):
            if is_over(request.session):
                logout(request)
            elif not request.path.startswith(BY_THEMSELVES):
                self._note(request)
        return self.get_response(request)

    def _note(self, request: HttpRequest) -> None:
        key = request.session.session_key
        if cache.add(f"portal.sign_in.seen.{key}", True, SECONDS):
            UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())
            if IDLE in request.session:
                request.session[SEEN] = time.time()


class FreshProof:
    """Suspends a dangerous action until the user has reauthenticated, then continues it.

    It runs after the CSRF check, because a request from another site must not continue later.
    """

    def __init__(self, get_response: Respond):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if is_in_newsroom(request) and is_dangerous(request) and request.user.is_authenticated:
            ways = get_adapter().get_reauthentication_methods(request.user)
            if ways and is_reauthentication_required(request, app="allauth.account"):
                return suspend_request(request, ways[0]["url"])
        return None


def is_dangerous(request: HttpRequest) -> bool:
    if request.method == "POST":
        return bool(DANGEROUS.match(request.path)) or _switches_a_rule_off(request)
    is_export = request.GET.get("export", "") != "" and EXPORTS.match(request.path)
    return bool(is_export or ONE_PERSON.match(request.path))


def _switches_a_rule_off(request: HttpRequest) -> bool:
    found = SETTINGS.match(request.path)
    if found is None or "four_eyes" in request.POST:
        return False
    return SiteSettings.objects.filter(site=int(found[1]), four_eyes=True).exists()
