"""The checklist as a gate: what is missing refuses a submission and a publication, unless an approver has waived it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page

from portal.core.models import PortalPage
from portal.core.publication import Publication, PublicationRefusedError
from portal.editorial.approval.checklist import Finding, findings, wished_for
from portal.editorial.approval.gate import Submission, before_publishing, before_submitting, is_complete, responsible
from portal.editorial.records.newsroom import ChecklistWaiver, ScheduleTrouble

WAIVED = "portal.checklist.waived"


class IncompleteError(PublicationRefusedError):
    """A page lacks something; `missing` says what."""

    def __init__(self, page: Page, missing: list[Finding]):
        self.page, self.missing = page, missing
        super().__init__(_("The page is not complete. Your draft is saved."), *(gap.message for gap in missing))


@dataclass(frozen=True)
class Checklist:
    """What the newsroom is shown of a page's way to its readers."""

    missing: list[Finding]
    wishes: list[Finding]
    waivers: list[ChecklistWaiver]
    may_waive: bool
    embargo: datetime | None
    troubles: list[ScheduleTrouble]
    edit_url: str
    waive_url: str


def outstanding(page: PortalPage, now: datetime) -> list[Finding]:
    """What is missing and was not waived."""
    found = findings(page, now)
    if not found or not page.pk:
        return found
    waived = {key for waiver in ChecklistWaiver.objects.filter(page=page.pk) for key in waiver.findings}
    return [gap for gap in found if gap.key not in waived]


def checklist_of(page: PortalPage, user: Any) -> Checklist:
    now = timezone.now()
    return Checklist(
        missing=outstanding(page, now),
        wishes=wished_for(page),
        waivers=list(ChecklistWaiver.objects.filter(page=page.pk).select_related("user")) if page.pk else [],
        may_waive=bool(page.pk) and may_waive(page, user),
        embargo=page.embargo_until if page.is_embargoed(now) else None,
        troubles=list(ScheduleTrouble.objects.filter(page=page.pk)) if page.pk else [],
        edit_url=reverse("wagtailadmin_pages:edit", args=[page.pk]) if page.pk else "",
        waive_url=reverse("checklist", args=[page.pk]) if page.pk else "",
    )


def may_waive(page: PortalPage, user: Any) -> bool:
    return page.permissions_for_user(user).has_permission("publish")


def waive(page: PortalPage, user: Any, keys: set[str], reason: str) -> ChecklistWaiver | None:
    """Let a page do without those of the missing things that somebody has seen; None if none of them is missing now."""
    seen = {gap.key: gap.message for gap in outstanding(page, timezone.now()) if gap.key in keys}
    if not seen:
        return None
    waiver = ChecklistWaiver.objects.create(page_id=page.pk, user=user, reason=reason, findings=seen)
    data = {"reason": reason, "findings": list(seen.values())}
    log(instance=page, action=WAIVED, user=user, data=data, revision=page.get_latest_revision())
    return waiver


def is_ready_to_publish(publication: Publication) -> None:
    """What the installation does on its own is not asked, nor an alias, which shows what was published already."""
    page = publication.page
    if responsible(publication) is not None and page.alias_of_id is None:
        _refuse_incomplete(page)


def is_ready_to_submit(submission: Submission) -> None:
    if submission.user is not None:
        _refuse_incomplete(submission.page)


def _refuse_incomplete(page: Page) -> None:
    if isinstance(page, PortalPage) and (missing := outstanding(page, timezone.now())):
        raise IncompleteError(page, missing)


def register_checklist_rules() -> None:
    # Before Wagtail's own validation: that knows the name of a field, but not which block lacks it.
    before_publishing.insert(before_publishing.index(is_complete), is_ready_to_publish)
    before_submitting.append(is_ready_to_submit)
