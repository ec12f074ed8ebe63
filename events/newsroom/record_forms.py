"""The admin forms of venues and subscribed calendars; they offer only collections and calendars of the user's sites."""

from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from events.newsroom.policies import calendars_administered_by
from portal.core.separation.references import SameSiteReferences


class VenueForm(SameSiteReferences, WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields.get("collection")
        if field is None or self.for_user is None:
            return
        policy = policy_registry.get_by_type(type(self.instance))
        permitted = policy.collections_user_has_permission_for(self.for_user, "add")
        if self.instance.pk:
            permitted = permitted | Collection.objects.filter(pk=self.instance.collection_id)
        else:
            self.initial["collection"] = permitted.order_by("-depth").first()
        field.queryset = permitted  # type: ignore[attr-defined]
        field.empty_label = None  # type: ignore[attr-defined]


class SubscriptionForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.for_user is not None and "calendar" in self.fields:
            self.fields["calendar"].queryset = calendars_administered_by(self.for_user)  # type: ignore[attr-defined]

    def save(self, commit: bool = True) -> Any:
        subscription = self.instance
        if subscription.owner_id is None or {"url", "calendar"} & set(self.changed_data):
            subscription.owner = self.for_user
            # What the former source said of its version is not true of another.
            subscription.etag = subscription.last_modified = ""
        if self.changed_data or subscription.changed_by_id is None:
            subscription.changed_by = self.for_user
        return super().save(commit)
