"""The forms of the newsroom's calendar: plan an item, change its plan, move an entry."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy, pgettext, pgettext_lazy
from wagtail.admin.widgets import AdminDateInput, AdminTimeInput
from wagtail.models import Locale, Page

from portal.accounts.names import name_of
from portal.content.pages.pages import PortalPage
from portal.content.visibility import HOME_LENGTH
from portal.editorial.dashboard.places import STEPLEN
from portal.editorial.dashboard.write import offered_types, parents, words_of_place
from portal.editorial.planning.filters import LAST_YEAR, CalendarScope
from portal.editorial.records.planning import PlannedItem
from portal.formats.fields import TypedDateField, TypedTimeField


def check_day(day: date) -> date:
    """Raise ValidationError for a day on which nothing can be planned."""
    if day < timezone.localdate():
        raise ValidationError(_("This day has passed: choose a later one."))
    return check_year(day)


def check_year(day: date) -> date:
    if day.year > LAST_YEAR:
        raise ValidationError(_("This is too far ahead."))
    return day


class PlanForm(forms.Form):
    """The day, the person and the note of a planned item."""

    day = TypedDateField(label=pgettext_lazy("planning", "Day"), widget=AdminDateInput)
    person = forms.ChoiceField(label=pgettext_lazy("planning", "Person"), required=False)
    note = forms.CharField(
        label=pgettext_lazy("planning", "Note"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, data: Any, *, user: Any, scope: CalendarScope, item: PlannedItem | None = None, **options: Any):
        super().__init__(data, **options)
        self.user, self.item = user, item
        people = [*scope.people(), *([item.person] if item and item.person else [])]
        self.people = {str(person.pk): person for person in (user, *people)}
        choices = [(key, name_of(person)) for key, person in self.people.items()]
        self.fields["person"].choices = [("", pgettext("planning", "Nobody yet")), *choices]  # type: ignore[attr-defined]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        return day if self.item and self.item.day == day else check_day(day)

    def clean_person(self) -> Any:
        return self.people.get(self.cleaned_data["person"])

    def check_person(self, place: Page) -> None:
        """Add an error if the chosen person may not write at this place."""
        person = self.cleaned_data.get("person")
        if person and not place.permissions_for_user(person).can_add_subpage():
            self.add_error("person", _("%(name)s may not write there.") % {"name": name_of(person)})


class NewItemForm(PlanForm):
    """A new planned item: the title and the kind of its page, and the page below which it is created."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=255)
    kind = forms.ChoiceField(label=pgettext_lazy("planning", "Kind"))
    place = forms.ChoiceField(label=gettext_lazy("Section"))

    field_order = ["title", "kind", "place", "day", "person", "note"]

    def __init__(self, data: Any, **options: Any):
        super().__init__(data, **options)
        offered = parents(self.user)
        self.kinds = {model._meta.model_name: model for model in offered_types() if offered[model]}
        self.places = {str(page.pk): page for model in self.kinds.values() for page in offered[model]}
        self.places_of = {name: [page.pk for page in offered[model]] for name, model in self.kinds.items()}
        kinds = [(name, capfirst(str(model.get_verbose_name()))) for name, model in self.kinds.items()]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["place"].choices = self._place_choices()  # type: ignore[attr-defined]
        self.initial.setdefault("place", self._last_place())

    def _place_choices(self) -> list[tuple[str, str]]:
        pages = sorted(self.places.values(), key=lambda page: page.path)
        steps = {page.path[:end] for page in pages for end in _ends(page.path)}
        titles = dict(Page.objects.filter(path__in=steps).values_list("path", "title"))
        locales = {locale.pk: locale for locale in Locale.objects.all()}
        names = {
            page.pk: words_of_place([titles[page.path[:end]] for end in _ends(page.path)], locales[page.locale_id])
            for page in pages
        }
        # Several sites may have sections of the same name.
        if len({page.path[:HOME_LENGTH] for page in pages}) > 1:
            names = {page.pk: f"{titles[page.path[:HOME_LENGTH]]} › {names[page.pk]}" for page in pages}
        return [(str(page.pk), names[page.pk]) for page in pages]

    def _last_place(self) -> str:
        """The place of the page that the user wrote last; empty if it is not offered."""
        written = Page.objects.filter(latest_revision__user=self.user).order_by("-latest_revision_created_at", "-pk")
        path = written.values_list("path", flat=True).first() or ""
        return next((key for key, page in self.places.items() if page.path == path[:-STEPLEN]), "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        model, place = self.kinds.get(cleaned.get("kind", "")), self.places.get(cleaned.get("place", ""))
        if model and place:
            if place.pk not in self.places_of[cleaned["kind"]]:
                words = {"kind": capfirst(str(model.get_verbose_name())), "place": place.title}
                self.add_error("place", _("%(kind)s: not possible in “%(place)s”. Choose another section.") % words)
            else:
                self.check_person(place.specific)
        return cleaned | {"model": model, "parent": place}


def _ends(path: str) -> range:
    return range(HOME_LENGTH, len(path) + 1, STEPLEN)


class MoveEntryForm(forms.Form):
    """The new day and time of an entry. Without a time, the entry keeps its own."""

    day = TypedDateField(label=pgettext_lazy("planning", "Day"), widget=AdminDateInput)
    time = TypedTimeField(label=pgettext_lazy("planning", "Time"), widget=AdminTimeInput, required=False)
    together = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, has_time: bool, others: list[PortalPage], languages: str, **options: Any):
        super().__init__(data, **options)
        if not has_time:
            del self.fields["time"]
        if others:
            self.fields["together"].label = _("Also move: %(languages)s") % {"languages": languages}
        else:
            del self.fields["together"]

    def clean_day(self) -> date:
        return check_year(self.cleaned_data["day"])
