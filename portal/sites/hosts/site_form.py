"""Wagtail's form of a site, which renames the site if its host or port changes."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Site
from wagtail.sites.forms import SiteForm

from portal.sites.creation import checked_host
from portal.sites.data.errors import TransferError
from portal.sites.further_hosts import refuse_taken_host
from portal.sites.renaming import refuse_renaming, rename_site


class EditedSiteForm(SiteForm):
    def clean(self) -> Any:
        cleaned = super().clean()
        host, site = cleaned.get("hostname"), self._site()
        if not host or host == site.hostname:
            return cleaned
        try:
            cleaned["hostname"] = checked_host(host)
            refuse_taken_host(cleaned["hostname"], site)
            refuse_renaming(site, cleaned["hostname"])
        except TransferError as error:
            self.add_error("hostname", str(error))
        except ValidationError as error:
            self.add_error("hostname", getattr(error, "error_dict", {}).get("host", error))
        return cleaned

    def _site(self) -> Site:
        # Validation writes into the form's own instance.
        return Site.objects.get(pk=self.instance.pk)

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        site, host, port = self._site(), self.cleaned_data["hostname"], self.cleaned_data["port"]
        if (host, port) != (site.hostname, site.port):
            rename_site(site, host, port)
        return super().save(commit)
