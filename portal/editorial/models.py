"""Role groups of sites, and the workflow tasks: section review and four-eyes approval."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from wagtail.models import AbstractGroupApprovalTask, Page, PageLogEntry, Site, Task, TaskState, WorkflowState

from portal.content.publication import PublicationRefusedError, lock_pages
from portal.content.shown import cached_while_shown
from portal.content.visibility import is_in_trash
from portal.editorial.approval.gate import Submission, before_submitting
from portal.editorial.approval.independence import stand_ins
from portal.editorial.approval.permissions import (
    NewsroomTester,
    is_barred_as_author,
    lock_against,
    not_a_reviewer,
    refusal_of_approval,
)
from portal.editorial.approval.review import ReviewForm, StaleReviewError, compare_url, content_hash_of
from portal.editorial.records.account_ties import account_ties
from portal.editorial.records.accounts import AccountChange, AccountInvitation, AddressChange, RoleProposal
from portal.editorial.records.ideas import IdeaDecision
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation
from portal.editorial.records.newsroom import ChecklistWaiver, ScheduleTrouble
from portal.editorial.records.planning import CalendarAddress, PlannedItem
from portal.editorial.records.providers import ClaimedRole, ProvidedRole
from portal.editorial.records.public_changes import PublicChange
from portal.editorial.records.releases import Release, ReleaseItem
from portal.editorial.records.sign_in import SignInRule
from portal.editorial.records.site_checklist import SiteChecklist
from portal.editorial.records.translations import Basis

__all__ = [
    "AccountChange",
    "AccountInvitation",
    "AddressChange",
    "Basis",
    "CalendarAddress",
    "ChecklistWaiver",
    "ClaimedRole",
    "FourEyesTask",
    "GuestRemark",
    "IdeaDecision",
    "PlannedItem",
    "ProvidedRole",
    "PublicChange",
    "Release",
    "ReleaseItem",
    "Reminder",
    "Review",
    "ReviewInvitation",
    "Role",
    "RoleGroup",
    "RoleProposal",
    "ScheduleTrouble",
    "SectionReviewTask",
    "SignInRule",
    "SiteChecklist",
]


class Role(models.TextChoices):
    EDITOR = "editor", _("Editor")
    REVIEWER = "reviewer", _("Section reviewer")
    APPROVER = "approver", _("Approver")
    ORGANISER = "organiser", _("Event organiser")
    SITE_ADMINISTRATOR = "siteadmin", _("Site administrator")


# The description of a role: the second part of “Editor: …”.
ROLE_TASKS = {
    Role.EDITOR: _("writes and translates, and sends texts for review"),
    Role.REVIEWER: _("reads the texts of the section first, and passes them on or sends them back"),
    Role.APPROVER: _("reads what others have written, and publishes it"),
    Role.ORGANISER: _("announces events in the calendars, sees who has registered, writes the recap"),
    Role.SITE_ADMINISTRATOR: _("invites people, and looks after the look, the menus and the settings of the site"),
}


class RoleGroup(models.Model):
    """The group of a role on a site or in one of its sections, in all languages."""

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="newsroom_role")
    site = models.ForeignKey("wagtailcore.Site", on_delete=models.CASCADE, related_name="newsroom_roles")
    role = models.CharField(pgettext_lazy("in a newsroom", "role"), max_length=12, choices=Role)
    section = models.ForeignKey(
        "wagtailcore.Page", on_delete=models.CASCADE, null=True, blank=True, related_name="newsroom_roles"
    )

    class Meta:
        verbose_name = _("role of a group")
        verbose_name_plural = _("roles of groups")
        constraints = [
            models.UniqueConstraint(fields=["site", "role", "section"], name="editorial_one_group_per_section_role"),
            models.UniqueConstraint(
                fields=["site", "role"], condition=models.Q(section=None), name="editorial_one_group_per_role"
            ),
        ]

    def __str__(self):
        return role_in_words(Role(self.role), self.site, self.section)


def role_in_words(role: Role, site: Site, section: Page | None = None) -> str:
    """The role as text, such as “Editor of Lorraine”."""
    words = {"role": role.label, "site": site.site_name or site.hostname}
    if section:
        return gettext("%(role)s of %(section)s, %(site)s") % {**words, "section": section.title}
    return gettext("%(role)s of %(site)s") % words


def _at_site_of(page: Page) -> models.Q:
    """A condition: groups with a role at a page's site, in any of its languages."""
    ancestors = page.get_ancestors(inclusive=True).values("translation_key")
    return models.Q(newsroom_role__site__root_page__translation_key__in=ancestors)


