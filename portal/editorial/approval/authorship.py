"""Finds the authors of a page's unpublished text from its revisions, translations and history."""

import re
from collections.abc import Collection, Iterable, Set as AbstractSet
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision, TaskState, WorkflowState
from wagtail_localize.models import SegmentOverride, StringTranslation

from portal.content.bulk.drafts import log_pages
from portal.content.shown import cached_while_shown
from portal.editorial.records.planning import PlannedItem, is_planned_revision
from portal.editorial.records.taken_over import HANDED_OVER, TEXT_COPIED, TEXT_TAKEN_OVER, Base
from portal.editorial.records.texts import has_same_text, text_of

# Log action: a conflicting version was saved in addition to the latest one.
VERSION_KEPT = "portal.version_kept"

# Log action: an author published their own text on a site without the four-eyes rule.
SELF_PUBLISHED = "portal.self_published"
# Log action: the publisher's account is tied to an author's account (`records.account_ties`).
TIED_PUBLISHED = "portal.tied_published"

# Log action: somebody confirmed that parts of a translation may be identical to the original.
SAME_CONFIRMED = "portal.translation.same"

# The kinds of rows in the query of `_traces`.
SAVED, RESTORED, TRANSLATED, TAKEN_OVER, GONE = range(5)


def authors_among(page: Page, people: AbstractSet[int] | None, revision: Revision | None = None) -> set[int]:
    """The primary keys of those `people` (all if None) who wrote or submitted the unpublished text.

    A revision since the last approval counts if its text differs from the previous one. It may be typed, restored,
    imported, copied or translated. An older `revision` also counts if it is about to go live again. If somebody else
    restores, copies or translates a text, its authors remain authors. Translators remain authors of their strings if
    somebody else saves them.
    """
    key = revision.pk if revision else None
    base, is_start = cached_while_shown(page, ("approved", key), lambda: _base(page, besides=revision))
    return _authors_since(page, base, people, revision, is_start=is_start)


def _authors_since(
    page: Page, base: Revision | None, people: AbstractSet[int] | None, revision: Revision | None, *, is_start: bool
) -> set[int]:
    key = revision.pk if revision else None
    traces = cached_while_shown(page, ("traces", key), lambda: _traces(page, base))
    found = _submitters(page) | traces.translators
    if people is None or not people.isdisjoint(traces.savers):
        since = cached_while_shown(page, ("since", key), lambda: _since(page, base, traces.gone))
    else:
        since = _Since(set(), set())
    found |= since.authors
    if traces.has_restoration:
        found |= _restored(page, base, traces.gone)
    if traces.has_taken_over:
        found |= _authors_taken_over(_taken_over(page, base, is_start=is_start))
    wanted = found - {None} if people is None else found & people
    if revision is not None and revision.user_id is not None and (people is None or revision.user_id in people):
        wanted |= {revision.user_id} if _is_older_text(base, revision, since) else set()
    return wanted


def begin_copy(original: Page | None, copy: Page, user: Any) -> None:
    """Log the authors of a new copy's unapproved text.

    With this entry, the copy's earlier versions do not count. A person who gives the copy a new title or URL is an
    author too; appending a number to the URL does not count. If the authors are unknown, nothing is logged, and all
    versions of the copy count.
    """
    authors = None if original is None else _unapproved_authors(original)
    if original is None or authors is None:
        return
    start = copy.latest_revision
    is_address_new = not re.fullmatch(rf"{re.escape(original.slug)}(-\d+)?", start.content["slug"])
    if is_address_new or start.content["title"] != original.draft_title:
        authors.add(user.pk)
    log(instance=copy, action=TEXT_COPIED, user=user, revision=start, data={"authors": sorted(authors)})


def take_over_text(original: Page, page: Page, revision: Revision, user: Any, *, is_row: bool = False) -> None:
    """Log the authors of unapproved text that a revision takes over from another page.

    With `is_row`, the text comes from the other page's database row, not from its latest revision.
    """
    if authors := _authors_shown(original) if is_row else _unapproved_authors(original):
        log(instance=page, action=TEXT_TAKEN_OVER, user=user, revision=revision, data={"authors": sorted(authors)})


def published_alone() -> QuerySet[PageLogEntry]:
    """Log entries of publications and schedules that no independent second person approved."""
    return PageLogEntry.objects.filter(action__in=[SELF_PUBLISHED, TIED_PUBLISHED])


def original_of(page: Page) -> Page:
    """The page that an alias shows, followed through other aliases; for other pages, the page itself."""
    while page.alias_of:
        page = page.alias_of
    return page


def alias_saved(
    sender: type, instance: Any, created: bool, update_fields: Any = None, raw: bool = False, **kwargs: Any
) -> None:
    """`post_save` receiver: log the authors of a new alias's text."""
    if isinstance(instance, Page) and (created or "alias_of_id" in (update_fields or ())) and not raw:
        _log_authors(instance)


