"""Which value counts where the network and a site both have one, and how the site's form shows a locked value."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.panels import FieldPanel, HelpPanel

from portal.content.network.retention import PERIODS, NetworkRetention


def in_force[Value](own: Value | None, network: Value | None, *, is_locked: bool) -> Value | None:
    """The network's value where it is locked or there is no own one. Without a value the network decides nothing."""
    return network if network is not None and (is_locked or own is None) else own


def locked_retention(name: str) -> int | None:
    """The days that count for all sites; None if each site may choose its own."""
    return NetworkRetention.load().locked(name)


class LockedRetentionForm(forms.ModelForm):
    """Mixin for a form. It has no field for a period that is locked, so that a forged request changes nothing."""

    # The name in NetworkRetention, by field of the form.
    network_retention: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field, name in self.network_retention.items():
            if field in self.fields and locked_retention(name) is not None:
                del self.fields[field]


class LockedRetentionPanel(HelpPanel):
    """The locked period as text, in place of the field. It is not shown while a site may choose."""

    def __init__(self, field_name: str = "", name: str = "", **kwargs: Any):
        super().__init__(**kwargs)
        self.field_name, self.name = field_name, name

    def clone_kwargs(self) -> dict[str, Any]:
        return super().clone_kwargs() | {"field_name": self.field_name, "name": self.name}

    def on_model_bound(self) -> None:
        super().on_model_bound()
        self.heading = capfirst(str(_label(self.model, self.field_name)))

    class BoundPanel(HelpPanel.BoundPanel):
        def __init__(self, **kwargs: Any):
            super().__init__(**kwargs)
            self.days = locked_retention(self.panel.name)
            if self.days is not None:
                self.content = format_html("<p>{}</p>", set_for_all(in_days(self.days)))

        def is_shown(self) -> bool:
            return self.days is not None and super().is_shown()


def _label(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name).verbose_name  # type: ignore[union-attr]


def retention_panels(field_name: str, name: str) -> list[Any]:
    """A field for a period, and the text that replaces it while the network has locked the period."""
    return [FieldPanel(field_name), LockedRetentionPanel(field_name, name)]


def set_for_all(value: Any) -> str:
    return _("Set for all sites by the network's administrator: %(value)s") % {"value": value}


def in_days(days: int) -> str:
    return str(dict(PERIODS)[days])
