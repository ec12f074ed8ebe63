"""The registry of page kinds, with everything that lists, feeds, newsletters, search and the newsroom need."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

# The length of the database columns for kind names.
MAX_NAME_LENGTH = 12


class Listed(Enum):
    """Which of the public lists contain pages of a kind."""

    STORIES = "stories"
    EVENTS = "events"
    NOWHERE = ""


class Requirement(NamedTuple):
    """A condition for publication. Its message links to the form field `field`."""

    code: str
    message: Any
    field: str
    is_met: Callable[[Any], bool]


HAS_STANDFIRST = Requirement(
    "standfirst",
    _("Write a standfirst: one or two sentences below the title."),
    "standfirst",
    lambda page: bool(page.standfirst.strip()),
)
HAS_LEAD_IMAGE = Requirement(
    "lead_image", _("Choose a lead image."), "lead_image", lambda page: page.lead_image_id is not None
)
HAS_ALT = Requirement(
    "alt",
    _("Lead image: describe what it shows, for people who cannot see it."),
    "lead_image_alt",
    lambda page: not page.lead_image_id or page.lead_image_decorative or bool(page.lead_image_alt.strip()),
)
HAS_TOPIC = Requirement(
    "topic", _("Choose at least one topic."), "page_topics", lambda page: bool(page.page_topics.all())
)


@dataclass(kw_only=True)
class Kind:
    """The `kind` attribute of a page class.

    `name` is part of URLs, feeds, the API and the search index, so it never changes. `order` sorts the newsroom's menu
    and the stories of a newsletter. Cards show the label unless `is_labelled` is false.
    """

    name: str
    order: int
    icon: str
    listed: Listed = Listed.NOWHERE
    is_labelled: bool = True
    # Whether the newsroom's menu “Write” offers this kind.
    is_offered: bool = True
    model: type[Page] = field(init=False, repr=False)

    def __set_name__(self, owner: type[Page], name: str) -> None:
        self.model = owner

    @property
    def label(self) -> str:
        return str(capfirst(self.model._meta.verbose_name))

    @property
    def is_story(self) -> bool:
        return self.listed is Listed.STORIES


@dataclass(kw_only=True)
class Format(Kind):
    """A format of a kind of story, chosen by its editor: its template, its card and what it needs for publication.

    To readers, it is a kind like others: lists, feeds, search and newsletters have it under its own name and label.
    """

    title: Any
    template: str
    icon: str = "doc-full"
    listed: Listed = Listed.STORIES
    is_offered: bool = False
    # The schema.org type of its stories.
    schema_type: str = "NewsArticle"
    # The codes of the kind's requirements that do not apply, and the format's own requirements.
    without: frozenset[str] = frozenset()
    requirements: tuple[Requirement, ...] = ()
    # Returns the names that cards show, and the primary key of the first person's picture.
    people: Callable[[Any], tuple[str, int | None]] | None = None
    # Returns further properties of the story for schema.org, and further things.
    data: Callable[..., tuple[dict[str, Any], list[Any]]] | None = None
    # Whether cards lead to the story's `link` on another site.
    leads_elsewhere: bool = False
    # The size of pictures in galleries (`portal.media.picture.SLOTS`), if it is not the usual one.
    gallery_slot: str = ""
    # The size of cards on a shelf of stories of this format.
    card_size: str = "standard"
    # Whether a list with only this format shows the hours of its stories, grouped by day.
    is_wire: bool = False

    @property
    def label(self) -> str:
        return str(self.title)


_registered: dict[str, Kind] = {}


def register_kind(model: Any) -> None:
    """Register the kind of a page class, and its `formats`. Apps call this in `ready`.

    Raises ImproperlyConfigured, which stops the process, if the class lacks a required attribute.
    """
    kind = vars(model).get("kind")
    if not isinstance(kind, Kind):
        raise ImproperlyConfigured(f"{model.__name__} has no kind of its own: set `kind = Kind(…)` in the class.")
    if not kind.name.isidentifier() or len(kind.name) > MAX_NAME_LENGTH:
        raise ImproperlyConfigured(
            f"{model.__name__}: its kind’s name, “{kind.name}”, must be a word of at most {MAX_NAME_LENGTH} letters."
        )
    for each in (kind, *getattr(model, "formats", ())):
        known = _registered.setdefault(each.name, each)
        if known is not each:
            raise ImproperlyConfigured(
                f"{model.__name__} and {known.model.__name__} have kinds with the same name, “{each.name}”."
            )
        each.model = model
    for name in (*model.search_names, *model.search_texts):
        if not hasattr(model, name):
            raise ImproperlyConfigured(f"{model.__name__} has no “{name}”, which its search fields name.")


def kind_errors(model: Any) -> list[Error]:
    """System check errors of a page class's kind."""
    name = model.__name__
    if model.kind is None and model.requirements:
        sentence = f"{name} is a story or an event without a kind: set `kind = Kind(…)` in the class."
    elif model.kind is not None and _registered.get(model.kind.name) is not model.kind:
        sentence = f"No app registers the kind of {name}: call register_kind({name}) in `ready`."
    else:
        return []
    return [Error(sentence, obj=model, id="portal.E003")]


def kinds(listed: Listed | None = None) -> list[Kind]:
    """All kinds and formats in order, or only those in one list."""
    found = [kind for kind in _registered.values() if listed in (None, kind.listed)]
    return sorted(found, key=lambda kind: kind.order)


def models_of(listed: Listed | None = None) -> list[Any]:
    """The page classes of all kinds in order, or only those in one list."""
    return list(dict.fromkeys(kind.model for kind in kinds(listed)))


def format_named(name: str) -> Format | None:
    kind = _registered.get(name)
    return kind if isinstance(kind, Format) else None


def kind_named(name: str) -> Kind | None:
    return _registered.get(name)


def model_of(name: str) -> Any:
    return _registered[name].model


def label_of(name: str) -> str:
    """The label of a kind, or its name if the app that registered it is no longer installed."""
    kind = kind_named(name)
    return kind.label if kind else name


def story_choices() -> list[tuple[str, str]]:
    return [(kind.name, kind.label) for kind in kinds(Listed.STORIES)]