def alias_published(sender: type, instance: Page, alias: bool = False, **kwargs: Any) -> None:
    if alias:
        _log_authors(instance)


def _log_authors(alias: Page) -> None:
    authors = _authors_shown(alias.alias_of) if alias.alias_of else None
    if authors is not None and authors != (_authors_at(alias) or set()):
        log(instance=alias, action=TEXT_COPIED, data={"authors": sorted(authors)})


def _authors_at(alias: Page) -> set[int] | None:
    """The logged authors of the text of a current or former alias; None if nothing was logged."""
    entries = PageLogEntry.objects.filter(page=alias.pk, action=TEXT_COPIED, revision=None)
    newest = entries.order_by("timestamp", "pk").last()
    return set(newest.data["authors"]) if newest else None


def take_over_alias(original: Page, page: Page, user: Any) -> None:
    """Log the authors of a former alias's text, and whether its original was published by one person alone."""
    original, revision = original_of(original), page.latest_revision
    if not original.live:
        take_over_text(original, page, revision, user)
    for entry in published_alone().filter(page=original.pk, revision=original.live_revision_id):
        log(instance=page, action=entry.action, user=entry.user, revision=revision, data=entry.data)


def add_author(versions: Iterable[tuple[Page, Revision]], author: Any) -> None:
    """Log an additional author of revisions saved in somebody else's name."""
    data = {"authors": [author.pk]}
    log_pages((page, {"action": TEXT_TAKEN_OVER, "revision": revision, "data": data}) for page, revision in versions)


def hand_over(pages: Iterable[Page], author: Any, holder: Any) -> None:
    """Log that `holder` takes over the unapproved text of an author who has left, and becomes an author, too."""
    data = {"author": author.pk, "authors": [holder.pk]}
    log_pages((page, {"action": HANDED_OVER, "revision": page.latest_revision, "data": data}) for page in pages)


def _unapproved_authors(original: Page) -> set[int] | None:
    """The authors since the last approval, or all authors if that version was published by one person alone."""
    if original.latest_revision_id is None:
        return _authors_shown(original)
    base, is_start = _base(original)
    if base is not None and published_alone().filter(page=original.pk, revision=base).exists():
        # An approval by one person alone does not count for another page.
        base, is_start = None, False
    return _authors_since(original, base, None, None, is_start=is_start)


def _authors_shown(page: Page) -> set[int] | None:
    """The authors of the unapproved text in a new alias of the page; None if they are unknown.

    All authors count if the page is not live, because its row may be older than its latest revision, or if one person
    alone published it.
    """
    if page.alias_of_id or page.latest_revision_id is None:
        authors = _authors_at(page)
        if authors is not None:
            return authors
    original = original_of(page)
    alone = published_alone().filter(page=original.pk, revision=F("page__live_revision"))
    if page.live and not alone.exists():
        return set()
    if original.latest_revision_id is None:
        return None
    return _authors_since(original, None, None, None, is_start=False)


def _base(page: Page, *, besides: Revision | None = None) -> Base:
    """The last approved revision, which may be live, scheduled or unpublished.

    An approval of the text of `besides` is ignored: its review ends with the publication that is being checked.
    """
    # `page.live_revision` is outdated if the object was made from a draft.
    live = Page.objects.filter(pk=page.pk, live=True, live_revision__isnull=False).values("live_revision")
    starts = PageLogEntry.objects.filter(action=TEXT_COPIED, page=page.pk, revision=OuterRef("pk"))
    is_released = Q(pk__in=live) | Q(approved_go_live_at__isnull=False)
    revisions = page.revisions.annotate(is_released=Case(When(is_released, then=True), default=False))
    revisions = revisions.filter(Q(is_released=True) | Exists(starts))
    newest = revisions.order_by("is_released", "created_at", "pk").last()
    if newest and newest.is_released:
        return Base(newest)
    finished = WorkflowState.objects.for_instance(page).filter(status=WorkflowState.STATUS_APPROVED)
    # A review by one person alone counts only for the version that was published.
    alone = published_alone().filter(page=page.pk, revision__isnull=False)
    finished = finished.exclude(current_task_state__revision__in=alone.values("revision"))
    finished = finished.select_related("current_task_state__revision").order_by("-pk")
    for state in finished if besides else finished[:1]:
        approved = state.current_task_state and state.current_task_state.revision
        if approved and not has_same_text(approved, besides):
            return Base(approved)
    return Base(newest, is_start=newest is not None)


