"""The admin views for an event's registrations: list, export and overview."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy as _, pgettext, pgettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import HeaderButton
from wagtail.models import Site

from events.newsroom.policies import (
    dates_for_organiser,
    may_see_any_registrations,
    permitted_event,
    registrations_visible_to,
)
from events.pages import EventPage
from events.records import Registration
from portal.content.readers.access_log import REGISTRATIONS
from portal.content.readers.downloads import QuestionColumns
from portal.content.records.clocks import SiteClocks

MAX_EVENTS = 500
STATES = [(value, label) for value, label in Registration.State.choices if value != Registration.State.LAPSED]


class RegistrationFilter(WagtailFilterSet):
    date = ChoiceFilter(label=pgettext_lazy("of an event", "Date"), choices=())
    state = ChoiceFilter(label=_("State"), choices=STATES)

    class Meta:
        model = Registration
        fields = ["date", "state"]

    def __init__(self, *args: Any, dates: dict[int, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.filters["date"].extra["choices"] = [(str(key), when) for key, when in dates.items()]


class RegistrationsView(QuestionColumns, generic.IndexView):
    model = Registration
    header_icon = "group"
    page_title = _("Registrations")
    index_url_name = "registrations:list"
    index_results_url_name = "registrations:results"
    is_searchable = True
    search_fields = ["name", "address", "answers_text"]
    filterset_class = RegistrationFilter
    default_ordering = "registered_at"
    paginate_by = 100
    reader_data = REGISTRATIONS

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.event = permitted_event(request.user, kwargs["event_id"])
        super().setup(request, *args, **kwargs)

    def sites_of_data(self) -> list[Site | None]:
        return [self.event.get_site()]

    def page_of_data(self) -> str:
        return str(self.event.get_admin_display_title())

    @cached_property
    def dates(self) -> list[Any]:
        return list(dates_for_organiser(self.event).filter(seats__isnull=False))

    @cached_property
    def when(self) -> dict[int, str]:
        """The time of each date as text, by the primary key of its seats."""
        clocks = SiteClocks([self.event.path])
        return {date.seats_id: clocks.when(date, self.event.path) for date in self.dates}

    @property
    def columns(self) -> list[Column]:
        columns = [
            self._get_title_column("name"),
            Column("address", label=_("E-mail"), sort_key="address"),
            Column("seats", label=_("Places"), sort_key="seats"),
            Column("get_state_display", label=_("State"), sort_key="state"),
            Column("answers_text", label=_("Answers")),
            DateColumn("registered_at", label=_("Registered on"), sort_key="registered_at"),
            DateColumn("checked_in_at", label=_("Here since"), sort_key="checked_in_at"),
        ]
        if len(self.when) > 1:
            label = pgettext_lazy("of an event", "Date")
            columns.insert(3, Column("date", label=label, accessor=lambda each: self.when.get(each.date_id, "")))
        return columns

    def get_base_queryset(self) -> QuerySet[Registration]:
        found = Registration.objects.of_event(self.event).exclude(state=Registration.State.LAPSED)
        return found.select_related("date", "consent", "recap_consent", "added_by")

    def get_filterset_kwargs(self) -> dict[str, Any]:
        return super().get_filterset_kwargs() | {"dates": self.when}

    def get_page_subtitle(self) -> str:
        return self.event.get_admin_display_title()

    def get_index_url(self) -> str:
        return reverse(self.index_url_name, args=[self.event.pk])

    def get_index_results_url(self) -> str:
        return reverse(self.index_results_url_name, args=[self.event.pk])

    def get_add_url(self) -> str:
        return reverse("registrations:add", args=[self.event.pk])

    @cached_property
    def header_buttons(self) -> list[Any]:
        check_in = reverse("registrations:check_in", args=[self.event.pk])
        letters = reverse("registrations:letters", args=[self.event.pk])
        return [
            HeaderButton(gettext("Add by hand"), url=self.get_add_url(), icon_name="plus"),
            HeaderButton(gettext("Check-in list"), url=check_in, icon_name="list-ul"),
            HeaderButton(pgettext("to registered people", "Letters"), url=letters, icon_name="mail"),
        ]

    def get_list_more_buttons(self, instance: Registration) -> list[Any]:
        actions = [("admit", gettext("Give a place"), "check")] if instance.is_waiting or instance.is_held else []
        if not instance.is_cancelled:
            actions.append(("cancel", pgettext("a registration", "Cancel"), "cross"))
        return [
            MenuItem(label, reverse("registrations:act", args=[instance.pk, action]), icon_name=icon, priority=number)
            for number, (action, label, icon) in enumerate([*actions, ("erase", gettext("Erase"), "bin")])
        ]

    # Export

    def get_filename(self) -> str:
        return f"registrations-{slugify(self.event.slug)[:60]}"

    columns_before = ["name", "address", "seats", "when", "get_state_display", "registered_at", "language"]
    columns_after = ["checked_in_at", "consent", "recap_agreed_at", "delete_at"]
    export_headings = {"when": pgettext_lazy("of an event", "Date"), "get_state_display": _("State")}

    def present_questions(self) -> list[str]:
        return [block.value["label"] for block in self.event.questions]

    def exported_records(self) -> QuerySet[Registration]:
        return Registration.objects.of_event(self.event)

    def value_of(self, item: Registration, name: str) -> Any:
        if name == "when":
            return self.when.get(item.date_id, "")
        return item.get_state_display() if name == "get_state_display" else super().value_of(item, name)


def overview(request: HttpRequest) -> HttpResponse:
    if not may_see_any_registrations(request.user):
        raise PermissionDenied
    visible = registrations_visible_to(request.user).exclude(event=None).order_by()
    counted = visible.values("event__translation_key").annotate(
        confirmed=Count("pk", filter=Q(state=Registration.State.CONFIRMED)),
        waiting=Count("pk", filter=Q(state=Registration.State.WAITING)),
        page=Min("event"),
    )
    by_page = {row["page"]: row for row in counted}
    pages = list(EventPage.objects.filter(pk__in=by_page).order_by("-start", "-pk")[:MAX_EVENTS])
    clocks = SiteClocks(page.path for page in pages)
    rows = [{**by_page[page.pk], "page": page, "site_zone": clocks.zone_of(page.path)} for page in pages]
    return render(request, "events/newsroom/registered_events.html", {"rows": rows})
