"""The form of the retention periods of all sites."""

from typing import Any

from django.utils.translation import gettext as _

from portal.content.network.retention import PERIODS as DAYS, NetworkRetention
from portal.platform.newer_values import SparesNewerValues

# A period with the box that locks it.
PERIODS = (("registration_days", "locks_registration_days"), ("form_days", "locks_form_days"))


class NetworkRetentionForm(SparesNewerValues):
    class Meta:
        model = NetworkRetention
        fields = [name for pair in PERIODS for name in pair]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for period, _lock in PERIODS:
            self.fields[period].choices = [("", _("each site chooses")), *DAYS]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for period, lock in PERIODS:
            if cleaned.get(lock) and not cleaned.get(period):
                self.add_error(period, _("Choose the period that no site may change."))
        return cleaned
