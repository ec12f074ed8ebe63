"""The admin viewsets of venues and subscribed calendars, limited to the user's sites."""

from typing import Any

from django import forms
from django.forms import modelform_factory
from django.http import HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views.generic import chooser, history, usage
from wagtail.admin.views.generic.models import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.models import Collection, Page
from wagtail.permissions import policy_registry
from wagtail.query import PageQuerySet

from events.importing.fetch import MAX_BYTES
from events.importing.subscriptions import AlreadyRunningError, read_upload, refresh_at_request
from events.newsroom.policies import calendars_administered_by
from events.records import Subscription, Venue
from portal.content.separation.records import (
    OffersToCreate,
    PermittedChoices,
    PermittedCreation,
    PermittedList,
    RequiresObjectPermission,
)
from portal.content.separation.references import SameSiteReferences
from portal.platform.newer_values import SparesNewerValues

HOME_LENGTH = 2 * Page.steplen
# The message after an upload shows only the beginning of the report; the form shows all of it.
MAX_MESSAGE_LINES = 6


def place_in_words(calendar: Page) -> str:
    """Name a calendar with its section: “Events › Calendar”."""
    return " › ".join([*calendar.get_ancestors().filter(depth__gt=2).values_list("title", flat=True), calendar.title])


class VenueForm(SparesNewerValues, SameSiteReferences, WagtailAdminModelForm):
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


