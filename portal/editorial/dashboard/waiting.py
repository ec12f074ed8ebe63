"""The dashboard's lists of reviews, drafts and recent publications."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Cast, RowNumber
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, TaskState, WorkflowState

from portal.accounts.names import name_of
from portal.content.visibility import in_trash
from portal.editorial.dashboard.links import edit_url, is_translation, writing_url
from portal.editorial.dashboard.lists import LIST_LENGTH, Dashboard, DashboardRow, dashboard_list
from portal.editorial.models import FourEyesTask, PlannedItem, Role, RoleGroup, SectionReviewTask

WEEK = timedelta(days=7)


@dashboard_list(
    heading=_("Waiting for you"),
    order=10,
    date_label=_("Waiting since"),
    empty_text=_("Nothing is waiting for your review."),
    is_for_publishers=True,
    waits=True,
    all_url=lambda: f"{reverse('wagtailadmin_reports:workflow')}?reviewable=true",
)
def waiting(dashboard: Dashboard) -> Iterator[DashboardRow]:
    """The reviews that this person can approve, oldest first, except of pages that they submitted or last wrote."""
    steps = (
        _annotate_page(_reviewable_steps(dashboard), "revision__object_id")
        .exclude(title=None)
        .order_by("started_at", "pk")
    )
    steps = steps.exclude(workflow_state__requested_by=dashboard.user).exclude(revision__user=dashboard.user)
    for step in steps.select_related("workflow_state__requested_by").defer("revision__content")[: LIST_LENGTH + 1]:
        url = reverse("editorial:answer", args=[step.pk])
        # A page that was never published could only be compared with its own autosaves.
        versions = [step.page_key, "live", step.revision_id]
        changes = reverse("wagtailadmin_pages:revisions_compare", args=versions) if step.is_live else ""
        yield DashboardRow(
            step.title,
            step.path,
            url,
            date=step.started_at,
            person=name_of(step.workflow_state.requested_by),
            links=(*(((_("What changed"), changes),) if changes else ()), (_("Draft"), edit_url(step.page_key))),
        )


def _reviewable_steps(dashboard: Dashboard) -> QuerySet[TaskState]:
    """The steps in progress that this person reviews: `Review.is_reviewer` as one query."""
    steps = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS, workflow_state__status=WorkflowState.STATUS_IN_PROGRESS
    )
    return steps if dashboard.user.is_superuser else steps.filter(reviewed_by(dashboard.user.groups.all()))


def reviewed_by(groups: QuerySet[Group]) -> Q:
    """A condition: steps reviewed by members of these groups, as approvers or for a section."""
    approvals = FourEyesTask.objects.filter(groups__in=groups).values("pk")
    reviewed = RoleGroup.objects.filter(role=Role.REVIEWER, group__in=groups)
    sections = Page.objects.annotate(here=Cast(OuterRef("path"), CharField())).filter(
        translation_key__in=reviewed.values("section__translation_key"), here__startswith=F("path")
    )
    pages = Page.objects.filter(Exists(sections), pk=Cast(OuterRef("revision__object_id"), BigIntegerField()))
    return Q(task__in=approvals) | Q(Exists(pages), task__in=SectionReviewTask.objects.values("pk"))


@dashboard_list(heading=_("Sent back to you"), order=20, date_label=_("Sent back"), waits=True)
def sent_back(dashboard: Dashboard) -> Iterator[DashboardRow]:
    for state in _own_reviews(dashboard, WorkflowState.STATUS_NEEDS_CHANGES):
        step = state.current_task_state
        yield DashboardRow(
            state.title,
            state.path,
            writing_url(state.page_key, state.is_translation),
            date=step.finished_at,
            person=name_of(step.finished_by),
            comment=step.comment,
        )


@dashboard_list(heading=_("In review"), order=40, date_label=_("Waiting since"))
def in_review(dashboard: Dashboard) -> Iterator[DashboardRow]:
    for state in _own_reviews(dashboard, WorkflowState.STATUS_IN_PROGRESS):
        step = state.current_task_state
        yield DashboardRow(state.title, state.path, edit_url(state.page_key), date=step.started_at, note=step.task.name)


def _own_reviews(dashboard: Dashboard, status: str) -> Iterable[Any]:
    """The reviews that this person requested, or of pages they own; at most `LIST_LENGTH + 1`."""
    return [
        state
        for state in dashboard.cached("own reviews", lambda: list(_all_own_reviews(dashboard)))
        if state.status == status
    ]


def _all_own_reviews(dashboard: Dashboard) -> QuerySet[Any]:
    states = _annotate_page(WorkflowState.objects.active().filter(current_task_state__isnull=False), "object_id")
    states = states.filter(Q(requested_by=dashboard.user) | Q(owner=dashboard.user.pk)).filter(
        dashboard.work_area.page_condition()
    )
    newest = [F("current_task_state__started_at").desc(), F("pk").desc()]
    states = states.annotate(rank=Window(RowNumber(), partition_by="status", order_by=newest))
    states = states.filter(rank__lte=LIST_LENGTH + 1).order_by("rank")
    return states.select_related("current_task_state__finished_by", "current_task_state__task")


@dashboard_list(
    heading=_("Your drafts"),
    order=30,
    date_label=_("Last change"),
    empty_text=_("You have no unfinished draft."),
)
def drafts(dashboard: Dashboard) -> Iterator[DashboardRow]:
    # A planned item without a text waits for the person in charge only.
    unwritten = PlannedItem.objects.unwritten().values("pk")
    own = Q(owner=dashboard.user) | (Q(latest_revision__user=dashboard.user) & ~Q(pk__in=unwritten))
    pages = Page.objects.filter(own, dashboard.work_area.page_condition(), has_unpublished_changes=True, alias_of=None)
    under_way = WorkflowState.objects.active().filter(base_content_type=ContentType.objects.get_for_model(Page))
    pages = pages.exclude(
        pk__in=under_way.annotate(page_key=Cast("object_id", BigIntegerField())).values("page_key")
    ).exclude(latest_revision__approved_go_live_at__isnull=False)
    pages = pages.annotate(is_translation=is_translation("pk"))
    for page in pages.order_by("-latest_revision_created_at", "-pk").values(
        "pk", "draft_title", "path", "latest_revision_created_at", "live", "is_translation"
    )[: LIST_LENGTH + 1]:
        note = _("changes to a published page") if page["live"] else ""
        url = writing_url(page["pk"], page["is_translation"])
        yield DashboardRow(page["draft_title"], page["path"], url, date=page["latest_revision_created_at"], note=note)


@dashboard_list(heading=_("Published this week"), order=70, date_label=_("Published"))
def published(dashboard: Dashboard) -> Iterator[DashboardRow]:
    pages = Page.objects.live().filter(
        dashboard.work_area.page_condition(), last_published_at__gte=dashboard.now - WEEK, depth__gt=1
    )
    for page in pages.order_by("-last_published_at", "-pk").values("pk", "title", "path", "last_published_at")[
        : LIST_LENGTH + 1
    ]:
        yield DashboardRow(page["title"], page["path"], edit_url(page["pk"]), date=page["last_published_at"])


def _annotate_page(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    """Annotate rows that refer to a page by a text column with the columns of a dashboard list."""
    page = Page.objects.exclude(in_trash()).filter(pk=OuterRef("page_key"))
    return rows.annotate(page_key=Cast(F(key), BigIntegerField())).annotate(
        title=Subquery(page.values("draft_title")[:1]),
        path=Subquery(page.values("path")[:1]),
        url_path=Subquery(page.values("url_path")[:1]),
        owner=Subquery(page.values("owner")[:1]),
        is_live=Subquery(page.values("live")[:1]),
        is_translation=is_translation("page_key"),
    )
