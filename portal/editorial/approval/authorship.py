"""Who wrote the content that is to be published next, by revisions, translations and the page's history."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet
from wagtail.models import Page, PageLogEntry, Revision, TaskState, WorkflowState
from wagtail_localize.models import SegmentOverride, StringTranslation

# Fields of a revision whose change makes nobody an author: tree position, state, schedule and comments.
NOT_AUTHORED = {
    "pk",
    "path",
    "depth",
    "numchild",
    "url_path",
    "content_type",
    "owner",
    "live",
    "has_unpublished_changes",
    "expired",
    "go_live_at",
    "expire_at",
    "first_published_at",
    "last_published_at",
    "latest_revision",
    "latest_revision_created_at",
    "live_revision",
    "draft_title",
    "locked",
    "locked_at",
    "locked_by",
    "alias_of",
    "translation_key",
    "wagtail_admin_comments",
    "comments",
    "words",
}

# Log action: a version was saved beside the latest one instead of replacing it.
VERSION_KEPT = "portal.version_kept"


def wrote_since_approval(page: Page, user: Any, revision: Revision | None = None) -> bool:
    """Whether `user` is an author of what would go live now, or submitted it.

    Every revision since the last approval counts that differs from the one before it, whether it was typed, restored,
    imported, copied or translated; so does `revision` itself, if an older one is to go live again. An author stays the
    author of a text that somebody else restores, and of translated strings that somebody else saves.
    """
    if user is None:
        return False
    base = approved_revision(page, besides=revision)
    return (
        _asked_for_publication(page, user)
        or _wrote_revision(page, user, base, revision)
        or _wrote_translation(page, user, base)
    )


def approved_revision(page: Page, *, besides: Revision | None = None) -> Revision | None:
    """Return the revision that was approved last: it is live, scheduled, or was unpublished later.

    The approval of `besides` does not count: its review has ended already when it is to be published.
    """
    # From the database: a page object made from a draft has the `live_revision` of when the draft was saved.
    live = Page.objects.filter(pk=page.pk, live_revision__isnull=False).values("live_revision")
    released = page.revisions.filter(Q(pk__in=live) | Q(approved_go_live_at__isnull=False))
    if newest := released.order_by("created_at", "pk").last():
        return newest
    finished = WorkflowState.objects.for_instance(page).filter(status=WorkflowState.STATUS_APPROVED)
    if besides is not None:
        finished = finished.exclude(current_task_state__revision=besides.pk)
    last = finished.select_related("current_task_state__revision").order_by("pk").last()
    return last.current_task_state.revision if last and last.current_task_state else None


def is_approved(revision: Revision) -> bool:
    """Whether this revision was approved in any step, scheduled or published, so that it must not be overwritten."""
    if revision.approved_go_live_at or Page.objects.filter(live_revision=revision.pk).exists():
        return True
    return TaskState.objects.filter(revision=revision, status=TaskState.STATUS_APPROVED).exists()


def has_same_text(one: Revision | None, other: Revision | None) -> bool:
    return one is not None and other is not None and text_of(one.content) == text_of(other.content)


def text_of(content: dict[str, Any]) -> str:
    """Serialize the authored content of a revision for comparison."""
    return json.dumps(
        {name: _plain(value) for name, value in content.items() if name not in NOT_AUTHORED},
        sort_keys=True,
        cls=DjangoJSONEncoder,
    )


def _plain(value: Any) -> Any:
    """Drop the keys that related records get at their first publication, and make null and empty text the same."""
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items() if name not in ("pk", "page")}
    return "" if value is None else value


def _asked_for_publication(page: Page, user: Any) -> bool:
    state = page.current_workflow_state
    if not state:
        return False
    if state.requested_by_id == user.pk:
        return True
    resumed = PageLogEntry.objects.filter(page=page.pk, action="wagtail.workflow.resume", user=user)
    return resumed.filter(timestamp__gte=state.created_at).exists()


def _wrote_revision(page: Page, user: Any, base: Revision | None, revision: Revision | None) -> bool:
    kept_beside = PageLogEntry.objects.filter(page=page.pk, action=VERSION_KEPT, revision__isnull=False)
    since = _revisions_since(page.revisions.exclude(pk__in=kept_beside.values("revision")), base)
    if since.filter(user=user).exists() and any(author == user.pk for author in _authors(base, since)):
        return True
    if _was_restored(page, user, base):
        return True
    if revision is None or base is None or revision.pk == base.pk or since.filter(pk=revision.pk).exists():
        return False
    # An older revision that was never approved, or was approved before the current one.
    return revision.user_id == user.pk and not has_same_text(revision, base)


def _was_restored(page: Page, user: Any, base: Revision | None) -> bool:
    """Whether somebody has restored a revision of this person that was never approved."""
    entries = PageLogEntry.objects.filter(page=page.pk, action="wagtail.revert")
    if base is not None:
        entries = entries.filter(timestamp__gt=base.created_at)
    keys = {data.get("revision", {}).get("id") for data in entries.order_by().values_list("data", flat=True)}
    return any(not is_approved(revision) for revision in page.revisions.filter(pk__in=keys - {None}, user=user))


def _wrote_translation(page: Page, user: Any, base: Revision | None) -> bool:
    """Whether this person has translated strings of the page in wagtail-localize since the last approval."""
    models: tuple[type[StringTranslation | SegmentOverride], ...] = (StringTranslation, SegmentOverride)
    for model in models:
        own = model.objects.filter(
            context__object_id=page.translation_key, locale=page.locale_id, last_translated_by=user
        )
        if base is not None:
            own = own.filter(updated_at__gt=base.created_at)
        if own.exists():
            return True
    return False


def _revisions_since(revisions: QuerySet[Revision], base: Revision | None) -> QuerySet[Revision]:
    if base is None:
        return revisions
    return revisions.filter(Q(created_at__gt=base.created_at) | Q(created_at=base.created_at, pk__gt=base.pk))


def _authors(base: Revision | None, revisions: QuerySet[Revision]) -> Iterator[int]:
    before = text_of(base.content) if base else None
    for author, content in revisions.order_by("created_at", "pk").values_list("user_id", "content"):
        if author is None:
            # A revision without a user, such as the copy that a translation begins with, counts for the next one.
            continue
        text = text_of(content)
        if text != before:
            yield author
        before = text
