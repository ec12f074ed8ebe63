"""The translators' board: the pages of a site in one language, and how they stand in another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, Count, Exists, OuterRef, QuerySet, Subquery, TextChoices, Value, When
from django.utils.translation import pgettext_lazy
from wagtail.models import Page, Site, WorkflowState, get_page_models

from portal.core.models import PortalPage
from portal.editorial.approval.review import content_hash_of
from portal.editorial.records.translations import Basis
from portal.editorial.translations.changes import TextChange, read
from portal.editorial.work_area import WorkArea

STEP = Page.steplen
HOME = 2 * STEP


class State(TextChoices):
    MISSING = "missing", pgettext_lazy("state of a translation", "Missing")
    OUTDATED = "outdated", pgettext_lazy("state of a translation", "Outdated")
    WORK = "work", pgettext_lazy("state of a translation", "In work")
    LIVE = "live", pgettext_lazy("state of a translation", "Live")


@dataclass(frozen=True)
class BoardScope:
    """A site with its home pages by language, the site's own language first."""

    site: Site
    homes: dict[str, Page]


def scopes_of(user: Any) -> list[BoardScope]:
    """The sites in which somebody works and which have more than one language."""
    reach = WorkArea.of(user)
    sites = list(Site.objects.select_related("root_page__locale").order_by("site_name", "pk"))
    keys = {site.root_page.translation_key for site in sites}
    found = Page.objects.filter(translation_key__in=keys, alias_of=None).select_related("locale").order_by("path")
    homes = [home for home in found if reach.everywhere or _touches(reach, home)]
    places = []
    for site in sites:
        own = [home for home in homes if home.translation_key == site.root_page.translation_key]
        own.sort(key=lambda home: home.pk != site.root_page_id)
        if len(own) > 1:
            places.append(BoardScope(site, {home.locale.language_code: home for home in own}))
    return places


def _touches(reach: WorkArea, home: Page) -> bool:
    return any(path.startswith(home.path) or home.path.startswith(path) for path in (*reach.whole, *reach.own))


def sections_below(home: Page) -> QuerySet[Page]:
    models = [model for model in get_page_models() if issubclass(model, PortalPage) and model.is_section]
    return Page.objects.type(*models).live().descendant_of(home).order_by("path")


def originals(user: Any, home: Page, target: Page, section: Page | None = None) -> QuerySet[Any]:
    """The published pages below a home page that were written there, with their `twin` and `state` in another language.

    Whoever may only add pages somewhere sees there what they have added.
    """
    twin = Page.objects.filter(
        translation_key=OuterRef("translation_key"),
        locale=target.locale_id,
        path__startswith=target.path,
        alias_of=None,
    )
    behind = Basis.objects.filter(translation=OuterRef("twin"), outdated_at__isnull=False)
    pages = Page.objects.live().filter(
        WorkArea.of(user).pages(), path__startswith=(section or home).path, alias_of=None, basis=None
    )
    return pages.annotate(twin=Subquery(twin.values("pk")[:1])).annotate(
        state=Case(
            When(twin=None, then=Value(State.MISSING)),
            When(Exists(behind), then=Value(State.OUTDATED)),
            When(Exists(twin.filter(live=True, has_unpublished_changes=False)), then=Value(State.LIVE)),
            default=Value(State.WORK),
            output_field=CharField(),
        )
    )


def counted(pages: QuerySet[Any]) -> dict[str, int]:
    """How many of the pages are in each state."""
    found = dict(pages.order_by().values("state").annotate(count=Count("pk")).values_list("state", "count"))
    return {state: found.get(state, 0) for state in State.values}


@dataclass(frozen=True)
class BoardRow:
    page: Page
    state: State
    place: str
    twin: Page | None = None
    is_in_review: bool = False
    is_shown_as_alias: bool = False
    outdated_at: datetime | None = None
    changes: list[tuple[str, TextChange]] = field(default_factory=list)

    @property
    def mark(self) -> str:
        revision = self.twin.latest_revision if self.twin else None
        return content_hash_of(revision) if revision else ""


def rows(pages: Iterable[Any], target: Page) -> list[BoardRow]:
    """What the board shows of these pages; as many queries for many as for one."""
    pages = list(pages)
    keys = [page.twin for page in pages if page.twin]
    found = Page.objects.filter(pk__in=keys).select_related("latest_revision").defer("latest_revision__content")
    twins = {twin.pk: twin for twin in found}
    bases = {basis.pk: basis for basis in Basis.objects.filter(pk__in=keys)}
    reviewed = _in_review(keys)
    names = dict(Page.objects.filter(path__in={_above(page) for page in pages}).values_list("path", "title"))
    aliases = Page.objects.filter(translation_key__in=[page.translation_key for page in pages if not page.twin])
    shown = set(
        aliases.filter(locale=target.locale_id, alias_of__isnull=False).values_list("translation_key", flat=True)
    )
    result = []
    for page in pages:
        basis = bases.get(page.twin)
        model = ContentType.objects.get_for_id(page.content_type_id).model_class()
        changes = [(change.label(model), change) for change in read(basis.changes)] if basis else []
        result.append(
            BoardRow(
                page,
                State(page.state),
                names.get(_above(page), ""),
                twins.get(page.twin),
                page.twin in reviewed,
                page.translation_key in shown,
                basis.outdated_at if basis else None,
                changes,
            )
        )
    return result


def _above(page: Page) -> str:
    return page.path[:-STEP] if len(page.path) > HOME else ""


def _in_review(keys: list[int]) -> set[int]:
    states = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=[str(key) for key in keys],
        status=WorkflowState.STATUS_IN_PROGRESS,
    )
    return {int(key) for key in states.values_list("object_id", flat=True)}