class SubscriptionForm(SparesNewerValues, WagtailAdminModelForm):
    """A source is either a URL that is read every hour, or an uploaded file."""

    file = forms.FileField(
        label=pgettext_lazy("of a calendar", "or a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
        help_text=_("A calendar file (.ics) instead of an address: it is read only when it is uploaded."),
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
                self.add_error("file", _("A source has either an address or a file, not both."))
            elif not (found["url"] or found["file"] or self.instance.pk):
                self.add_error("url", _("Enter the address of a calendar, or upload a file."))
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
            # Both headers belong to the former source.
            subscription.etag = subscription.last_modified = ""
            columns |= {"etag", "last_modified"}
        if self.changed_data or subscription.changed_by_id is None:
            subscription.changed_by = self.for_user
        if not commit or subscription.pk is None:
            return super().save(commit)
        super().save(commit=False)
        # The other columns may be written by a process that is reading the source.
        fields = subscription._meta.concrete_fields
        columns |= {field.name for field in fields if field.editable and not field.primary_key}
        subscription.save(update_fields=columns)
        return subscription


class RecordIndexView(PermittedList, IndexView):
    pass


class RecordEditView(RequiresObjectPermission, EditView):
    pass


class RecordDeleteView(RequiresObjectPermission, DeleteView):
    required_permission = "delete"


class RecordHistoryView(RequiresObjectPermission, history.HistoryView):
    pass


class RecordUsageView(RequiresObjectPermission, usage.UsageView):
    pass


class RecordViewSet(ModelViewSet):
    index_view_class = RecordIndexView
    edit_view_class = RecordEditView
    delete_view_class = RecordDeleteView
    history_view_class = RecordHistoryView
    usage_view_class = RecordUsageView
    copy_view_enabled = False


class VenueViewSet(RecordViewSet):
    model = Venue
    icon = "home"
    menu_label = _("Venues")
    menu_name = "venues"
    edit_handler = ObjectList(Venue.panels, base_form_class=VenueForm)
    list_display = ["name", "address"]
    search_fields = ["name", "address"]


class SourceReadingMixin:
    """Mixin for a form view: reads the source after saving it."""

    request: Any
    form: Any
    object: Subscription

    def save_action(self) -> HttpResponse:
        response: HttpResponse = super().save_action()  # type: ignore[misc]
        if file := self.form.cleaned_data["file"]:
            self._read(file.read())
        elif self.object.url and self.object.is_active:
            refresh_at_request.enqueue(self.object.pk)
            messages.info(
                self.request, gettext("The calendar is being read: its report will be shown here in about a minute.")
            )
        return response

    def _read(self, content: bytes) -> None:
        try:
            report = read_upload(self.object, content, timezone.now())
        except AlreadyRunningError:
            text = gettext("This source is already being read: please upload the file again in a minute.")
            messages.error(self.request, text)
            return
        lines = self.object.report.split("\n")
        if len(lines) > MAX_MESSAGE_LINES:
            lines[MAX_MESSAGE_LINES - 1 :] = ["…"]
        notify = messages.error if report is None else messages.warning if report.problems else messages.success
        notify(self.request, linebreaksbr("\n".join(lines)))
        if report and report.is_unfinished:
            messages.warning(self.request, gettext("The file has more events: upload it again to continue."))


class SubscriptionCreateView(SourceReadingMixin, CreateView):
    pass


class SubscriptionEditView(SourceReadingMixin, RecordEditView):
    pass


class SubscriptionViewSet(RecordViewSet):
    model = Subscription
    icon = "calendar"
    menu_label = _("Subscribed calendars")
    menu_name = "subscribed-calendars"
    add_view_class = SubscriptionCreateView
    edit_view_class = SubscriptionEditView
    edit_handler = ObjectList(Subscription.panels, base_form_class=SubscriptionForm)
    list_display = [
        "name",
        Column("place", label=_("Calendar"), accessor=lambda each: place_in_words(each.calendar), sort_key="calendar"),
        "read_at",
        # This is text, because a Boolean column “failed” would show a red cross for each source that works.
        Column("state", label=pgettext_lazy("of a reading", "Result"), sort_key="is_failing"),
        BooleanColumn("is_active", label=pgettext_lazy("a subscription", "active")),
    ]


class EventsGroup(ViewSetGroup):
    menu_label = _("Events")
    menu_name = "events"
    menu_icon = "calendar"
    menu_order = 260
    items = (VenueViewSet("venues"), SubscriptionViewSet("subscribed_calendars"))

    def get_submenu_items(self):
        everything = reverse("wagtailadmin_pages:type_use", args=["events", "eventpage"])
        return [
            MenuItem(_("All events"), everything, name="all-events", icon_name="calendar", order=-1),
            *super().get_submenu_items(),
        ]


class VenueCreationMixin:
    """Mixin for a chooser: offers a short form for a new venue, in a folder where the user may add one."""

    request: Any

    def get_creation_form_kwargs(self) -> dict[str, Any]:
        return super().get_creation_form_kwargs() | {"for_user": self.request.user}  # type: ignore[misc]

    def get_creation_form(self) -> Any:
        form = super().get_creation_form()  # type: ignore[misc]
        if len(form.fields["collection"].queryset) == 1:
            form.fields["collection"].widget = forms.HiddenInput()
        return form


class NewestVenues(OffersToCreate, PermittedChoices):
    ordering = "-pk"


class VenueChooseView(NewestVenues, VenueCreationMixin, chooser.ChooseView):
    pass


class VenueChooseResultsView(NewestVenues, chooser.ChooseResultsView):
    pass


class VenueChosenView(PermittedChoices, chooser.ChosenView):
    pass


class VenueChosenMultipleView(PermittedChoices, chooser.ChosenMultipleView):
    pass


class VenueCreateView(PermittedCreation, VenueCreationMixin, chooser.CreateView):
    def save_form(self, form: Any) -> Any:
        made = super().save_form(form)
        log(made, "wagtail.create", user=self.request.user)
        return made


class VenueChooserViewSet(ChooserViewSet):
    model = Venue
    icon = "home"
    choose_one_text = _("Choose a venue")
    choose_another_text = _("Choose another venue")
    edit_item_text = _("Edit this venue")
    creation_form_class = modelform_factory(Venue, form=VenueForm, fields=["name", "address", "collection"])
    creation_tab_label = _("New venue")
    create_action_label = _("Add")
    choose_view_class = VenueChooseView
    choose_results_view_class = VenueChooseResultsView
    chosen_view_class = VenueChosenView
    chosen_multiple_view_class = VenueChosenMultipleView
    create_view_class = VenueCreateView


venue_chooser = VenueChooserViewSet("venue_chooser")
