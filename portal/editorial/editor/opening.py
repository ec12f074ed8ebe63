"""A page that exists, read for its form in a few queries, before Wagtail asks for each part of it by itself."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BooleanField, Case, CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Concat, Length, Substr
from django.shortcuts import get_object_or_404
from modelcluster.models import get_all_child_relations
from wagtail.admin.models import EditingSession
from wagtail.models import (
    COMMENTS_RELATION_NAME,
    Comment,
    CommentReply,
    Locale,
    Page,
    PageLogEntry,
    PageSubscription,
    PageViewRestriction,
    ReferenceIndex,
    WorkflowState,
)
from wagtail.permissions import policy_registry
from wagtail_localize.models import Translation

from portal.content.pages.pages import PortalPage
from portal.content.pages.restoring import keeping_records
from portal.content.pages.saving import has_rows
from portal.content.shown import is_only_shown
from portal.content.upstream import set_explorable_root, set_parent
from portal.content.visibility import STEP
from portal.editorial.editor.shown_review import ShownReview
from portal.editorial.records.accounts import AccountChange
from portal.editorial.records.hands import since_hands_count
from portal.editorial.records.invitations import GuestRemark
from portal.editorial.records.newsroom import ChecklistWaiver, ScheduleTrouble
from portal.editorial.records.taken_over import TEXT_COPIED, Base
from portal.editorial.records.translations import Basis
from portal.media.models import Image

# How Wagtail's task leads to those of the newsroom.
OWN_TASKS = ("foureyestask", "sectionreviewtask")
ACTIVE = (WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES)
# What the query of the page finds that there is none of, and the answer that is known from it (`once_shown`).
NOTHING: dict[str, tuple[str, Any]] = {
    "has_comments": ("comments", None),
    "has_waivers": ("waivers", ()),
    "has_troubles": ("troubles", ()),
    "has_remarks": ("remarks", ()),
    "has_basis": ("basis", None),
    "was_resumed": ("resumed by", frozenset()),
    "is_open_elsewhere": ("other windows", ()),
    "has_hands": ("hands", frozenset()),
}
PREFIX = "opening_"
# A person, with what their picture is made from.
PERSON = ("user", "user__wagtail_userprofile")
# What a draft has from the page itself.
AS_IN_THE_DATABASE = (
    "locale",
    "owner",
    "latest_revision",
    "live_revision",
    "scheduled_revision",
    "is_known_public",
    "pages_above",
)


class OpenedPage:
    """The page as it is in the database, with its versions, its last review, the pages above it and what it has."""

    def __init__(self, model: type[PortalPage], key: int, user: Any, is_saved: bool = False):
        """Raises Http404 if there is no such page of this type.

        `is_saved` says that the page is locked, and is to be saved.
        """
        pages = model._default_manager.select_related(*model.served_select_related, "owner")
        lists = _lists(model, key) if is_saved else {}
        facts = {f"{PREFIX}{name}": fact for name, fact in {**_facts(key, user), **lists}.items()}
        self.page: Any = get_object_or_404(pages.annotate(**facts), pk=key)
        self.facts = {name.removeprefix(PREFIX): self.page.__dict__.pop(name) for name in facts}
        if is_saved:
            self.page.lists_with_rows = {name for name in lists if self.facts[name]} | {COMMENTS_RELATION_NAME}
        self.found: dict[Any, Any] = {name: none for fact, (name, none) in NOTHING.items() if not self.facts[fact]}
        self.found["first end of a licence"] = self.facts["first_licence_end"]
        self.found["lacks a language"] = self.facts["lacks_a_language"]
        self.found["is translated by wagtail-localize"] = self.facts["is_translated_by_localize"]
        self.page.is_known_public = not self.facts["is_private"] and self.page.alias_of_id is None
        self._read_comments()
        self._read_versions()
        self._read_review()
        self._read_pages_above()
        is_only_shown(self.page, self.found)

    def draft(self, lists: Collection[str]) -> Any:
        """The version that the form shows, which is the page itself where no draft differs from it.

        `lists` are the names of the relations whose rows the form shows.
        """
        page = self.page
        with keeping_records():
            draft = page.get_latest_revision_as_object()
        if draft is page:
            _read_lists(page, lists)
            return page
        is_only_shown(draft, self.found)
        for name in AS_IN_THE_DATABASE:
            setattr(draft, name, getattr(page, name))
        if self.review is not None:
            self.review.content_object = draft
        return draft

    def subscription(self, user: Any) -> PageSubscription | None:
        key = self.facts["subscription_key"]
        if key is None:
            return None
        values = (key, user.pk, self.page.pk, self.facts["is_subscribed"])
        found = PageSubscription.from_db(None, ("id", "user_id", "page_id", "comment_notifications"), values)
        found.save = partial(_save_if_changed, found, found.save, found.comment_notifications)  # type: ignore[method-assign]
        return found

    def note_explorable_root(self, user: Any) -> None:
        """Tell the page policy the nearest page above all that this person may work on, this page among it."""
        if user.is_superuser:
            return
        policy = policy_registry.get_by_type(Page)
        starts = [page.path for page in policy.instances_with_direct_explore_permission(user)]
        for page in reversed([*self.page.pages_above, self.page]):
            if starts and all(path.startswith(page.path) for path in starts):
                set_explorable_root(user, page)
                return

    def _read_versions(self) -> None:
        page = self.page
        wanted = Q(pk__in=[page.latest_revision_id, page.live_revision_id]) | Q(approved_go_live_at__isnull=False)
        versions = {each.pk: each for each in page.revisions.filter(wanted).select_related("user").order_by("pk")}
        for each in versions.values():
            # A version is read into this very object.
            each.content_object = page
        page.latest_revision = versions.get(page.latest_revision_id)
        page.live_revision = versions.get(page.live_revision_id)
        scheduled = [each for each in versions.values() if each.approved_go_live_at]
        page.scheduled_revision = scheduled[0] if scheduled else None
        self.found["address"] = page.slug
        is_new = not (self.facts["has_reviews"] or self.facts["is_copy"])
        if page.latest_revision is not None and is_new:
            # One that was approved is kept: it went out, or is to go out.
            is_out = page.latest_revision.approved_go_live_at or page.latest_revision_id == page.live_revision_id
            self.found["may be overwritten", page.latest_revision_id] = not is_out
        released = [*scheduled, *([page.live_revision] if page.live_revision else [])]
        if released:
            self.found["approved", None] = Base(max(released, key=lambda each: (each.created_at, each.pk)))
        elif is_new:
            self.found["approved", None] = Base(None)

    def _read_review(self) -> None:
        """Read the review that is under way, or else the last one."""
        self.review: ShownReview | None = None
        if self.facts["has_reviews"]:
            is_over = Case(When(status__in=ACTIVE, then=Value(0)), default=Value(1))
            steps = (f"current_task_state__task__{own}" for own in OWN_TASKS)
            reviews = self.page.workflow_states.select_related("workflow", "requested_by", *steps)
            if last := reviews.order_by(is_over, "-created_at").first():
                self.review = ShownReview(last, self.page)
        review = self.review
        if review is not None and (step := review.current_task_state):
            step.workflow_state, task = review.review, step.task
            # Of any other class, such as Wagtail's own group approval, the task finds itself.
            if own := next((getattr(task, own) for own in OWN_TASKS if hasattr(task, own)), None):
                task.specific = own
        self.found["workflow state"] = review if review is not None and review.status in ACTIVE else None

    def _read_comments(self) -> None:
        comments: list[Any] = []
        if self.facts["has_comments"]:
            comments += Comment.objects.filter(page=self.page.pk).select_related(*PERSON)
        if comments:
            replies: dict[int, list[CommentReply]] = {comment.pk: [] for comment in comments}
            for reply in CommentReply.objects.filter(comment__in=comments).select_related(*PERSON):
                replies[reply.comment_id].append(reply)
            for comment in comments:
                comment.replies = replies[comment.pk]
        setattr(self.page, COMMENTS_RELATION_NAME, comments)

    def _read_pages_above(self) -> None:
        path = self.page.path
        above = list(Page.objects.filter(path__in=[path[:end] for end in range(STEP, len(path), STEP)]))
        # The trail in the head of the editor shows them.
        self.page.pages_above = above
        if above:
            set_parent(self.page, above[-1])


def _save_if_changed(subscription: PageSubscription, save: Callable[..., None], before: bool, **kwargs: Any) -> None:
    """Wagtail saves it with every draft."""
    if subscription.comment_notifications != before:
        save(**kwargs)


def _facts(key: int, user: Any) -> dict[str, Any]:
    page, as_text = OuterRef("pk"), str(key)
    base = ContentType.objects.get_for_model(Page)
    windows = EditingSession.objects.available().filter(content_type=base, object_id=as_text)
    private = PageViewRestriction.objects.annotate(start=Substr(OuterRef("path"), 1, Length("page__path")))
    hands = AccountChange.objects.giving_a_hand(since_hands_count())
    renderings = Page.objects.filter(translation_key=OuterRef("translation_key"))
    translated = Page.objects.filter(translation_key=OuterRef(OuterRef("translation_key")), alias_of=None)
    ends = Image.objects.exclude(licence_ends=None).order_by("licence_ends").values("licence_ends")
    uses = ReferenceIndex.objects.filter(to_content_type=base, to_object_id=as_text).order_by().values("to_object_id")
    user_key = Concat(Cast("base_content_type", CharField()), Value(" "), "object_id", output_field=CharField())
    localized = Translation.objects.filter(
        source__object_id=OuterRef("translation_key"), target_locale=OuterRef("locale"), enabled=True
    )
    subscription = PageSubscription.objects.filter(page=page, user=user.pk)
    return {
        "has_waivers": Exists(ChecklistWaiver.objects.filter(page=page)),
        "has_troubles": Exists(ScheduleTrouble.objects.filter(page=page)),
        "has_remarks": Exists(GuestRemark.objects.filter(invitation__page=page)),
        "has_comments": Exists(Comment.objects.filter(page=page)),
        "has_basis": Exists(Basis.objects.filter(translation=page)),
        "has_renderings": Exists(renderings.exclude(pk=page)),
        "has_reviews": Exists(WorkflowState.objects.filter(base_content_type=base, object_id=as_text)),
        "is_copy": Exists(PageLogEntry.objects.filter(page=page, action=TEXT_COPIED)),
        "was_resumed": Exists(PageLogEntry.objects.filter(page=page, action="wagtail.workflow.resume")),
        "is_open_elsewhere": Exists(windows.exclude(user=user.pk)),
        "is_private": Exists(private.filter(page__path=F("start"))),
        "has_hands": Exists(hands),
        "lacks_a_language": Exists(Locale.objects.exclude(pk__in=translated.values("locale"))),
        "first_licence_end": Subquery(ends[:1]),
        "number_of_uses": Coalesce(Subquery(uses.annotate(n=Count(user_key, distinct=True)).values("n")), 0),
        "is_translated_by_localize": Exists(localized),
        "subscription_key": Subquery(subscription.values("pk")[:1]),
        "is_subscribed": Exists(subscription.filter(comment_notifications=True)),
    }


def _lists(model: type[PortalPage], key: int) -> dict[str, Any]:
    """Which lists of the page have rows, comments left aside; Django would take a millisecond to write the SQL."""
    return {
        relation.get_accessor_name(): RawSQL(has_rows(relation), [key], BooleanField())  # noqa: S611 - names of our own models
        for relation in get_all_child_relations(model)
        if relation.get_accessor_name() != COMMENTS_RELATION_NAME
    }


def _read_lists(page: Any, names: Collection[str]) -> None:
    """Read the rows of lists of a page, each list together with what its rows refer to."""
    for relation in get_all_child_relations(type(page)):
        name = relation.get_accessor_name()
        others = [
            field.name
            for field in relation.related_model._meta.concrete_fields
            if field.many_to_one and field.name != relation.field.name
        ]
        if others and name in names and name != COMMENTS_RELATION_NAME:
            rows = relation.related_model._default_manager.filter(**{relation.field.name: page.pk})
            setattr(page, name, rows.select_related(*others))
