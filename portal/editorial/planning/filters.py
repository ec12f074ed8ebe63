"""The filters of the newsroom's calendar, read from the query string. Invalid parameters have no effect."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Self

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext, pgettext_lazy
from wagtail.models import Page, Site, get_page_models

from portal.accounts.names import name_of
from portal.content.pages.pages import PortalPage
from portal.content.visibility import HOME_DEPTH, HOME_LENGTH, below
from portal.editorial.dashboard.calendar import CalendarItem, EntryState, category_choices
from portal.editorial.people import exclude_invited
from portal.editorial.work_area import WorkArea

# The value of the filter for the user's own entries.
ME = "me"
LIST_DAYS = 30
# The calendar ignores days outside these years.
FIRST_YEAR, LAST_YEAR = 1990, 2100


class CalendarView(TextChoices):
    MONTH = "month", pgettext_lazy("view of a calendar", "Month")
    WEEK = "week", pgettext_lazy("view of a calendar", "Week")
    LIST = "list", pgettext_lazy("view of a calendar", "List")


@dataclass(frozen=True)
class CalendarScope:
    """The sites of a work area, with the tree paths and labels of their home pages."""

    area: WorkArea
    sites: list[Site]
    # Site and label of each home page, by tree path.
    homes: dict[str, tuple[int, str]]

    @classmethod
    def of(cls, area: WorkArea) -> Self:
        sites = {site.root_page.translation_key: site for site in Site.objects.select_related("root_page")}
        pages = Page.objects.filter(depth=HOME_DEPTH, translation_key__in=sites, alias_of=None).select_related("locale")
        homes = {
            page.path: (sites[page.translation_key].pk, f"{page.title} ({page.locale.language_code})")
            for page in pages.order_by("path")
            if area.everywhere or _meets(area, page.path)
        }
        reached = {site for site, _label in homes.values()}
        found = [site for site in sites.values() if site.pk in reached]
        return cls(area, sorted(found, key=lambda site: (name_of_site(site), site.pk)), homes)

    def paths_of(self, site: int | None) -> tuple[str, ...]:
        return tuple(path for path, (key, _label) in self.homes.items() if site in (None, key))

    def sections(self) -> QuerySet[Page]:
        models = [model for model in get_page_models() if issubclass(model, PortalPage) and model.is_section]
        return Page.objects.type(*models).live().filter(below(self.homes)).order_by("path")

    def people(self) -> QuerySet[Any]:
        """The people with a role on these sites."""
        people = get_user_model().objects.filter(is_active=True, groups__newsroom_role__site__in=self.sites)
        return exclude_invited(people.distinct()).order_by("last_name", "first_name", "username")


def _meets(area: WorkArea, path: str) -> bool:
    """Whether the area includes this page, or a page above or below it."""
    return any(path.startswith(own) or own.startswith(path) for own in (*area.full_paths, *area.own_paths))


def name_of_site(site: Site) -> str:
    return site.site_name or site.hostname


@dataclass(frozen=True)
class FilterChoices:
    """The choices of each filter, and the tree paths of the sections."""

    choices: dict[str, list[Any]]
    paths: dict[str, str]

    @classmethod
    def of(cls, scope: CalendarScope, user: Any) -> Self:
        paths: dict[str, str] = {}
        groups: dict[str, list[tuple[str, str]]] = {}
        for page in scope.sections():
            if scope.area.everywhere or _meets(scope.area, page.path):
                paths[str(page.pk)] = page.path
                indented = f"{'– ' * (page.depth - HOME_DEPTH - 1)}{page.title}"
                groups.setdefault(scope.homes[page.path[:HOME_LENGTH]][1], []).append((str(page.pk), indented))
        people = [(str(person.pk), name_of(person)) for person in scope.people() if person.pk != user.pk]
        sites = [(str(site.pk), name_of_site(site)) for site in scope.sites]
        choices: dict[str, list[Any]] = {
            "site": [("", pgettext("planning", "All sites")), *sites],
            "section": [("", pgettext("planning", "All sections")), *groups.items()],
            "person": [("", pgettext("planning", "Everybody")), (ME, pgettext("planning", "Me")), *people],
            "kind": [("", pgettext("planning", "All kinds")), *category_choices()],
            "state": [("", pgettext("planning", "All states")), *EntryState.choices],
        }
        return cls(choices if len(sites) > 1 else {name: choices[name] for name in choices if name != "site"}, paths)


class FilterForm(forms.Form):
    """The filters; `site` is absent for people of one site."""

    view = forms.ChoiceField(choices=CalendarView.choices, required=False, widget=forms.HiddenInput)
    site = forms.ChoiceField(label=_("Site"), required=False)
    section = forms.ChoiceField(label=_("Section"), required=False)
    person = forms.ChoiceField(label=pgettext_lazy("planning", "Person"), required=False)
    kind = forms.ChoiceField(label=pgettext_lazy("planning", "Kind"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, data: Any, offered: FilterChoices, **options: Any):
        super().__init__(data, **options)
        # `from` is a Python keyword.
        self.fields["from"] = forms.DateField(input_formats=["%Y-%m-%d"], required=False, widget=forms.HiddenInput)
        for name, choices in offered.choices.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if "site" not in offered.choices:
            del self.fields["site"]

    def clean_from(self) -> date | None:
        day: date | None = self.cleaned_data["from"]
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError("")
        return day


class CalendarFilters:
    """What the calendar shows to a user. `params` are the parameters of the URL."""

    def __init__(self, params: Any, user: Any, now: datetime):
        self.user, self.now = user, now
        self.area = WorkArea.of(user)
        self.scope = CalendarScope.of(self.area)
        offered = FilterChoices.of(self.scope, user)
        read = FilterForm(params, offered)
        read.full_clean()
        self.chosen: dict[str, Any] = {name: read.cleaned_data.get(name) or "" for name in read.fields}
        self.view = CalendarView(self.chosen["view"] or CalendarView.MONTH)
        self.today = timezone.localdate(now)
        self.day: date = self.chosen["from"] or self.today
        self._paths = offered.paths
        # A second form, because the first one would show the errors of invalid parameters.
        self.form = FilterForm(None, offered, initial=self.chosen | {"view": self.view.value})

    @property
    def paths(self) -> tuple[str, ...] | None:
        """The tree paths to which the entries are limited; None if there is no limit."""
        if section := self.chosen["section"]:
            return (self._paths[section],)
        site = self.chosen.get("site")
        return self.scope.paths_of(int(site)) if site else None

    @property
    def narrowing(self) -> dict[str, str]:
        """The parameters of the filters that are set."""
        return {name: value for name, value in self.chosen.items() if value and name not in ("view", "from")}

    def select(self, entries: Iterable[CalendarItem]) -> list[CalendarItem]:
        """The entries that pass the filters of person, kind and state."""
        person, kind, state = (self.chosen[name] for name in ("person", "kind", "state"))
        key = self.user.pk if person == ME else int(person) if person else None
        return [
            entry
            for entry in entries
            if (key is None or entry.person == key)
            and (not kind or entry.category == kind)
            and (not state or entry.state == state)
        ]

    @cached_property
    def days(self) -> list[date]:
        """The days shown: whole weeks for a month and a week, from Monday on."""
        first, number = self.day, LIST_DAYS
        if self.view == CalendarView.WEEK:
            first, number = monday_of(self.day), 7
        elif self.view == CalendarView.MONTH:
            first = monday_of(self.day.replace(day=1))
            number = (monday_of(_next_month(self.day) - timedelta(days=1)) - first).days + 7
        return [first + timedelta(days=each) for each in range(number)]

    @property
    def earlier(self) -> date:
        """A day of the month, week or list before this one."""
        if self.view == CalendarView.MONTH:
            return (self.day.replace(day=1) - timedelta(days=1)).replace(day=1)
        return self.days[0] - timedelta(days=len(self.days))

    @property
    def later(self) -> date:
        return _next_month(self.day) if self.view == CalendarView.MONTH else self.days[-1] + timedelta(days=1)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def midnight(day: date) -> datetime:
    """The beginning of a day in the current time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
