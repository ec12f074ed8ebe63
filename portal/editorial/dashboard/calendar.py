"""The entries of the newsroom's calendar, and the registry of their sources."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, TextChoices
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.models import Page, WorkflowState

from portal.accounts.names import name_of
from portal.content.kinds import models_of
from portal.content.visibility import below
from portal.editorial.work_area import WorkArea

# The limit of entries read from one source.
MAX_ENTRIES = 20_000


class EntryState(TextChoices):
    """What happens at the time of an entry; before the approval, the state of the draft."""

    UNWRITTEN = "unwritten", pgettext_lazy("state of a draft", "to be written")
    DRAFT = "draft", pgettext_lazy("state of a draft", "draft")
    REVIEW = "review", pgettext_lazy("state of a draft", "in review")
    SENT_BACK = "sent_back", pgettext_lazy("state of a draft", "sent back")
    DUE = "due", pgettext_lazy("state of a draft", "review due")
    APPEARS = "appears", _("appears")
    EMBARGO = "embargo", _("embargo ends")
    PUBLISHED = "published", pgettext_lazy("state of a draft", "published")
    ENDS = "ends", _("taken down")
    EVENT = "event", pgettext_lazy("calendar of the newsroom", "takes place")
    MAILING = "mailing", pgettext_lazy("calendar of the newsroom", "newsletter")


# The states of drafts that are not approved yet.
OPEN = frozenset({EntryState.UNWRITTEN, EntryState.DRAFT, EntryState.REVIEW, EntryState.SENT_BACK})
# Entries that are late once their time has passed.
PENDING = OPEN | {EntryState.DUE, EntryState.APPEARS, EntryState.EMBARGO, EntryState.ENDS}


@dataclass(frozen=True, kw_only=True)
class CalendarItem:
    """One entry of the calendar. Without a time, `at` is the midnight at which its day begins.

    `path` is the page's tree path; `category` is a name in `category_choices`. `owner`, `person` and `author` are
    primary keys of accounts: the page's owner, the person in charge, and the author of a scheduled version. `key`
    distinguishes several entries of a page in the same state.
    """

    at: datetime
    title: str
    path: str
    url: str
    state: EntryState
    category: str = ""
    page: int = 0
    owner: int | None = None
    person: int | None = None
    author: int | None = None
    has_time: bool = True
    # Whether it is the day of a planned item, not the time in a draft.
    is_plan: bool = False
    note: str = ""
    key: str = ""

    @property
    def kind(self) -> str:
        """The kind of event: `planned` for every unapproved draft."""
        return "planned" if self.state in OPEN else self.state.value

    @property
    def label(self) -> Any:
        return self.state.label

    @property
    def icon(self) -> str:
        return _icons().get(self.category, "doc-empty")

    @property
    def over_at(self) -> datetime:
        return self.at if self.has_time else self.at + timedelta(days=1)

    def is_late(self, now: datetime) -> bool:
        """Whether the entry is overdue. A planned item is not overdue once its draft is in review."""
        if self.state not in PENDING or self.over_at > now:
            return False
        return not (self.is_plan and self.state == EntryState.REVIEW)


@dataclass
class CalendarPeriod:
    """The time from `first` up to `last`, and the pages whose entries are read.

    These are the pages in `area`, limited to those below the tree paths `paths` unless they are None.
    """

    area: WorkArea
    now: datetime
    first: datetime
    last: datetime
    paths: tuple[str, ...] | None = None
    limit: int = MAX_ENTRIES
    types: dict[int, Any] = field(default_factory=dict, init=False)

    def pages(self, prefix: str = "") -> Q:
        """The condition for these pages; `prefix` is the lookup of the page, such as `event__`."""
        found = self.area.page_condition(f"{prefix}path", f"{prefix}owner")
        return found if self.paths is None else found & below(self.paths, prefix)

    def includes(self, at: datetime) -> bool:
        return self.first <= at < self.last

    @cached_property
    def reviews(self) -> dict[int, str]:
        """The status of each review that is in progress or was sent back, by the page's primary key."""
        pages = ContentType.objects.get_for_model(Page)
        states = WorkflowState.objects.active().filter(base_content_type=pages)
        return {int(key): status for key, status in states.values_list("object_id", "status")}

    def state_of_draft(self, page: int) -> EntryState:
        states = {
            WorkflowState.STATUS_IN_PROGRESS: EntryState.REVIEW,
            WorkflowState.STATUS_NEEDS_CHANGES: EntryState.SENT_BACK,
        }
        return states.get(self.reviews.get(page, ""), EntryState.DRAFT)

    def category_of(self, content_type: int) -> str:
        if content_type not in self.types:
            model = ContentType.objects.get_for_id(content_type).model_class()
            kind = getattr(model, "kind", None)
            self.types[content_type] = kind.name if kind else model._meta.label if model else ""
        return str(self.types[content_type])


type Source = Callable[[CalendarPeriod], Iterable[CalendarItem]]
# The sources of the calendar; the dashboard's summary of today reads only `work_sources`.
work_sources: list[Source] = []
calendar_sources: list[Source] = []
# The label and the icon of categories that are no registered kinds of pages, such as `newsletter.IssuePage`.
other_categories: dict[str, tuple[Any, str]] = {}


def category_choices() -> list[tuple[str, Any]]:
    named = [(model.kind.name, model.kind.label) for model in models_of()]
    return [*named, *((name, capfirst(label)) for name, (label, _icon) in other_categories.items())]


def _icons() -> dict[str, str]:
    others = {name: icon for name, (_label, icon) in other_categories.items()}
    return {model.kind.name: model.kind.icon for model in models_of()} | others


def read_entries(sources: Iterable[Source], period: CalendarPeriod) -> list[CalendarItem]:
    found = [entry for read in sources for entry in read(period)]
    return sorted(found, key=lambda entry: (entry.at, entry.title, entry.page))


def names_of_people(entries: Iterable[CalendarItem]) -> dict[int | None, str]:
    """The name of the person in charge of each entry, by primary key."""
    keys = {entry.person for entry in entries if entry.person}
    people = get_user_model().objects.filter(pk__in=keys) if keys else ()
    return {person.pk: name_of(person) for person in people}