def is_counted_from(revision: Revision) -> bool:
    """Whether the count of authors begins with this revision, or it is a plan. It must not be overwritten."""
    if revision.approved_go_live_at or Page.objects.filter(live=True, live_revision=revision.pk).exists():
        return True
    starts = PageLogEntry.objects.filter(action__in=(TEXT_COPIED, "wagtail.publish"), revision=revision.pk)
    plans = PlannedItem.objects.filter(revision=revision.pk)
    return _approvals(revision).union(*(found.order_by().values("pk") for found in (starts, plans))).exists()


def _approvals(revision: Revision) -> QuerySet[Any, Any]:
    return TaskState.objects.filter(revision=revision, status=TaskState.STATUS_APPROVED).order_by().values("pk")


def renaming_logged(sender: type, instance: PageLogEntry, **kwargs: Any) -> None:
    """`pre_save` receiver: add the author of a new title to the entry that Wagtail writes on publication."""
    if instance.action != "wagtail.rename" or instance.pk or instance.revision is None:
        return
    new = instance.data.get("title", {}).get("new")
    published = instance.revision
    drafts = _revisions_since(instance.page, None).filter(_until(published)).order_by("-created_at", "-pk")
    for person, title in drafts.values_list("user_id", "content__title").iterator(chunk_size=20):
        if title != new:
            break
        # None if the account was deleted.
        instance.user_id = person


def _submitters(page: Page) -> set[int]:
    state = page.current_workflow_state
    if not state:
        return set()
    return {state.requested_by_id} | cached_while_shown(page, "resumed by", lambda: _resumed_by(page, state))


def _resumed_by(page: Page, state: WorkflowState) -> set[int]:
    resumed = PageLogEntry.objects.filter(page=page.pk, action="wagtail.workflow.resume", user__isnull=False)
    return set(resumed.filter(timestamp__gte=state.created_at).order_by().values_list("user_id", flat=True))


class _Traces(NamedTuple):
    """Who has saved a revision or a translated string since the last approval, by primary key.

    `gone` has the deleted accounts in the page's history, whose revisions no longer have a user.
    """

    savers: set[int]
    translators: set[int]
    gone: set[int]
    has_restoration: bool
    has_taken_over: bool


def _traces(page: Page, base: Revision | None) -> _Traces:
    """One query for all people and kinds, because every possible reviewer of the page is checked."""
    saved = _revisions_since(page, base).order_by().values_list(Value(SAVED), "user_id")
    others: list[Any] = [_restorations(page, base).values_list(Value(RESTORED), "user_id")]
    models: tuple[type[StringTranslation | SegmentOverride], ...] = (StringTranslation, SegmentOverride)
    for model in models:
        translated = model.objects.filter(context__object_id=page.translation_key, locale=page.locale_id).order_by()
        if base is not None:
            translated = translated.filter(updated_at__gt=base.created_at)
        others.append(translated.values_list(Value(TRANSLATED), "last_translated_by_id"))
    confirmed = _entries_of_versions(page, base, [SAME_CONFIRMED]).filter(user__isnull=False)
    others.append(confirmed.values_list(Value(TRANSLATED), "user_id"))
    others.append(_taken_over(page, base, is_start=True).values_list(Value(TAKEN_OVER), "user_id"))
    others.append(_gone(page, base).values_list(Value(GONE), "user_id"))
    people: dict[int, set[int]] = {kind: set() for kind in (SAVED, RESTORED, TRANSLATED, TAKEN_OVER, GONE)}
    for kind, person in saved.union(*others):
        people[kind].add(person)
    gone = people[GONE] if None in people[SAVED] else set()
    return _Traces(people[SAVED] | gone, people[TRANSLATED], gone, bool(people[RESTORED]), bool(people[TAKEN_OVER]))


def _gone(page: Page, base: Revision | None) -> QuerySet[PageLogEntry]:
    accounts = get_user_model()._default_manager.filter(pk=OuterRef("user_id"))
    done = PageLogEntry.objects.filter(~Exists(accounts), page=page.pk, user__isnull=False)
    return (done.filter(timestamp__gt=base.created_at) if base is not None else done).order_by()


class _Since(NamedTuple):
    """The primary keys of all revisions since the last approval, and of their authors."""

    authors: set[int]
    revisions: set[int]


def _is_older_text(base: Revision | None, revision: Revision, since: _Since) -> bool:
    """Whether this revision is older than `base` and has different text.

    `since` has the revisions after `base`, but may be empty if the revision's author saved none of them.
    """
    if base is None or revision.pk == base.pk or revision.pk in since.revisions:
        return False
    return not has_same_text(revision, base)


def _restorations(page: Page, base: Revision | None) -> QuerySet[PageLogEntry]:
    entries = PageLogEntry.objects.filter(page=page.pk, action="wagtail.revert").order_by()
    return entries.filter(timestamp__gt=base.created_at) if base is not None else entries


