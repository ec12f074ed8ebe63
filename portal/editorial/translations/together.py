"""Submits, approves and publishes a page's versions in several languages together: all or none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _, pgettext
from wagtail.log_actions import log
from wagtail.models import Locale, Page, Revision, TaskState, WorkflowState

from portal.content.pages.pages import PortalPage
from portal.content.publication import PublicationRefusedError, lock_pages, publishing
from portal.content.shown import cached_while_shown
from portal.content.visibility import HOME_DEPTH, HOME_LENGTH
from portal.editorial.approval.completeness import missing_findings
from portal.editorial.approval.confirmation import needed_confirmation
from portal.editorial.approval.permissions import lock_against, reason_against_approving, reason_against_publishing
from portal.editorial.approval.refusals import SeveralRefusedError
from portal.editorial.approval.review import StaleReviewError, compare_url, content_hash_of
from portal.editorial.mails.receivers import notify_of_publications, notify_of_steps_together
from portal.editorial.mails.withheld import publication_mails_withheld, review_mails_withheld
from portal.editorial.records.translations import Basis, versions_of
from portal.editorial.translations import actions
from portal.editorial.translations.tracking import update_basis
from portal.platform.newsroom_views import titled

TOGETHER = "portal.translation.together"
# The value of a button that acts on further pages starts with this, followed by their primary keys.
WITH = "with:"
MAX_VERSIONS = 50


class OutdatedError(StaleReviewError):
    """The original of a translation has changed. `compare_url` is where the translation is brought up to date."""

    def __init__(self, page: Page):
        super().__init__(reverse("translate_page", args=[page.pk]))
        self.reasons = (_("The original has changed since: bring the translation up to date first."),)


class Act(StrEnum):
    SUBMIT = "submit"
    APPROVE = "approve"
    PUBLISH = "publish"


@dataclass(frozen=True)
class Version:
    """The draft of a page in another language. `reason` says why it cannot be included; empty if it can."""

    page: PortalPage
    language: str
    reason: str = ""
    # When readers will see it, if it is included.
    live_at: datetime | None = None

    @property
    def seen(self) -> str:
        return content_hash_of(self.page.latest_revision)

    @property
    def step(self) -> TaskState | None:
        return self.page.current_workflow_task_state


@dataclass(frozen=True)
class Together:
    """A page with drafts in other languages. `untranslated` are its site's languages without a version."""

    language: str
    others: tuple[Version, ...]
    untranslated: tuple[str, ...]

    @property
    def ready(self) -> list[Version]:
        return [version for version in self.others if not version.reason]

    @property
    def behind(self) -> list[tuple[str, str]]:
        """The languages that cannot be included, with the reasons."""
        drafts = [(version.language, version.reason) for version in self.others if version.reason]
        return [*drafts, *((language, _("Not yet translated.")) for language in self.untranslated)]

    @property
    def value(self) -> str:
        """The button's value, to be read by `keys_in`."""
        return WITH + ",".join(str(version.page.pk) for version in self.ready)

    def label(self, action: str) -> str:
        """The button's label, such as “Send for review: Français and Deutsch, without English”."""
        named = listed([self.language, *(version.language for version in self.ready)])
        left = listed([language for language, _reason in self.behind])
        values = {"languages": named, "others": left}
        return titled(action, _("%(languages)s, without %(others)s") % values if left else named)

    def label_alone(self, action: str) -> str:
        """The label of the button for this page alone, such as “Approve: Français only”."""
        return titled(action, _("%(language)s only") % {"language": self.language})


def listed(names: Sequence[str]) -> str:
    return str(get_text_list(list(names), pgettext("before the last name of a list", "and")))


def keys_in(value: str) -> list[int]:
    """The primary keys of the further pages in a button's value."""
    keys = value.removeprefix(WITH).split(",") if value.startswith(WITH) else []
    return [int(key) for key in keys[:MAX_VERSIONS] if key.isdecimal() and len(key) < 12]