class Review(Task):
    """A workflow task whose reviewers can approve neither their own text nor text they have not seen."""

    class Meta:
        abstract = True

    def groups_for(self, page: Page) -> QuerySet[Group]:
        """The groups whose members review a page."""
        raise NotImplementedError

    def people_for(self, page: Page) -> QuerySet[Any]:
        """The reviewers of this page, including its author."""
        return get_user_model().objects.filter(is_active=True, groups__in=self.groups_for(page)).distinct()

    def is_reviewer(self, page: Page, user: Any) -> bool:
        if not user.is_active:
            return False
        if user.is_superuser:
            return True
        groups = self.groups_for(page).filter(pk__in=user.groups.values("pk"))
        return cached_while_shown(page, ("is reviewer", self.pk, user.pk), groups.exists)

    def start(self, workflow_state: WorkflowState, user: Any = None) -> TaskState:
        _check_submission(workflow_state, user)
        return super().start(workflow_state, user=user)

    def user_can_access_editor(self, obj: Page, user: Any) -> bool:
        return self.is_reviewer(obj, user)

    def locked_for_user(self, obj: Page, user: Any) -> bool:
        return not self.is_reviewer(obj, user)

    def user_can_lock(self, obj: Page, user: Any) -> bool:
        return self.is_reviewer(obj, user)

    def get_actions(self, obj: Page, user: Any) -> list[tuple[str, Any, bool]]:
        if not self.is_reviewer(obj, user):
            return []
        actions = [("reject", _("Request changes"), True)]
        if not (lock_against(obj, user) or is_barred_as_author(obj, user)):
            actions += [("approve", _("Approve"), False), ("approve", _("Approve with comment"), True)]
        return actions

    def get_form_for_action(self, action: str) -> type[ReviewForm]:
        return ReviewForm

    def on_action(self, task_state: TaskState, user: Any, action_name: str, seen: str = "", **kwargs: Any) -> None:
        """Approve or reject. Only one of several simultaneous requests succeeds. `seen` is the reviewed content hash.

        Raises `StaleReviewError` if the content has changed since, `PublicationRefusedError` if the action is not
        permitted.
        """
        # A request may come from outside the form, so everything is checked here.
        with transaction.atomic():
            key = int(task_state.revision.object_id)
            lock_pages([key])
            page = Page.objects.select_related("latest_revision").get(pk=key)
            current = TaskState.objects.select_related("revision", "finished_by").get(pk=task_state.pk).specific
            latest = page.latest_revision
            if action_name == "approve" and _was_replaced_by_another_step(current):
                raise StaleReviewError(compare_url(page, current.revision, latest))
            if current.status != TaskState.STATUS_IN_PROGRESS:
                raise PublicationRefusedError(_answered_message(current))
            if is_in_trash(page):
                raise PublicationRefusedError(_("This page is in the trash. Restore it first."))
            if not self.is_reviewer(page, user):
                raise PublicationRefusedError(not_a_reviewer(page, user))
            if action_name == "approve":
                if current.revision_id != latest.pk or (seen and seen != content_hash_of(latest)):
                    raise StaleReviewError(compare_url(page, current.revision, latest))
                if reason := lock_against(page, user) or refusal_of_approval(page, user):
                    raise PublicationRefusedError(reason)
            super().on_action(current, user, action_name, **kwargs)
            if action_name == "approve":
                _correct_logged_step(current)


def _correct_logged_step(approved: TaskState) -> None:
    """Correct the next step in the log, because Wagtail writes the entry before it skips that step."""
    entry = PageLogEntry.objects.filter(
        page=approved.revision.object_id,
        action="wagtail.workflow.approve",
        data__workflow__task_state_id=approved.pk,
    ).first()
    if entry is None or entry.data["workflow"]["next"] is None:
        return
    review = approved.workflow_state
    is_over = review.status != WorkflowState.STATUS_IN_PROGRESS
    task = None if is_over or review.current_task_state is None else review.current_task_state.task
    entry.data["workflow"]["next"] = {"id": task.pk, "title": task.name} if task else None
    entry.save(update_fields=["data"])


def _check_submission(workflow_state: WorkflowState, user: Any) -> None:
    if workflow_state.current_task_state is not None:
        return
    # Without a current step, this is the first submission, or the first one after a rejection.
    page = workflow_state.content_object.specific
    revision = page.get_latest_revision()
    submission = Submission(revision.as_object() if revision else page, revision, user)
    try:
        for rule in before_submitting:
            rule(submission)
    except PublicationRefusedError:
        _undo_resume(workflow_state, page)
        raise


