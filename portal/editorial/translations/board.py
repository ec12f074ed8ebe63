"""The translation board: a site's pages in one language, with the state of their translation into another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, Count, Exists, OuterRef, QuerySet, Subquery, TextChoices, Value, When
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _, pgettext, pgettext_lazy
from wagtail.models import Page, Site, WorkflowState, get_page_models

from portal.content.pages.pages import PortalPage
from portal.content.visibility import HOME_LENGTH, in_trash
from portal.editorial.approval.review import content_hash_of
from portal.editorial.records.translations import Basis
from portal.editorial.translations.changes import TextChange, parse_changes
from portal.editorial.work_area import WorkArea

STEPLEN = Page.steplen


class State(TextChoices):
    MISSING = "missing", pgettext_lazy("state of a translation", "Missing")
    OUTDATED = "outdated", pgettext_lazy("state of a translation", "Outdated")
    WORK = "work", pgettext_lazy("state of a translation", "In progress")
    REVIEW = "review", pgettext_lazy("state of a translation", "In review")
    LIVE = "live", pgettext_lazy("state of a translation", "Live")
    TRASH = "trash", pgettext_lazy("state of a translation", "In the trash")


@dataclass(frozen=True)
class BoardScope:
    """A site with its home pages by language code, the default language first."""

    site: Site
    homes: dict[str, Page]


def scopes_of(user: Any) -> list[BoardScope]:
    """The user's sites with more than one language."""
    area = WorkArea.of(user)
    sites = list(Site.objects.select_related("root_page__locale").order_by("site_name", "pk"))
    keys = {site.root_page.translation_key for site in sites}
    found = Page.objects.filter(translation_key__in=keys, alias_of=None).select_related("locale").order_by("path")
    homes = [home for home in found if area.everywhere or _reaches(area, home)]
    scopes = []
    for site in sites:
        own = [home for home in homes if home.translation_key == site.root_page.translation_key]
        own.sort(key=lambda home: home.pk != site.root_page_id)
        if len(own) > 1:
            scopes.append(BoardScope(site, {home.locale.language_code: home for home in own}))
    return scopes


def _reaches(area: WorkArea, home: Page) -> bool:
    paths = (*area.full_paths, *area.own_paths)
    return any(path.startswith(home.path) or home.path.startswith(path) for path in paths)


def sections_below(home: Page) -> QuerySet[Page]:
    models = [model for model in get_page_models() if issubclass(model, PortalPage) and model.is_section]
    return Page.objects.type(*models).live().descendant_of(home).order_by("path")


def originals(user: Any, home: Page, target: Page, section: Page | None = None) -> QuerySet[Any]:
    """The live pages below a home page that are not translations, limited to the user's work area.

    They are annotated with the primary key of their `translation` into the language of `target`, and with its `state`.
    """
    versions = Page.objects.filter(
        translation_key=OuterRef("translation_key"), locale=target.locale_id, path__startswith=target.path
    )
    translation = versions.exclude(in_trash()).filter(alias_of=None)
    outdated = Basis.objects.filter(translation=OuterRef("translation"), outdated_at__isnull=False)
    in_review = _reviews().filter(object_id=Cast(OuterRef("translation"), CharField()))
    pages = Page.objects.live().filter(
        WorkArea.of(user).page_condition(), path__startswith=(section or home).path, alias_of=None, basis=None
    )
    return pages.annotate(translation=Subquery(translation.values("pk")[:1])).annotate(
        state=Case(
            When(Exists(versions.filter(in_trash())), then=Value(State.TRASH)),
            When(translation=None, then=Value(State.MISSING)),
            When(Exists(outdated), then=Value(State.OUTDATED)),
            When(Exists(in_review), then=Value(State.REVIEW)),
            When(Exists(translation.filter(live=True, has_unpublished_changes=False)), then=Value(State.LIVE)),
            default=Value(State.WORK),
            output_field=CharField(),
        )
    )


def count_by_state(pages: QuerySet[Any]) -> dict[str, int]:
    found = dict(pages.order_by().values("state").annotate(count=Count("pk")).values_list("state", "count"))
    return {state: found.get(state, 0) for state in State.values}


