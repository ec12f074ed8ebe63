"""Who wrote what is waiting to be published."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet
from wagtail.models import Page, PageLogEntry, Revision, TaskState, WorkflowState
from wagtail_localize.models import SegmentOverride, StringTranslation

# What a revision holds beside its text: its place in the tree, its state, its dates of publication. Setting a schedule
# is no writing, nor are remarks.
NO_WRITING = {
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

# What the history says of a text that was kept beside the latest one instead of replacing it.
SET_ASIDE = "portal.set_aside"


def wrote_since_approval(page: Page, user: Any, revision: Revision | None = None) -> bool:
    """Whether `user` wrote any of what would go live now, or asked for it to be published.

    Every revision since the last approval counts that differs from the one before it, whether it was typed, brought
    back, imported, copied or translated; and so does `revision` itself, where an older one is to go live again. A text
    that another brings back is still its author's; so are the passages of a translation that another saves.
    """
    if user is None:
        return False
    base = approved_revision(page, besides=revision)
    return _asked_for_publication(page, user) or _wrote(page, user, base, revision) or _translated(page, user, base)


def approved_revision(page: Page, *, besides: Revision | None = None) -> Revision | None:
    """What was last let go to readers: it is live, or waits for its hour, or was taken down again.

    The approval of the one `besides` does not count: a review has ended already when its text is to be published.
    """
    # Asked of the database: a page that was made of a draft remembers what was live when the draft was saved.
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
    """Whether this very revision was approved, in any step, or published: its text must not change any more."""
    if revision.approved_go_live_at or Page.objects.filter(live_revision=revision.pk).exists():
        return True
    return TaskState.objects.filter(revision=revision, status=TaskState.STATUS_APPROVED).exists()


def same_text(one: Revision | None, other: Revision | None) -> bool:
    return one is not None and other is not None and text_of(one.content) == text_of(other.content)


def text_of(content: dict[str, Any]) -> str:
    """What was written in a revision, in a form that can be compared."""
    return json.dumps(
        {name: _plain(value) for name, value in content.items() if name not in NO_WRITING},
        sort_keys=True,
        cls=DjangoJSONEncoder,
    )


def _plain(value: Any) -> Any:
    """Without the keys that related records get at their first publication, and empty in one way only."""
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


def _wrote(page: Page, user: Any, base: Revision | None, revision: Revision | None) -> bool:
    aside = PageLogEntry.objects.filter(page=page.pk, action=SET_ASIDE, revision__isnull=False)
    since = _after(page.revisions.exclude(pk__in=aside.values("revision")), base)
    if since.filter(user=user).exists() and any(author == user.pk for author in _authors(base, since)):
        return True
    if _brought_back(page, user, base):
        return True
    if revision is None or base is None or revision.pk == base.pk or since.filter(pk=revision.pk).exists():
        return False
    # An older revision that never was approved, or was so before the one that is.
    return revision.user_id == user.pk and not same_text(revision, base)


def _brought_back(page: Page, user: Any, base: Revision | None) -> bool:
    """Whether somebody has gone on with a text of this person that was never approved."""
    entries = PageLogEntry.objects.filter(page=page.pk, action="wagtail.revert")
    if base is not None:
        entries = entries.filter(timestamp__gt=base.created_at)
    keys = {data.get("revision", {}).get("id") for data in entries.order_by().values_list("data", flat=True)}
    return any(not is_approved(revision) for revision in page.revisions.filter(pk__in=keys - {None}, user=user))


def _translated(page: Page, user: Any, base: Revision | None) -> bool:
    """Whether this person wrote passages of the page as a translation since the last approval."""
    passages: tuple[type[StringTranslation | SegmentOverride], ...] = (StringTranslation, SegmentOverride)
    for model in passages:
        own = model.objects.filter(
            context__object_id=page.translation_key, locale=page.locale_id, last_translated_by=user
        )
        if base is not None:
            own = own.filter(updated_at__gt=base.created_at)
        if own.exists():
            return True
    return False


def _after(revisions: QuerySet[Revision], base: Revision | None) -> QuerySet[Revision]:
    if base is None:
        return revisions
    return revisions.filter(Q(created_at__gt=base.created_at) | Q(created_at=base.created_at, pk__gt=base.pk))


def _authors(base: Revision | None, revisions: QuerySet[Revision]) -> Iterator[int]:
    before = text_of(base.content) if base else None
    for author, content in revisions.order_by("created_at", "pk").values_list("user_id", "content"):
        if author is None:
            # What nobody signed, such as the copy that a translation begins with, is whose who saves it next.
            continue
        text = text_of(content)
        if text != before:
            yield author
        before = text
