"""Checks a release as a whole: what must be done before it can be approved, and what is advised."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.db.models import Q
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from wagtail.models import Page, ReferenceIndex, Revision, WorkflowState

from portal.accounts.names import name_of
from portal.content.publication import changing_together
from portal.content.visibility import HOME_DEPTH, HOME_LENGTH, in_trash, is_in_trash
from portal.editorial.approval.completeness import missing_findings
from portal.editorial.records.releases import Release, ReleaseAction, ReleaseItem
from portal.editorial.releases.menus import obstacles_to_menus
from portal.editorial.translations.together import listed
from portal.formats.words import date_and_time


@dataclass(frozen=True)
class ReleaseFinding:
    """A sentence about the release, or about one of its pages. A release with a required finding is not approved."""

    message: Any
    is_required: bool = True
    page: int = 0
    url: str = ""


PAGE_DELETED = gettext_lazy("A page of the release was deleted: withdraw the approval.")


def lacks_pages(release: Release, items: list[ReleaseItem]) -> bool:
    """Whether a page has been deleted for ever since the approval."""
    return release.is_approved and len(items) != release.approved_pages


class VersionTimes(NamedTuple):
    """The times of a version, read without building its page, which would take much longer."""

    go_live_at: datetime | None
    embargo_until: datetime | None
    expire_at: datetime | None

    @classmethod
    def of(cls, revision: Revision) -> Self:
        texts = (revision.content.get(name) for name in cls._fields)
        return cls(*(parse_datetime(text) if text else None for text in texts))


@dataclass(frozen=True)
class Changes:
    """The pages that a release publishes, takes down and moves, by primary key."""

    live: frozenset[int]
    down: frozenset[int]

    @classmethod
    def of(cls, items: Iterable[ReleaseItem]) -> "Changes":
        keys: dict[str, set[int]] = {action: set() for action in ReleaseAction}
        for item in items:
            keys[item.action].add(item.page_id)
        return cls(frozenset(keys[ReleaseAction.PUBLISH]), frozenset(keys[ReleaseAction.TAKE_DOWN]))


def check(release: Release, items: list[ReleaseItem], now: datetime) -> list[ReleaseFinding]:
    """All findings; `items` are those of the whole release."""
    found: list[ReleaseFinding] = []
    if not items:
        found.append(ReleaseFinding(_("Add a page.")))
    if lacks_pages(release, items):
        found.append(ReleaseFinding(PAGE_DELETED))
    if release.is_open and release.at <= now:
        found.append(ReleaseFinding(_("This time has passed: choose a later one.")))
    found += [ReleaseFinding(text) for text in obstacles_to_menus(release)]
    changes, languages = Changes.of(items), _languages(items)
    with changing_together(changes.live, changes.down):
        for item in items:
            found += _about(release, item, changes, now)
            if item.action == ReleaseAction.PUBLISH:
                found += _untranslated(item, languages, changes)
    return found


def _about(release: Release, item: ReleaseItem, changes: Changes, now: datetime) -> Iterator[ReleaseFinding]:
    obstacles = [ReleaseFinding(text, page=item.page_id) for text in obstacles_to(release, item)]
    yield from obstacles
    if is_in_trash(item.page):
        return
    if item.page.locked:
        who = name_of(item.page.locked_by)
        text = _("%(who)s has locked this page.") % {"who": who} if who else _("This page is locked.")
        yield ReleaseFinding(text, is_required=release.is_open, page=item.page_id)
    if item.action == ReleaseAction.PUBLISH and item.revision is not None:
        yield from _about_version(release, item, now, is_checked=release.is_open and not obstacles)
    elif item.action == ReleaseAction.TAKE_DOWN:
        yield from _about_taking_down(item, changes)


def obstacles_to(release: Release, item: ReleaseItem) -> Iterator[str]:
    """Why an item cannot be carried out; also checked at the minute itself."""
    page = item.page
    if is_in_trash(page):
        yield _("This page is in the trash. Restore it, or remove it from the release.")
    elif item.action == ReleaseAction.PUBLISH:
        yield from _obstacles_to_version(release, item)
    elif item.action == ReleaseAction.TAKE_DOWN:
        # An expiry before the minute has done what the release would do.
        if not page.live and not (release.is_approved and page.expired):
            yield _("This page is not published any more.")
    else:
        yield from _obstacles_to_move(item)


def _obstacles_to_version(release: Release, item: ReleaseItem) -> Iterator[str]:
    revision, at = item.revision, release.at
    if revision is None:
        yield _("The version in the release was deleted.")
        return
    if item.page.live and item.page.live_revision_id == revision.pk:
        yield _("Readers see this version already.")
    if release.is_approved and revision.approved_go_live_at != at:
        yield _("The publication of this version was cancelled: withdraw the approval of the release.")
    times = VersionTimes.of(revision)
    if times.embargo_until and times.embargo_until > at:
        yield _("The embargo ends on %(when)s, after the release.") % {"when": _when(times.embargo_until)}
    elif times.go_live_at and times.go_live_at > at:
        yield _("The draft has a later time of its own: %(when)s.") % {"when": _when(times.go_live_at)}
    if times.expire_at and times.expire_at <= at:
        yield _("The page expires on %(when)s, before the release.") % {"when": _when(times.expire_at)}


def _obstacles_to_move(item: ReleaseItem) -> Iterator[str]:
    page, parent = item.page, item.parent
    if parent is None or is_in_trash(parent):
        yield _("The page to which it moves was deleted.")
    elif parent.path.startswith(page.path) or parent.locale_id != page.locale_id:
        yield _("The page cannot be moved there any more.")
    elif page.path[: -Page.steplen] == parent.path:
        yield _("The page is there already.")
    elif parent.get_children().filter(slug=page.slug).exclude(pk=page.pk).exists():
        yield _("“%(title)s” already has a page with this address.") % {"title": parent.draft_title}


def _about_version(release: Release, item: ReleaseItem, now: datetime, *, is_checked: bool) -> Iterator[ReleaseFinding]:
    page, revision = item.page, item.revision
    edit_url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    if page.latest_revision_id != item.revision_id:
        text = (
            _("Changed since it was added: take the newest version, or remove the page.")
            if release.is_open
            else _("Changed since the approval: the approved version is published.")
        )
        yield ReleaseFinding(text, is_required=release.is_open, page=page.pk)
    if not release.is_open or revision is None:
        return
    if page.scheduled_revision is not None:
        text = _("It is scheduled on its own: cancel that publication first.")
        yield ReleaseFinding(text, page=page.pk, url=edit_url)
    draft = revision.as_object()
    state = draft.current_workflow_state
    if state and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        yield ReleaseFinding(_("A reviewer sent it back."), is_required=False, page=page.pk, url=edit_url)
    elif state:
        yield ReleaseFinding(_("Its review ends with the approval of the release."), is_required=False, page=page.pk)
    if is_checked:
        draft.go_live_at = release.at
        for finding in missing_findings(draft, now):
            yield ReleaseFinding(finding.message, page=page.pk, url=finding.url or edit_url)


def _about_taking_down(item: ReleaseItem, changes: Changes) -> Iterator[ReleaseFinding]:
    page = item.page
    stays = page.get_descendants().live().exclude(pk__in=changes.down).exclude(in_trash()).count()
    if stays:
        text = ngettext("%(number)d page below it stays.", "%(number)d pages below it stay.", stays)
        yield ReleaseFinding(text % {"number": stays}, is_required=False, page=page.pk)
    named = ReferenceIndex.get_references_to(page).filter(base_content_type__app_label="wagtailcore")
    keys = {int(key) for key in named.values_list("object_id", flat=True)} - {page.pk} - changes.down
    links = Page.objects.live().filter(pk__in=keys).count()
    if links:
        text = ngettext("%(number)d page links to it.", "%(number)d pages link to it.", links)
        url = reverse("wagtailadmin_pages:usage", args=[page.pk])
        yield ReleaseFinding(text % {"number": links}, is_required=False, page=page.pk, url=url)


@dataclass(frozen=True)
class _Languages:
    """The home pages of the sites concerned, by translation key; and the versions of the pages, by theirs."""

    homes: dict[str, Any]
    home_keys: dict[str, Any]
    versions: dict[Any, list[Page]]


def _languages(items: Iterable[ReleaseItem]) -> _Languages:
    pages = [item.page for item in items if item.action == ReleaseAction.PUBLISH]
    near = Page.objects.filter(path__in={page.path[:HOME_LENGTH] for page in pages}).values("translation_key")
    homes = Page.objects.filter(translation_key__in=near, depth=HOME_DEPTH, alias_of=None).select_related("locale")
    versions: dict[Any, list[Page]] = {}
    wanted = Q(translation_key__in={page.translation_key for page in pages}, alias_of=None)
    for each in Page.objects.filter(wanted & ~in_trash()):
        versions.setdefault(each.translation_key, []).append(each)
    found = list(homes.order_by("path"))
    by_key: dict[Any, list[Page]] = {}
    for home in found:
        by_key.setdefault(home.translation_key, []).append(home)
    return _Languages({home.path: home for home in found}, by_key, versions)


def _untranslated(item: ReleaseItem, languages: _Languages, changes: Changes) -> Iterator[ReleaseFinding]:
    home = languages.homes.get(item.page.path[:HOME_LENGTH])
    if home is None or item.page.path == home.path:
        return
    shown = {
        each.path[:HOME_LENGTH]
        for each in languages.versions.get(item.page.translation_key, ())
        if (each.live or each.pk in changes.live) and each.pk not in changes.down
    }
    others = languages.home_keys[home.translation_key]
    missing = [each.locale.get_display_name() for each in others if each.path not in shown | {home.path}]
    if missing:
        text = _("Not translated: %(languages)s.") % {"languages": listed(missing)}
        yield ReleaseFinding(text, is_required=False, page=item.page_id)


def _when(at: datetime) -> str:
    return date_and_time(localtime(at))