def _undo_resume(workflow_state: WorkflowState, page: Page) -> None:
    """Restore a review that could not be resumed. Wagtail resumes it without a transaction."""
    last = workflow_state.task_states.order_by("started_at", "pk").last()
    if last is None:
        return
    workflow_state.status, workflow_state.current_task_state = WorkflowState.STATUS_NEEDS_CHANGES, last
    workflow_state.save()
    resumed = PageLogEntry.objects.filter(page=page.pk, action="wagtail.workflow.resume").order_by("pk").last()
    if resumed:
        resumed.delete()


def _was_replaced_by_another_step(state: TaskState) -> bool:
    """Whether the review continues with another revision in a new step."""
    review = state.workflow_state
    return state.status == TaskState.STATUS_CANCELLED and review.status == WorkflowState.STATUS_IN_PROGRESS


def _answered_message(state: TaskState) -> str:
    who = state.finished_by.get_full_name() or state.finished_by.username if state.finished_by else ""
    if state.status == TaskState.STATUS_APPROVED:
        return gettext("This was approved already, by %(who)s.") % {"who": who}
    if state.status == TaskState.STATUS_REJECTED:
        return gettext("This was sent back already, by %(who)s.") % {"who": who}
    return gettext("This review has already ended.")


class FourEyesTask(Review, AbstractGroupApprovalTask):
    """Approval by a member of the chosen groups who is not an author of the text."""

    class Meta:
        verbose_name = _("four-eyes approval")
        verbose_name_plural = _("four-eyes approvals")

    def groups_for(self, page: Page) -> QuerySet[Group]:
        # A group without a role was chosen by a network administrator.
        return self.groups.filter(models.Q(newsroom_role=None) | _at_site_of(page))

    def people_for(self, page: Page) -> QuerySet[Any]:
        """The members of the groups. If all of them are tied to the author, others who may publish."""
        people = super().people_for(page)
        others = self._stand_ins(page)
        return get_user_model().objects.filter(pk__in=others).order_by("pk") if others else people

    def is_reviewer(self, page: Page, user: Any) -> bool:
        if super().is_reviewer(page, user):
            return True
        return NewsroomTester(user, page).has_permission("publish") and user.pk in self._stand_ins(page)

    def _stand_ins(self, page: Page) -> set[int]:
        if not page.pk or not account_ties(page):
            return set()
        reviewers = super().people_for(page).values_list("pk", flat=True)
        return {person.pk for person in stand_ins(page, set(reviewers))}

    @classmethod
    def get_description(cls):
        return _("Members of the chosen groups approve; nobody approves their own writing")


class SectionReviewTask(Review):
    """Review by the section's own reviewers; skipped if it has none besides the author."""

    # These reviewers alone cannot publish.
    is_approval = False

    class Meta:
        verbose_name = _("section review")
        verbose_name_plural = _("section reviews")

    def groups_for(self, page: Page) -> QuerySet[Group]:
        ancestors = page.get_ancestors(inclusive=True).values("translation_key")
        return Group.objects.filter(
            _at_site_of(page),
            newsroom_role__role=Role.REVIEWER,
            newsroom_role__section__translation_key__in=ancestors,
        )

    def start(self, workflow_state: WorkflowState, user: Any = None) -> TaskState:
        page = workflow_state.content_object.specific
        if any(not is_barred_as_author(page, person) for person in self.people_for(page)):
            return super().start(workflow_state, user=user)
        _check_submission(workflow_state, user)
        return TaskState.objects.create(
            workflow_state=workflow_state,
            task=self.task_ptr,
            revision=page.get_latest_revision(),
            status=TaskState.STATUS_SKIPPED,
            finished_at=timezone.now(),
        )

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> QuerySet[TaskState]:
        waiting = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        if user.is_superuser:
            return waiting
        if not user.groups.filter(newsroom_role__role=Role.REVIEWER).exists():
            return waiting.none()
        keys = dict(waiting.values_list("revision__object_id", "pk"))
        pages = Page.objects.filter(pk__in=list(keys))
        return waiting.filter(pk__in=[keys[str(page.pk)] for page in pages if self.is_reviewer(page, user)])

    @classmethod
    def get_description(cls):
        return _("The reviewers of a page's section look at it first; skipped where a section has none")


class Reminder(models.Model):
    """When the reviewers of a waiting step were last reminded."""

    task_state = models.OneToOneField(TaskState, on_delete=models.CASCADE, primary_key=True, related_name="reminder")
    sent_at = models.DateTimeField()

    def __str__(self):
        return f"{self.task_state_id}: {self.sent_at}"