def _entries_of_versions(
    page: Page, base: Revision | None, actions: Collection[str], *, is_start: bool = False
) -> QuerySet[PageLogEntry]:
    """The log entries for the revisions after `base`; with `is_start`, also for `base` itself."""
    entries = PageLogEntry.objects.filter(page=page.pk, action__in=actions).order_by()
    if base is None:
        return entries
    older = Revision.objects.filter(pk=OuterRef("revision"), created_at__lte=base.created_at)
    entries = entries.exclude(revision=None, timestamp__lte=base.created_at)
    return entries.filter(~Exists(older.exclude(pk=base.pk) if is_start else older))


def _taken_over(page: Page, base: Revision | None, *, is_start: bool) -> QuerySet[PageLogEntry]:
    return _entries_of_versions(page, base, [TEXT_COPIED, TEXT_TAKEN_OVER, HANDED_OVER], is_start=is_start)


def _authors_taken_over(entries: QuerySet[PageLogEntry]) -> set[int]:
    return {key for data in entries.values_list("data", flat=True) for key in data["authors"]}


def _restored(page: Page, base: Revision | None, gone: AbstractSet[int]) -> set[int]:
    """The authors of unapproved text in restored revisions. A restored revision may itself restore another one."""
    found: set[int] = set()
    seen: set[int] = set()
    entries = _restorations(page, base)
    while keys := {data.get("revision", {}).get("id") for data in entries.values_list("data", flat=True)} - seen:
        seen |= keys
        versions: set[int] = set()
        for revision in page.revisions.filter(pk__in=keys - {None}):
            start = _base_of(page, revision)
            if start.revision == revision and not start.is_start:
                continue
            since = _since(page, start.revision, gone, until=revision)
            found |= since.authors | {revision.user_id}
            versions |= since.revisions | {revision.pk}
            if start.revision and start.is_start:
                versions.add(start.revision.pk)
        found |= _authors_taken_over(_taken_over(page, None, is_start=False).filter(revision__in=versions))
        entries = _restorations(page, None).filter(revision__in=versions)
    return found


def _base_of(page: Page, revision: Revision) -> Base:
    """The last revision, up to this one, that was published or passed a complete review; otherwise the start of a copy.

    Passing one step of a review is not enough: the next step may have rejected the text.
    """
    entries = PageLogEntry.objects.filter(page=page.pk, revision=OuterRef("pk")).order_by()
    # Scheduled publications are logged as well.
    published = entries.filter(action__startswith="wagtail.publish")
    finished = WorkflowState.objects.filter(status=WorkflowState.STATUS_APPROVED)
    reviewed = finished.filter(current_task_state__revision=OuterRef("pk")).order_by()
    alone = published_alone().filter(revision=OuterRef("pk")).order_by()
    is_approved = (Exists(published) | Exists(reviewed)) & ~Exists(alone)
    revisions = page.revisions.filter(_until(revision)).annotate(is_approved=is_approved)
    found = revisions.filter(Q(is_approved=True) | Exists(entries.filter(action=TEXT_COPIED)))
    newest = found.order_by("created_at", "pk").last()
    return Base(newest, is_start=newest is not None and not newest.is_approved)


def _until(revision: Revision) -> Q:
    return Q(created_at__lt=revision.created_at) | Q(created_at=revision.created_at, pk__lte=revision.pk)


def _revisions_since(page: Page, base: Revision | None) -> QuerySet[Revision]:
    """The revisions after `base`, except conflicting versions saved in addition to the latest one."""
    conflicting = PageLogEntry.objects.filter(page=page.pk, action=VERSION_KEPT, revision__isnull=False)
    revisions = page.revisions.exclude(pk__in=conflicting.values("revision"))
    if base is None:
        return revisions
    return revisions.filter(Q(created_at__gt=base.created_at) | Q(created_at=base.created_at, pk__gt=base.pk))


def _since(page: Page, base: Revision | None, gone: AbstractSet[int], *, until: Revision | None = None) -> _Since:
    found = _Since(set(), set())
    before = text_of(base.content) if base else None
    since = _revisions_since(page, base).order_by("created_at", "pk")
    since = since.filter(_until(until)) if until else since
    rows = list(since.annotate(is_plan=is_planned_revision()).values_list("pk", "user_id", "content", "is_plan"))
    savers = {author for _key, author, *_rest in rows}
    for key, author, content, is_plan in rows:
        found.revisions.add(key)
        if (author is None and not gone) or (is_plan and not savers <= {author, None}):
            # The start of a translation or the title of a planned item belongs to the next revision's author.
            continue
        text = text_of(content)
        if text != before:
            # Any of the deleted accounts may have written it.
            found.authors.update(gone if author is None else [author])
        before = text
    return found
