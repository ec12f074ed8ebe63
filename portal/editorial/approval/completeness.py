"""Publication gate rule that refuses pages with missing checklist items, unless the items are waived."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page

from portal.content.pages.pages import PortalPage
from portal.content.publication import Publication, PublicationRefusedError
from portal.editorial.approval.checklist import Finding, FindingLine, in_lines, sorted_findings
from portal.editorial.approval.gate import (
    Submission,
    before_publishing,
    before_submitting,
    require_valid_page,
    responsible_person,
)
from portal.editorial.records.newsroom import ChecklistWaiver, ScheduleTrouble

WAIVED = "portal.checklist.waived"


class IncompleteError(PublicationRefusedError):
    """The page lacks the checklist items `missing`."""

    def __init__(self, page: Page, missing: list[Finding]):
        self.page, self.missing = page, missing
        super().__init__(
            _("The page is not complete, so it stays a draft."), *(line.message for line in in_lines(missing))
        )


@dataclass(frozen=True)
class Checklist:
    """The checklist above the page editor's form."""

    is_new: bool
    is_live: bool
    missing: list[Finding]
    recommendations: list[Finding]
    waivers: list[ChecklistWaiver]
    may_waive: bool
    embargo: datetime | None
    troubles: list[ScheduleTrouble]
    edit_url: str
    waive_url: str

    @property
    def heading(self) -> str:
        return _("Before the next publication") if self.is_live else _("Before publication")

    @property
    def missing_lines(self) -> list[FindingLine]:
        return in_lines(self.missing)

    @property
    def recommended_lines(self) -> list[FindingLine]:
        return in_lines(self.recommendations)

    @property
    def is_empty(self) -> bool:
        return not (self.missing or self.recommendations or self.waivers or self.embargo or self.troubles)


def waivers_of(page: PortalPage) -> list[ChecklistWaiver]:
    if not page.pk:
        return []
    return list(ChecklistWaiver.objects.filter(page=page.pk).select_related("user"))


def missing_findings(page: PortalPage, now: datetime, waivers: list[ChecklistWaiver] | None = None) -> list[Finding]:
    """The findings that are not waived. Passing the `waivers` saves a query."""
    return _unwaived(page, sorted_findings(page, now, with_advice=False)[0], waivers)


def _unwaived(page: PortalPage, found: list[Finding], waivers: list[ChecklistWaiver] | None) -> list[Finding]:
    if not found or not page.pk:
        return found
    waived = {key for waiver in (waivers_of(page) if waivers is None else waivers) for key in waiver.findings}
    return [finding for finding in found if finding.key not in waived]


def checklist_of(page: PortalPage, user: Any) -> Checklist:
    now, waivers = timezone.now(), waivers_of(page)
    missing, advice = sorted_findings(page, now, with_advice=True)
    return Checklist(
        is_new=not page.pk,
        is_live=page.live and bool(page.pk),
        missing=_unwaived(page, missing, waivers),
        recommendations=_unwaived(page, advice, waivers),
        waivers=waivers,
        may_waive=bool(page.pk) and may_waive(page, user),
        embargo=page.embargo_until if page.is_embargoed(now) else None,
        troubles=_troubles(page),
        edit_url=reverse("wagtailadmin_pages:edit", args=[page.pk]) if page.pk else "",
        waive_url=reverse("checklist", args=[page.pk]) if page.pk else "",
    )


def _troubles(page: PortalPage) -> list[ScheduleTrouble]:
    return list(ScheduleTrouble.objects.filter(page=page.pk)) if page.pk else []


def may_waive(page: PortalPage, user: Any) -> bool:
    return page.permissions_for_user(user).has_permission("publish")


def waive(page: PortalPage, user: Any, keys: set[str], reason: str) -> ChecklistWaiver | None:
    """Waive the missing items with these keys and log it; return None if none of them is missing any more."""
    waived = {finding.key: finding.message for finding in missing_findings(page, timezone.now()) if finding.key in keys}
    if not waived:
        return None
    waiver = ChecklistWaiver.objects.create(page_id=page.pk, user=user, reason=reason, findings=waived)
    data = {"reason": reason, "findings": list(waived.values())}
    log(instance=page, action=WAIVED, user=user, data=data, revision=page.get_latest_revision())
    return waiver


def require_checklist_to_publish(publication: Publication) -> None:
    """Check publications by people. The system is exempt. So are aliases, because their original was checked."""
    page = publication.page
    if responsible_person(publication) is not None and page.alias_of_id is None:
        _refuse_incomplete(page)


def require_checklist_to_submit(submission: Submission) -> None:
    if submission.user is not None:
        _refuse_incomplete(submission.page)


def _refuse_incomplete(page: Page) -> None:
    if isinstance(page, PortalPage) and (missing := missing_findings(page, timezone.now())):
        raise IncompleteError(page, missing)


def register_checklist_rules() -> None:
    # This runs before validation, because validation messages name the field but not the block in it.
    before_publishing.insert(before_publishing.index(require_valid_page), require_checklist_to_publish)
    before_submitting.append(require_checklist_to_submit)