def together_of(page: Any, user: Any, act: Act) -> Together | None:
    """The actions on a page together with its other versions; None if none of these has an unpublished draft."""
    drafts = cached_while_shown(page, "drafts in other languages", partial(_drafts, page))
    if not drafts:
        return None
    planned = _planned(page.get_latest_revision_as_object())
    others = tuple(
        Version(
            draft.stored,
            draft.stored.locale.get_display_name(),
            _reason_against(act, draft.stored, user) or draft.reason,
            max((draft.planned or planned).values(), default=None),
        )
        for draft in drafts
    )
    return Together(page.locale.get_display_name(), others, tuple(_languages_without(page)))


class _Draft(NamedTuple):
    """The page in the database, the reason why its draft cannot be published yet, and its planned times."""

    stored: PortalPage
    reason: str
    planned: dict[str, datetime]


def _drafts(page: Page) -> list[_Draft]:
    versions = [(each, each.get_latest_revision_as_object()) for each in other_versions(page)]
    return [_Draft(each, _reason_against_draft(draft), _planned(draft)) for each, draft in versions]


def next_act(page: Any, user: Any) -> Act | None:
    """The next action on a page that this person may take, whether or not the gate will allow it."""
    if page.workflow_in_progress:
        return Act.APPROVE if actions.is_reviewer(page, user) else None
    tester = page.permissions_for_user(user)
    if tester.can_submit_for_moderation():
        return Act.SUBMIT
    return Act.PUBLISH if tester.can_publish() else None


def other_versions(page: Page) -> list[Any]:
    """The versions in the site's other languages that have an unpublished draft, oldest first."""
    found = [each for each in versions_of(page) if each.has_unpublished_changes and each.latest_revision]
    if not (waiting := [each for each in found if each.latest_revision.approved_go_live_at is None]):
        return []
    site = page.get_site()
    return [each.specific for each in waiting if site is not None and each.get_site() == site]


def _languages_without(page: Page) -> list[str]:
    """The site's languages in which the page has no version of its own."""
    home = Page.objects.filter(path=page.path[:HOME_LENGTH]).values("translation_key")
    homes = Page.objects.filter(depth=HOME_DEPTH, translation_key__in=home, alias_of=None)
    translated = Page.objects.filter(translation_key=page.translation_key, alias_of=None)
    missing = Locale.objects.filter(pk__in=homes.values("locale")).exclude(pk__in=translated.values("locale"))
    return [locale.get_display_name() for locale in missing]


def _reason_against(act: Act, page: PortalPage, user: Any) -> str:
    """Why this person cannot perform the action on a version now, in sentences."""
    tester, state = page.permissions_for_user(user), page.current_workflow_state
    is_in_review = state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS
    if act == Act.APPROVE:
        if not is_in_review:
            return _("Not yet sent for review.")
        if not actions.is_reviewer(page, user):
            return _("You are not a reviewer of this page.")
        return lock_against(page, user) or reason_against_approving(page, user)
    if is_in_review:
        return _("It is already in review.")
    if act == Act.PUBLISH:
        return "" if tester.can_publish() else reason_against_publishing(page, user)
    if not (tester.can_edit() and tester.can_submit_for_moderation()):
        return _("You may not edit this page.")
    return ""


def _reason_against_draft(draft: PortalPage) -> str:
    if needed_confirmation(draft):
        return _("A mailing must be sent separately.")
    return " ".join(finding.message for finding in missing_findings(draft, timezone.now()))


def run(
    act: Act, lead: Page, keys: Collection[int], user: Any, *, seen: Mapping[int, str] | None = None, comment: str = ""
) -> list[Any]:
    """Perform the action on a page and its other versions with these keys; return the pages in their new state.

    Each version passes the gate by itself. If one is refused, none is changed and `SeveralRefusedError` is raised. An
    approval needs each page's content hash, as shown, in `seen`.
    """
    with transaction.atomic():
        lock_pages([lead.pk, *keys])
        _note_changed_originals([lead.pk, *keys])
        lead = Page.objects.get(pk=lead.pk).specific
        found = {each.pk: each for each in other_versions(lead)}
        if not found.keys() >= set(keys):
            raise PublicationRefusedError(_("A translation has changed since this page was opened. Look at it again."))
        pages = [lead, *(found[key] for key in sorted(set(keys)))]
        begun: list[Any] = []
        published: list[Any] = []
        with review_mails_withheld(begun.append), publication_mails_withheld(published.append):
            refusals = _do(act, pages, user, seen or {}, comment)
        if not refusals:
            notify_of_steps_together(sorted(begun, key=lambda step: step.revision.object_id != str(lead.pk)), user)
            notify_of_publications(sorted(published, key=lambda each: each.page.pk != lead.pk))
    if refusals:
        raise SeveralRefusedError(_("Nothing was done in any language. What stands in the way:"), refusals)
    return [Page.objects.get(pk=page.pk).specific for page in pages]


