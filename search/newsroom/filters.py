"""The page search's filters: state, kind, section, language, writer, topic, and two spans of days."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple, Select
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.models import Locale, Page
from wagtail.permissions import page_permission_policy

from portal.accounts.names import name_of
from portal.content.records.topics import Topic
from portal.content.separation.choices import has_access_to_every_site, home_paths
from portal.content.visibility import HOME_LENGTH, in_trash
from portal.formats.words import language_name
from search.indexing.entries import indexable_types
from search.indexing.states import PageState
from search.models import DraftEntry
from search.models.entries import PAGE_MASK, key_of
from search.newsroom.find import Filters

# The letter before the value in a scope token, by filter.
LETTERS = {"kind": "k", "section": "n", "language": "l", "topic": "t"}


class WriterFilter(django_filters.ModelChoiceFilter):
    def filter(self, qs: QuerySet[DraftEntry], value: Any) -> QuerySet[DraftEntry]:
        if value is None:
            return qs
        pages = [Page.objects.filter(each).values("pk") for each in (Q(owner=value), Q(latest_revision__user=value))]
        return qs.filter(Q(page__in=pages[0]) | Q(page__in=pages[1]))


SELECT, CHECKBOXES = Select(), CheckboxSelectMultiple()
# Django's templates include up to five other templates for each choice, and a network has hundreds of writers and
# topics.
SELECT.template_name, CHECKBOXES.template_name = "search/newsroom/select.html", "search/newsroom/checkboxes.html"


class PageSearchFilters(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=PageState.choices, widget=CHECKBOXES)
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), widget=CHECKBOXES)
    section = django_filters.ChoiceFilter(label=_("Section"), widget=SELECT)
    language = django_filters.MultipleChoiceFilter(label=_("Language"), widget=CHECKBOXES)
    writer = WriterFilter(
        label=pgettext_lazy("who wrote a page", "Writer"),
        queryset=lambda request: get_user_model().objects.filter(is_active=True).order_by("last_name", "username"),
        widget=SELECT,
    )
    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"), queryset=lambda request: _topics(request.user), widget=SELECT
    )
    published_at = django_filters.DateFromToRangeFilter(label=_("Published"), widget=DateRangePickerWidget)
    changed = django_filters.DateFromToRangeFilter(
        label=pgettext_lazy("when a page was", "Changed"), widget=DateRangePickerWidget
    )

    class Meta:
        model = DraftEntry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        user = self.request.user
        self.filters["kind"].extra["choices"] = _kinds()
        self.filters["section"].extra["choices"] = list(_sections(user))
        self.filters["language"].extra["choices"] = _languages()
        self.filters["writer"].field.label_from_instance = name_of

    @property
    def chosen(self) -> Filters:
        """The filters in the index's terms; none if the form has an error."""
        if not self.is_valid():
            return Filters()
        values = self.form.cleaned_data
        tokens = {"state": tuple(PageState(value).token for value in values["state"])}
        for name, letter in LETTERS.items():
            chosen = values[name] if isinstance(values[name], list) else [values[name]]
            tokens[name] = tuple(f"{letter}{getattr(each, 'pk', each)}" for each in chosen if each)
        among = None
        if values["writer"] or values["published_at"]:
            entries = DraftEntry.objects.all()
            for name in ("writer", "published_at"):
                entries = self.filters[name].filter(entries, values[name])
            among = entries
        return Filters({name: found for name, found in tokens.items() if found}, _span(values["changed"]), among)


def _span(changed: slice | None) -> tuple[int, int] | None:
    """The keys of entries within a span of days."""
    if changed is None:
        return None
    first = key_of(0, changed.start) if changed.start else 0
    return first, (key_of(PAGE_MASK, changed.stop) if changed.stop else 2**63 - 1)


def _kinds() -> list[tuple[int, str]]:
    types: dict[Any, ContentType] = ContentType.objects.get_for_models(*indexable_types())
    return sorted(
        ((found.pk, str(model.get_verbose_name())) for model, found in types.items()), key=lambda kind: kind[1]
    )


def _languages() -> list[tuple[str, str]]:
    codes = Locale.objects.order_by("pk").values_list("language_code", flat=True)
    return [(code, language_name(code)) for code in codes]


def _sections(user: Any) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """The sections that a user may open, grouped by the title and language of their home page."""
    models = [model for model in indexable_types() if getattr(model, "is_section", False)]
    sections = page_permission_policy.explorable_instances(user).type(*models).exclude(in_trash())
    rows = list(sections.order_by("path").values_list("pk", "path", "draft_title", "locale__language_code"))
    homes = dict(
        Page.objects.filter(path__in={path[:HOME_LENGTH] for _pk, path, *_rest in rows}).values_list("path", "title")
    )
    groups: dict[str, list[tuple[int, str]]] = {}
    for key, path, title, code in rows:
        depth = (len(path) - HOME_LENGTH) // Page.steplen - 1
        home = f"{homes.get(path[:HOME_LENGTH], '')} ({language_name(code)})"
        groups.setdefault(home, []).append((key, " – " * depth + title))
    yield from groups.items()


def _topics(user: Any) -> QuerySet[Topic]:
    topics = Topic.objects.order_by("name", "pk")
    if has_access_to_every_site(user):
        return topics
    return topics.filter(Q(site=None) | Q(site__root_page__path__in=home_paths(user)))
