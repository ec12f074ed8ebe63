"""The port in a site's URLs, and the status condition about wrong ports."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from wagtail.models import Site

from portal.platform.status.conditions import Condition, number

HTTP, HTTPS = 80, 443


def readers_port(host: str) -> int:
    """The port in the public URLs of a site with this host.

    The port of a request does not help, because behind a proxy it is the port of the web server. Only the demo's
    `localhost` has no proxy.
    """
    if settings.HTTPS:
        return HTTPS
    is_local = host == "localhost" or host.endswith(".localhost")
    return settings.LISTENING.port if is_local else HTTP


def addresses(now: datetime) -> Condition:
    """Whether all sites' URLs have the right port, with the command that corrects the first wrong one."""
    if not settings.HTTPS:
        return Condition("sites", True, _("their addresses are not checked, since HTTPS is off"))
    # Excludes Wagtail's default site, which exists until the first site is created.
    sites = Site.objects.exclude(hostname="localhost").exclude(port=HTTPS)
    wrong = list(sites.order_by("pk").values_list("hostname", "port"))
    if not wrong:
        return Condition("sites", True, _("the addresses of all sites begin with https"), figures={"wrong": 0})
    host, port = wrong[0]
    if Site.objects.filter(hostname=host, port=HTTPS).exists():
        text = _("%(host)s is the host of two sites; delete the one that is not needed: manage.py delete_site")
    else:
        text = _(
            "%(count)s sites have links with a wrong port: manage.py rename_site %(host)s:%(port)s %(host)s --port 443"
        )
    facts = {"count": number(len(wrong)), "host": host, "port": port}
    return Condition("sites", False, text % facts, figures={"wrong": len(wrong)})
