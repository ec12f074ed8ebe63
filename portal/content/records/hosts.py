"""The hosts of the network: each site has a main host, and any number of further ones, which redirect to it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site


class FurtherHost(models.Model):
    """A further host of a site without its port, such as its former name; it redirects to the same path.

    `portal.sites.hosts` validates it: a host belongs to one site.
    """

    hostname = models.CharField(_("host"), max_length=255, unique=True)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", verbose_name=_("site"))
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("further host")
        verbose_name_plural = _("further hosts")
        # The previous version still reads the table of this name.
        db_table = "core_formerhost"

    def __str__(self):
        return self.hostname


def network_hosts() -> frozenset[str]:
    """All main and further hosts."""
    further = FurtherHost.objects.order_by().values_list("hostname")
    return frozenset(host.lower() for (host,) in Site.objects.order_by().values_list("hostname").union(further))
