"""The roles that a provider's claims grant, and those they have granted."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _, pgettext_lazy


class ClaimedRole(models.Model):
    """A row of the table in Settings → Sign-in: people with this claim value have a role on a site."""

    provider = models.CharField(max_length=40)
    value = models.CharField(_("value of the claim"), max_length=200)
    site = models.ForeignKey("wagtailcore.Site", on_delete=models.CASCADE, related_name="+", verbose_name=_("site"))
    role = models.CharField(pgettext_lazy("in a newsroom", "role"), max_length=12)

    class Meta:
        verbose_name = _("role by a claim")
        verbose_name_plural = _("roles by claims")

    def __str__(self):
        return f"{self.provider}: {self.value}"


class ProvidedRole(models.Model):
    """An account's membership of a group because of a claim; removed when the claim is gone."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="provided_roles")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    provider = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("provided role")
        verbose_name_plural = _("provided roles")
        constraints = [
            models.UniqueConstraint(fields=["account", "group", "provider"], name="editorial_one_provided_role"),
        ]

    def __str__(self):
        account: Any = self.account
        return f"{self.provider}: {account}, {self.group}"
