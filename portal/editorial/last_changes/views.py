"""The page of the newsroom that shows who changed each passage of a page's text last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.models import Page, PageLogEntry, Revision

from portal.accounts.names import name_of
from portal.editorial.approval.conflicts import conflicting_versions_of
from portal.editorial.last_changes.attribution import LastChange, Save, TextVersion, last_changes
from portal.editorial.last_changes.passages import PassageReader
from portal.editorial.records.translations import Basis
from portal.platform.newsroom_views import NewsroomView, crumb

# The number of versions in memory at the same time.
CHUNK = 20
# The number of versions read, newest first. Text from before them is shown as older than the first of them.
MOST_VERSIONS = 500


@dataclass(frozen=True)
class RunLine:
    """A paragraph, or the part of it with the same last change. `label` is set on the first line of each field."""

    label: str
    text: str


@dataclass(frozen=True)
class Run:
    """Consecutive text with the same last change. `person` is empty for text from the oldest stored version."""

    lines: list[RunLine]
    person: str
    when: datetime
    url: str
    written_by: str
    written_at: datetime | None


def versions_of(page: Page) -> Iterator[TextVersion]:
    """The versions of a page, oldest first. Conflicting ones are left out, because no later text is based on them."""
    reader = PassageReader(type(page))
    rows = Revision.objects.filter(pk__in=_newest_first(page)[:MOST_VERSIONS]).order_by("created_at", "pk")
    for key, person, saved_at, content in rows.values_list("pk", "user_id", "created_at", "content").iterator(CHUNK):
        yield TextVersion(key, person, saved_at, reader.read(content))


def _newest_first(page: Page) -> Any:
    return page.revisions.exclude(pk__in=conflicting_versions_of(page)).order_by("-created_at", "-pk").values("pk")


def runs_of(page: Page) -> list[Run]:
    changes = last_changes(versions_of(page))
    saves = {save.key: save for change in changes for save in (change.save, change.written) if save}
    names = _names(page, saves.values())
    is_complete = _is_complete(page)

    def is_known(save: Save | None) -> bool:
        # Text in the oldest stored version may be older than that version.
        return save is not None and (is_complete or save.before is not None)

    runs, label = [], ""
    for (save, written), group in groupby(changes, lambda change: (change.save, change.written)):
        lines = []
        for line in _lines(list(group)):
            lines.append(line if line.label != label else RunLine("", line.text))
            label = line.label
        runs.append(
            Run(
                lines,
                names[save.key] if is_known(save) else "",
                save.saved_at,
                _address(page, save) if is_known(save) else "",
                names[written.key] if is_known(written) else "",
                written.saved_at if written else None,
            )
        )
    return runs


def _lines(changes: list[LastChange]) -> Iterator[RunLine]:
    for (_place, _line), group in groupby(changes, lambda change: (change.passage.place, change.passage.line)):
        passages = [change.passage for change in group]
        yield RunLine(passages[0].label, " ".join(passage.text for passage in passages))


def _names(page: Page, saves: Any) -> dict[Any, str]:
    """The person of each version by its key. Deleted accounts are recognised by the history."""
    people = get_user_model().objects.in_bulk({save.person for save in saves if save.person})
    nameless = [save.key for save in saves if save.person not in people]
    entries = PageLogEntry.objects.filter(page=page.pk, revision__in=nameless, user__isnull=False)
    deleted = set(entries.values_list("revision", flat=True)) if nameless else set()
    is_translation = bool(nameless) and Basis.objects.filter(translation=page.pk).exists()

    def name(save: Save) -> str:
        if save.person in people:
            return name_of(people[save.person])
        if save.key in deleted:
            return _("Deleted account")
        # A translation begins with a copy of the original, which Wagtail saves without a person.
        return _("Text of the original") if is_translation and save.before is None else _("Not recorded")

    return {save.key: name(save) for save in saves}


def _is_complete(page: Page) -> bool:
    """Whether all versions were read: none was purged, none is beyond the limit, and the text was not imported."""
    if _newest_first(page)[MOST_VERSIONS:].exists():
        return False
    oldest = page.revisions.order_by("created_at", "pk").values_list("created_at", flat=True).first()
    if oldest is None or (page.first_published_at and page.first_published_at < oldest):
        return False
    entries = PageLogEntry.objects.filter(page=page.pk, revision__isnull=False, timestamp__lt=oldest)
    return not entries.exclude(revision__in=page.revisions.values("pk")).exists()


def _address(page: Page, save: Save) -> str:
    """The comparison with the previous version; for the first version, the version itself."""
    if save.before is None:
        return reverse("wagtailadmin_pages:revisions_view", args=[page.pk, save.key])
    return reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, save.before, save.key])


class LastChangesView(NewsroomView, TemplateView):
    """For everybody who may see the page's history."""

    template_name = "editorial/last_changes/index.html"
    page_title = gettext_lazy("Who wrote what")
    header_icon = "history"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.page: Any = get_object_or_404(Page, pk=kwargs["page_id"]).specific

    def test_func(self) -> bool:
        permissions = self.page.permissions_for_user(self.request.user)
        return bool(permissions.can_publish() or permissions.can_edit())

    @property
    def page_subtitle(self) -> str:  # type: ignore[override]
        return str(self.page.get_admin_display_title())

    def breadcrumbs(self) -> list[dict[str, Any]]:
        history = reverse("wagtailadmin_pages:history", args=[self.page.pk])
        return [crumb(self.page_subtitle, history), crumb(self.page_title)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"runs": runs_of(self.page)}


@hooks.register("register_admin_urls")
def last_changes_url() -> list[Any]:
    return [path("pages/<int:page_id>/last-changes/", LastChangesView.as_view(), name="last_changes")]


@hooks.register("register_page_header_buttons")
def last_changes_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    # An alias has no versions of its own.
    permissions = page.permissions_for_user(user)
    if page.latest_revision_id and not page.alias_of_id and (permissions.can_publish() or permissions.can_edit()):
        url = reverse("last_changes", args=[page.pk])
        yield Button(_("Who wrote what"), url, icon_name="history", priority=86)
