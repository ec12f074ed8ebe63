"""The form of a webhook."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext, gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from events.importing.fetch import PORTS, FetchError, is_permitted_host, public_address
from portal.editorial.site_admin.scope import sites_administered
from portal.platform.newer_values import SparesNewerValues
from portal.webhooks.models import EventType, Webhook


class WebhookForm(SparesNewerValues, WagtailAdminModelForm):
    events = forms.MultipleChoiceField(
        label=_("Messages"),
        choices=EventType.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Messages about readers contain a number and the page, never a name or an address."),
    )

    class Meta:
        model = Webhook
        fields = ["site", "name", "url", "format", "events", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["site"]
        field.queryset, field.empty_label = sites_administered(self.for_user), None
        # The pages that were reported belong to the site.
        field.disabled = bool(self.instance.pk)
        self.fields["url"].help_text = _("The address that the other program gives you; it begins with https.")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            if is_permitted_host(url, settings.WEBHOOK_HOSTS):
                return url
            parts = urlsplit(url)
            if parts.scheme != "https":
                raise forms.ValidationError(gettext("The address must begin with https."))
            if parts.port not in (None, PORTS["https"]):
                raise forms.ValidationError(
                    gettext("Only port 443 is allowed, unless the operator permits the host (WEBHOOK_HOSTS).")
                )
            public_address(parts.hostname or "", PORTS["https"])
        except FetchError as error:
            raise forms.ValidationError(str(error)) from error
        return url

    def save(self, commit: bool = True) -> Any:
        if self.instance.is_active:
            self.instance.problem = ""
        return super().save(commit)