@dataclass(frozen=True)
class RowStep:
    """A row's button. It links to a URL or posts an action of the board."""

    label: str
    url: str = ""
    action: str = ""


@dataclass(frozen=True)
class BoardRow:
    page: Page
    state: State
    place: str
    translation: Page | None = None
    is_shown_as_alias: bool = False
    outdated_at: datetime | None = None
    changes: list[tuple[str, TextChange]] = field(default_factory=list)
    passages: int = 0
    to_do: int = 0
    # Whether the user may publish in the language: only approvers can act on a page in review.
    may_publish: bool = False
    # The review step in progress.
    step: int | None = None

    @property
    def is_in_review(self) -> bool:
        return self.step is not None

    @property
    def is_offered(self) -> bool:
        return self.state != State.TRASH and (self.may_publish or self.state != State.REVIEW)

    @property
    def next_step(self) -> RowStep | None:
        """This person's next step; None if they have to wait or if there is none."""
        writing = reverse("translate_page", args=[self.translation.pk]) if self.translation else ""
        if self.state == State.MISSING:
            return RowStep(_("Begin"), action="start")
        if self.state == State.TRASH:
            return RowStep(pgettext("deleted pages", "Trash"), reverse("trash"))
        if self.step is not None:
            answer = reverse("editorial:answer", args=[self.step])
            return RowStep(_("Read and answer"), answer) if self.may_publish else None
        if self.state == State.OUTDATED:
            return RowStep(_("Bring up to date"), action="update")
        if self.state == State.LIVE:
            return None
        if self.to_do:
            return RowStep(_("Translate"), writing)
        if self.may_publish:
            return RowStep(_("Read and publish"), writing)
        return RowStep(_("Send for review"), action="submit")

    @property
    def content_hash(self) -> str:
        revision = self.translation.latest_revision if self.translation else None
        return content_hash_of(revision) if revision else ""


def rows(pages: Iterable[Any], target: Page, user: Any) -> list[BoardRow]:
    """The board's rows for these pages, with a fixed number of queries."""
    may_publish = user.is_superuser or "publish" in target.permissions_for_user(user).permissions
    pages = list(pages)
    keys = [page.translation for page in pages if page.translation]
    found = Page.objects.filter(pk__in=keys).select_related("latest_revision").defer("latest_revision__content")
    translations = {translation.pk: translation for translation in found}
    bases = {basis.pk: basis for basis in Basis.objects.filter(pk__in=keys)}
    reviewed = _steps_of_reviews(keys)
    titles = dict(Page.objects.filter(path__in={_parent_path(page) for page in pages}).values_list("path", "title"))
    keys_without = [page.translation_key for page in pages if not page.translation]
    aliases = Page.objects.filter(~in_trash(), translation_key__in=keys_without)
    shown_as_alias = set(
        aliases.filter(locale=target.locale_id, alias_of__isnull=False).values_list("translation_key", flat=True)
    )
    result = []
    for page in pages:
        basis = bases.get(page.translation)
        model = ContentType.objects.get_for_id(page.content_type_id).model_class()
        changes = [(change.label(model), change) for change in parse_changes(basis.changes)] if basis else []
        result.append(
            BoardRow(
                page,
                State(page.state),
                titles.get(_parent_path(page), ""),
                translations.get(page.translation),
                page.translation_key in shown_as_alias,
                basis.outdated_at if basis else None,
                changes,
                basis.passages if basis else 0,
                basis.to_do if basis else 0,
                may_publish,
                reviewed.get(page.translation),
            )
        )
    return result


def _parent_path(page: Page) -> str:
    return page.path[:-STEPLEN] if len(page.path) > HOME_LENGTH else ""


def _steps_of_reviews(keys: list[int]) -> dict[int, int]:
    """The steps in progress by page key."""
    states = _reviews().filter(object_id__in=[str(key) for key in keys], current_task_state__isnull=False)
    return {int(page): step for page, step in states.values_list("object_id", "current_task_state")}


def _reviews() -> QuerySet[WorkflowState]:
    pages = ContentType.objects.get_for_model(Page)
    return WorkflowState.objects.filter(base_content_type=pages, status=WorkflowState.STATUS_IN_PROGRESS)
