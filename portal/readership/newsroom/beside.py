"""Figures besides those of pages: topics, authors and the search; followed links and opened forms."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Model, Sum
from django.utils import timezone
from wagtail.admin.ui.tables import NumberColumn
from wagtail.models import Page, Site

from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.readership.models import ClickDay, PageDay, SubjectDay, SubjectKind
from portal.readership.newsroom.access import sites_seen_by
from portal.readership.newsroom.figures import Period, narrowed

MOST = 10
DAYS_IN_LIST = 30
# The models of the keys; the search has none.
RECORDS: dict[str, type[Model]] = {SubjectKind.TOPIC.value: Topic, SubjectKind.AUTHOR.value: Person}


class Subject(NamedTuple):
    """A topic, an author or the search (which has no name), and how often its page was opened."""

    kind: SubjectKind
    name: str
    views: int


def subjects(site: Site, period: Period) -> list[Subject]:
    """The most opened topics and authors, and the search."""
    days = SubjectDay.objects.filter(site=site, **period.lookups)
    rows = days.values_list("kind", "key").annotate(total=Sum("views")).order_by("-total", "kind", "key")
    by_kind: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for kind, key, views in rows:
        if len(by_kind[kind]) < MOST:
            by_kind[kind].append((key, views))
    found = []
    for kind in SubjectKind:
        names = {0: ""}
        if model := RECORDS.get(kind.value):
            records = model._default_manager.in_bulk([key for key, _views in by_kind[kind.value]])
            names = {key: str(record) for key, record in records.items()}
        found += [Subject(kind, names[key], views) for key, views in by_kind[kind.value] if key in names]
    return found


class Followed(NamedTuple):
    """Clicks on the links of a page, or of all pages of a site: by host, and to registration forms."""

    hosts: list[tuple[str, int]]
    forms: int


def followed(site: Site, period: Period, page: Page | None = None, language: str = "", below: str = "") -> Followed:
    clicks = narrowed(ClickDay.objects.filter(site=site, **period.lookups), "page", language, below)
    if page is not None:
        clicks = clicks.filter(page=page.pk)
    # One of the rows may be the registration form, which has no host.
    found = list(clicks.values_list("host").annotate(total=Sum("views")).order_by("-total", "host")[: MOST + 1])
    hosts = [(host, total) for host, total in found if host]
    forms = sum(total for host, total in found if not host) or 0
    return Followed(hosts[:MOST], forms)


class ViewsColumn(NumberColumn):
    """The views of each page of a list in thirty days, in one query.

    It is empty for pages without views, and for those of sites whose figures the user may not see.
    """

    def __init__(self, name: str, user: Any, **kwargs: Any):
        super().__init__(name, **kwargs)
        self.user = user
        self.views: dict[int, int] = {}

    def prepare(self, pages: Iterable[Page]) -> None:
        """Look up the figures of all rows at once."""
        period = Period.of_days(DAYS_IN_LIST, timezone.localdate())
        keys = [page.pk for page in pages if page.first_published_at]
        # The index begins with site and day: with a range of days the database would look at every page.
        days = PageDay.objects.filter(
            site__in=sites_seen_by(self.user).values("pk"),
            day__in=[day.toordinal() for day in period.days],
            page__in=keys,
        )
        self.views = dict(days.values_list("page").annotate(total=Sum("views"))) if keys else {}

    def get_value(self, instance: Page) -> int | None:
        return self.views.get(instance.pk)

    def get_cell_context_data(self, instance: Page, parent_context: dict[str, Any]) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        return context if context["raw_value"] is not None else context | {"value": ""}
