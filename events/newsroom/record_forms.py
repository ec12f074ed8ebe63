"""The admin forms of venues and subscribed calendars; they offer only collections and calendars of the user's sites."""

from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.models import Collection, Page
from wagtail.permissions import policy_registry
from wagtail.query import PageQuerySet

from events.newsroom.policies import calendars_administered_by
from portal.core.separation.references import SameSiteReferences

HOME_LENGTH = 2 * Page.steplen


def place_in_words(calendar: Page) -> str:
    """Name a calendar with the section that it belongs to: “Events › Calendar”."""
    return " › ".join([*calendar.get_ancestors().filter(depth__gt=2).values_list("title", flat=True), calendar.title])


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
            self._offer(calendars_administered_by(self.for_user))

    def _offer(self, calendars: PageQuerySet) -> None:
        """Offer calendars by their position: most have the same title."""
        field: Any = self.fields["calendar"]
        paths = calendars.values_list("path", flat=True)
        above = {path[:end] for path in paths for end in range(HOME_LENGTH, len(path) + 1, Page.steplen)}
        titles = dict(Page.objects.filter(path__in=above).values_list("path", "title"))
        field.queryset = calendars
        field.label_from_instance = lambda page: " › ".join(
            titles[page.path[:end]] for end in range(HOME_LENGTH, len(page.path) + 1, Page.steplen)
        )

    def save(self, commit: bool = True) -> Any:
        subscription = self.instance
        if subscription.owner_id is None or {"url", "calendar"} & set(self.changed_data):
            subscription.owner = self.for_user
            # What the former source said of its version is not true of another.
            subscription.etag = subscription.last_modified = ""
        if self.changed_data or subscription.changed_by_id is None:
            subscription.changed_by = self.for_user
        return super().save(commit)