def _do(
    act: Act, pages: Sequence[Any], user: Any, seen: Mapping[int, str], comment: str
) -> list[tuple[str, PublicationRefusedError]]:
    """Perform the action on all pages, or on none and return the refusals. The first page is the one in the editor."""
    refusals = []
    # If an original is published, its translations may become outdated. So all versions are checked first.
    against = {page.pk: _refusal(act, page, user, is_open=page == pages[0]) for page in pages}
    with transaction.atomic():
        for page in sorted(pages, key=lambda page: page.pk):
            try:
                with transaction.atomic():
                    if refusal := against[page.pk]:
                        raise refusal
                    _plan_like(pages[0], page)
                    _carry_out(act, page, user, seen.get(page.pk, ""), comment)
            except PublicationRefusedError as refusal:
                refusals.append((page.locale.get_display_name(), refusal))
        for page in () if refusals else pages:
            others = [each.locale.language_code for each in pages if each != page]
            log(instance=page, action=TOGETHER, user=user, data={"act": act, "languages": others})
        transaction.set_rollback(bool(refusals))
    return refusals


def _refusal(act: Act, page: Any, user: Any, *, is_open: bool) -> PublicationRefusedError | None:
    if Basis.objects.filter(translation=page.pk, outdated_at__isnull=False).exists():
        return OutdatedError(page)
    # The gate gives more detail about the page that the person has open.
    reason = "" if is_open else _reason_against(act, page, user)
    return PublicationRefusedError(reason) if reason else None


def _carry_out(act: Act, page: Any, user: Any, seen: str, comment: str) -> None:
    latest = page.latest_revision
    if act == Act.SUBMIT:
        actions.submit(page, user)
    elif act == Act.PUBLISH:
        with publishing(page.pk):
            latest.publish(user=user)
    elif not seen:
        raise StaleReviewError(compare_url(page, latest, latest))
    else:
        actions.approve(page, user, seen, comment)


def _note_changed_originals(keys: Collection[int]) -> None:
    """Record which translations are outdated by changes to an original that is not live."""
    bases = Basis.objects.filter(translation__in=keys, source__live=False, source__latest_revision__isnull=False)
    for basis in bases.select_related("revision", "source"):
        if basis.revision_id != basis.source.latest_revision_id:
            update_basis(basis, basis.source.get_latest_revision_as_object())


def _planned(draft: Any) -> dict[str, datetime]:
    """The future times before which readers do not see a draft, by field name."""
    times = {name: getattr(draft, name, None) for name in ("go_live_at", "embargo_until")}
    return {name: at for name, at in times.items() if at and at > timezone.now()}


def _plan_like(lead: Any, page: Any) -> None:
    """If a version has no planned time of its own, copy those of the lead page."""
    draft = page.get_latest_revision_as_object()
    if page == lead or _planned(draft):
        return
    planned = {name: at for name, at in _planned(lead.get_latest_revision_as_object()).items() if hasattr(draft, name)}
    if planned:
        plan(page.latest_revision, planned)


def plan(revision: Revision, times: Mapping[str, datetime]) -> None:
    """Store planned times, by field name, in a draft.

    There is no new revision, because reviewers would not have read it, although the text is the same.
    """
    revision.content = {**revision.content, **{name: at.isoformat() for name, at in times.items()}}
    Revision.objects.filter(pk=revision.pk).update(content=revision.content)
