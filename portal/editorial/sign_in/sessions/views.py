"""Lists and ends users' own sessions."""

from ipaddress import ip_address, ip_network
from typing import Any

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from portal.audit.log import record
from portal.audit.receivers import SIGNED_OUT
from portal.content.readers.sources import IPV4_NEIGHBOURHOOD, IPV6_NEIGHBOURHOOD, network_of
from portal.editorial.sign_in.browsers import browser_in_words


class SessionsView(ListUserSessionsView):
    template_name = "editorial/sign_in/sessions.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End one session, or all others."""
        key = request.POST.get("session", "")
        own = UserSession.objects.filter(user=request.user)
        ended = (
            own.filter(pk=key if key.isdecimal() else 0)
            if key
            else own.exclude(session_key=request.session.session_key)
        )
        record(SIGNED_OUT, actor=request.user, target=request.user, data={"sessions": ended.count()})
        if not key:
            return super().post(request, *args, **kwargs)
        end_sessions(request, list(ended))
        messages.success(request, _("The session is ended."))
        return redirect("usersessions_list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        here = network_of(self.request)
        rows = [
            {
                "session": session,
                "browser": browser_in_words(session.user_agent),
                "network": _("this network") if _network(session.ip) == here else _network(session.ip),
                "is_current": session.is_current(),
            }
            for session in sorted(context["sessions"], key=lambda each: each.last_seen_at, reverse=True)
        ]
        return context | {"rows": rows}


def _network(address: str) -> str:
    prefix = IPV4_NEIGHBOURHOOD if ip_address(address).version == 4 else IPV6_NEIGHBOURHOOD
    return str(ip_network((address, prefix), strict=False))
