"""The admin viewsets of venues and subscribed calendars, limited to the sites of the user."""

from typing import Any

from django.forms import HiddenInput, modelform_factory
from django.http import HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views.generic import chooser, history, usage
from wagtail.admin.views.generic.models import CopyView, CreateView, DeleteView, EditView, IndexView, InspectView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from events.importing.subscriptions import BeingReadError, read_upload, refresh_at_request
from events.newsroom.record_forms import SubscriptionForm, VenueForm, place_in_words
from events.records import Subscription, Venue
from portal.content.separation.records import (
    OffersToCreate,
    PermittedChoices,
    PermittedCreation,
    PermittedList,
    RequiresObjectPermission,
)


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


class RecordInspectView(RequiresObjectPermission, InspectView):
    pass


class RecordCopyView(RequiresObjectPermission, CopyView):
    pass


class RecordViewSet(ModelViewSet):
    index_view_class = RecordIndexView
    edit_view_class = RecordEditView
    delete_view_class = RecordDeleteView
    history_view_class = RecordHistoryView
    usage_view_class = RecordUsageView
    inspect_view_class = RecordInspectView
    copy_view_class = RecordCopyView
    copy_view_enabled = False


class VenueViewSet(RecordViewSet):
    model = Venue
    icon = "home"
    menu_label = _("Venues")
    menu_name = "venues"
    edit_handler = ObjectList(Venue.panels, base_form_class=VenueForm)
    list_display = ["name", "address"]
    search_fields = ["name", "address"]


# The form shows the whole report.
LINES_AT_ONCE = 6


class SourceReadingMixin:
    """Mixin before a form's view: reads the source when it is saved."""

    request: Any
    form: Any
    object: Subscription

    def save_action(self) -> HttpResponse:
        response: HttpResponse = super().save_action()  # type: ignore[misc]
        if file := self.form.cleaned_data["file"]:
            self._read(file.read())
        elif self.object.url and self.object.is_active:
            refresh_at_request.enqueue(self.object.pk)
            messages.info(self.request, gettext("It is being read now: its report will be here in a minute or so."))
        return response

    def _read(self, content: bytes) -> None:
        try:
            report = read_upload(self.object, content, timezone.now())
        except BeingReadError:
            messages.error(
                self.request,
                gettext("This source is being read just now, so the file was not: please upload it again in a minute."),
            )
            return
        lines = self.object.report.split("\n")
        if len(lines) > LINES_AT_ONCE:
            lines[LINES_AT_ONCE - 1 :] = ["…"]
        notify = messages.error if report is None else messages.warning if report.problems else messages.success
        notify(self.request, linebreaksbr("\n".join(lines)))
        if report and report.is_unfinished:
            messages.warning(self.request, gettext("The file has more events: upload it again, and reading goes on."))


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
        # In words: a boolean column “failed” would show a red cross for each healthy source.
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
    """Mixin of a chooser: a short form for a new venue in one of the folders where the user may add one."""

    request: Any

    def get_creation_form_class(self) -> Any:
        return modelform_factory(Venue, form=VenueForm, fields=["name", "address", "collection"])

    def get_creation_form_kwargs(self) -> dict[str, Any]:
        return super().get_creation_form_kwargs() | {"for_user": self.request.user}  # type: ignore[misc]

    def get_creation_form(self) -> Any:
        form = super().get_creation_form()  # type: ignore[misc]
        if len(form.fields["collection"].queryset) == 1:
            form.fields["collection"].widget = HiddenInput()
        return form


class VenueChooseView(OffersToCreate, VenueCreationMixin, PermittedChoices, chooser.ChooseView):
    pass


class VenueChooseResultsView(OffersToCreate, PermittedChoices, chooser.ChooseResultsView):
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
    creation_tab_label = _("New venue")
    create_action_label = _("Add")
    choose_view_class = VenueChooseView
    choose_results_view_class = VenueChooseResultsView
    chosen_view_class = VenueChosenView
    chosen_multiple_view_class = VenueChosenMultipleView
    create_view_class = VenueCreateView


venue_chooser = VenueChooserViewSet("venue_chooser")
