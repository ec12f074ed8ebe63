"""The form for a catalogue record. It only offers sites whose records the user may change."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.permissions import policy_registry

from portal.content.separation.references import SameSiteReferences
from portal.platform.newer_values import SparesNewerValues


class CatalogueForm(SparesNewerValues, SameSiteReferences, WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields.get("site")
        if field is None or self.for_user is None:
            return
        policy = policy_registry.get_by_type(type(self.instance))
        action = "change" if self.instance.pk else "add"
        sites = policy.sites_user_has_any_permission_for(self.for_user, [action])
        field.queryset = sites  # type: ignore[attr-defined]
        if not policy.administers_network(self.for_user, [action]):
            field.required = True
            field.empty_label = None  # type: ignore[attr-defined]
            self.initial.setdefault("site", sites.first())
            if not self.instance.pk:
                self.initial["site"] = sites.first()


class NewRecordForm(CatalogueForm):
    """The short form in a chooser. It rejects names already in use."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        name, records = cleaned.get("name"), type(self.instance)._default_manager
        site = cleaned.get("site")
        # A network record appears in every site's list.
        known = records.available_at(site) if site else records.all()
        if name:
            name = cleaned["name"] = " ".join(name.split())
        if name and known.filter(name__iexact=name).exists():
            self.add_error("name", _("This name already exists: choose it in the list."))
        return cleaned
