"""The publication gate: one function per rule, applied to every publication and every submission for review.

A rule raises `PublicationRefusedError`. Apps append rules to the two lists in `AppConfig.ready`. The rules run in list
order, and users see the first refusal.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision

from portal.content.publication import Publication, PublicationRefusedError, Rules
from portal.content.visibility import is_in_trash
from portal.editorial.approval.authorship import (
    SAME_CONFIRMED,
    SELF_PUBLISHED,
    TIED_PUBLISHED,
    VERSION_KEPT,
    is_counted_from,
    published_alone,
)
from portal.editorial.approval.independence import Signature, signature, who_else
from portal.editorial.approval.permissions import (
    NewsroomTester,
    aliases_to_leave,
    bypasses_four_eyes,
    refusal_of_publication,
    requires_four_eyes,
)
from portal.editorial.approval.review_revisions import move_review_to
from portal.editorial.records.account_ties import account_ties
from portal.editorial.records.releases import is_in_waiting_release
from portal.editorial.records.taken_over import HANDED_OVER, TEXT_COPIED, TEXT_TAKEN_OVER

# Log actions that determine the authors, and the publications that one person made alone.
DECISIVE = {
    *(SELF_PUBLISHED, TIED_PUBLISHED, SAME_CONFIRMED, VERSION_KEPT),
    *(TEXT_COPIED, TEXT_TAKEN_OVER, HANDED_OVER),
    *("wagtail.revert", "wagtail.unpublish", "wagtail.workflow.resume"),
}


@dataclass(frozen=True)
class Submission:
    """A draft submitted for review, and the user who submits it (None for the system)."""

    page: Page
    revision: Revision
    user: Any


def require_place_outside_trash(publication: Publication) -> None:
    if is_in_trash(publication.page):
        raise PublicationRefusedError(_("This page is in the trash. Restore it first."))


def require_publish_permission(publication: Publication) -> None:
    """Refuse users without permission to publish, unless a workflow has approved the page."""
    person = responsible_person(publication)
    if person is None or publication.by_approval:
        return
    subject = publication.page if publication.revision else publication.page.get_parent()
    if not NewsroomTester(person, subject).has_permission("publish"):
        who = [who_else(publication.page, person.pk, publication.revision)] if publication.revision else []
        raise PublicationRefusedError(_("You may not publish here."), *who)


def require_valid_page(publication: Publication) -> None:
    """Validate the whole page, because a draft may lack required fields."""
    if publication.revision is None:
        return
    try:
        publication.page.full_clean()
    except ValidationError as error:
        if responsible_person(publication) is None:
            # The scheduler and commands handle ValidationError themselves.
            raise
        raise PublicationRefusedError(*labelled_messages(publication.page, error)) from error
    publication.page.is_validated = True


def require_second_person(publication: Publication) -> None:
    """Refuse authors and accounts tied to an author's account.

    If the site has no four-eyes rule, or nobody else could approve, one person may publish alone; this is logged.
    """
    person = responsible_person(publication)
    if person is None:
        return
    page, revision = publication.page, publication.revision
    if revision is None:
        # The original's site has approved the alias's content, unless the author published it there alone.
        is_author = page.alias_of is None or bypasses_four_eyes(page.alias_of, person, page.get_parent())
        stored, found = page, Signature(is_refused=is_author, is_author=is_author)
        refusal = _("Someone else must publish what you wrote yourself. Your draft is saved.")
    else:
        stored = publication.stored or Page.objects.get(pk=page.pk)
        found = signature(stored, person.pk, revision)
        refusal = refusal_of_publication(stored, person, revision) if found.is_refused else ""
    if found.is_refused and requires_four_eyes(page):
        raise PublicationRefusedError(refusal)
    if found.is_author:
        _log_once(publication, SELF_PUBLISHED, person, {})
    elif found.author is not None:
        keys = {"author": found.author, "makers": sorted(found.makers), "is_waived": found.is_refused}
        _log_once(publication, TIED_PUBLISHED, person, keys)
    elif revision is not None:
        _carry_on(publication, stored, person)


def _carry_on(publication: Publication, stored: Page, person: Any) -> None:
    """Copy the log entries if a person, or an account tied to theirs, republishes a page that they published alone."""
    entries = published_alone().filter(page=stored.pk, revision=stored.live_revision_id, revision__isnull=False)
    for entry in entries.select_related("user"):
        if entry.user_id in {person.pk} | account_ties(stored).tied_to(person.pk):
            _log_once(publication, entry.action, entry.user, entry.data)


def _log_once(publication: Publication, action: str, person: Any, data: dict[str, Any]) -> None:
    page, revision = publication.page, publication.revision
    if page.pk and not PageLogEntry.objects.filter(page=page.pk, action=action, revision=revision).exists():
        log(instance=page, action=action, user=person, revision=revision, data=data)


before_publishing: list[Callable[[Publication], None]] = [
    require_place_outside_trash,
    require_publish_permission,
    require_second_person,
    require_valid_page,
]
before_submitting: list[Callable[[Submission], None]] = []


def responsible_person(publication: Publication) -> Any:
    """The user who publishes, or else the revision's author; None for a scheduled revision that is due."""
    revision = publication.revision
    if publication.user or revision is None:
        return publication.user
    if revision.approved_go_live_at and revision.approved_go_live_at <= timezone.now():
        return None
    return revision.user


def labelled_messages(page: Page, error: ValidationError) -> Iterator[str]:
    """Yield the messages of a validation error, each preceded by its field's label."""
    if not hasattr(error, "error_dict"):
        yield from error.messages
        return
    for name, messages in error.message_dict.items():
        known = name in {field.name for field in page._meta.get_fields()}
        label = getattr(page._meta.get_field(name), "verbose_name", "") if known else ""
        for message in messages:
            yield f"{str(label).capitalize()}: {message}" if label else message


class NewsroomRules(Rules):
    """Implements the newsroom's rules behind the interface of `portal.content`."""

    tester = NewsroomTester

    def before_publishing(self, publication: Publication) -> None:
        for rule in before_publishing:
            rule(publication)

    def may_overwrite(self, revision: Revision) -> bool:
        return not (is_counted_from(revision) or is_in_waiting_release(revision.pk))

    def aliases_to_leave(self, page: Page, aliases: Sequence[Page]) -> list[int]:
        return aliases_to_leave(page, aliases)

    def revision_saved(self, page: Page, revision: Revision, user: Any) -> None:
        move_review_to(page, revision, user)
