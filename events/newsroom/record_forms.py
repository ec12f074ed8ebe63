"""The admin forms of venues and subscribed calendars; they offer only collections and calendars of the user's sites."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.models import Collection, Page
from wagtail.permissions import policy_registry
from wagtail.query import PageQuerySet

from events.importing.fetch import MAX_BYTES
from events.newsroom.policies import calendars_administered_by
from portal.content.separation.references import SameSiteReferences

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
    """A source is a URL that is read every hour, or an uploaded file."""

    file = forms.FileField(
        label=pgettext_lazy("of a calendar", "or a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
        help_text=_("A calendar file (.ics) in place of an address: it is read once, and again with each upload."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["url"].help_text = _("https:// or webcal://: read as soon as it is saved, and then every hour.")
        if self.for_user is not None and "calendar" in self.fields:
            self._offer(calendars_administered_by(self.for_user))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than %(most)d MB.") % {"most": MAX_BYTES // 1_000_000})
        return file

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        found = cleaned or {}
        if "url" in found and "file" in found:
            if found["url"] and found["file"]:
                self.add_error("file", _("A source has an address or a file, not both."))
            elif not (found["url"] or found["file"] or self.instance.pk):
                self.add_error("url", _("The address or the file of a calendar is needed."))
        return cleaned

    def _offer(self, calendars: PageQuerySet) -> None:
        """Label calendars with their sections, because most have the same title."""
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
        columns = {"owner", "changed_by"}
        if subscription.owner_id is None or {"url", "calendar"} & set(self.changed_data):
            subscription.owner = self.for_user
            # The validators belong to the former source.
            subscription.etag = subscription.last_modified = ""
            columns |= {"etag", "last_modified"}
        if self.changed_data or subscription.changed_by_id is None:
            subscription.changed_by = self.for_user
        if not commit or subscription.pk is None:
            return super().save(commit)
        super().save(commit=False)
        # A process that reads the source meanwhile writes the other columns.
        fields = subscription._meta.concrete_fields
        columns |= {field.name for field in fields if field.editable and not field.primary_key}
        subscription.save(update_fields=columns)
        return subscription
