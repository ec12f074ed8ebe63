"""What a page must pass before it goes live, and before it is submitted; each rule is one function in a list.

A rule raises `Refused`. More rules are appended to the lists by who brings them, in its `AppConfig.ready`; they are
asked in their order, and the first refusal is what people read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision

from portal.core.publication import Publication, PublicationRefusedError, Rules
from portal.editorial.approval.authorship import is_approved, wrote_since_approval
from portal.editorial.approval.following import follow
from portal.editorial.approval.permissions import ONE_PAIR, NewsroomTester, bypasses_four_eyes, requires_four_eyes


@dataclass(frozen=True)
class Submission:
    """A page as it is to be reviewed, and who asks for that."""

    page: Page
    revision: Revision
    user: Any


def has_the_right(publication: Publication) -> None:
    """Without an approval, only the right to publish lets a page go."""
    who = responsible(publication)
    if who is None or publication.by_approval:
        return
    place = publication.page if publication.revision else publication.page.get_parent()
    if not NewsroomTester(who, place).has_permission("publish"):
        raise PublicationRefusedError(_("You may not publish here."))


def is_complete(publication: Publication) -> None:
    """A draft may lack what a published page may not."""
    if publication.revision is None:
        return
    try:
        publication.page.full_clean()
    except ValidationError as error:
        if responsible(publication) is None:
            # No person reads it: the schedule or the command that publishes deals with the error itself.
            raise
        raise PublicationRefusedError(*complaints(publication.page, error)) from error


def is_seen_by_two(publication: Publication) -> None:
    """Whoever wrote it does not let it go; where a site waives that, the page's history says so."""
    who = responsible(publication)
    if who is None:
        return
    page, revision = publication.page, publication.revision
    if revision is None:
        # An alias shows what was approved where it was written, if two people saw it there.
        is_own = page.alias_of is None or bypasses_four_eyes(page.alias_of, who, page.get_parent())
    else:
        is_own = wrote_since_approval(Page.objects.get(pk=page.pk), who, revision)
    if not is_own:
        return
    if requires_four_eyes(page):
        raise PublicationRefusedError(_("Someone else must publish what you wrote yourself. Your draft is saved."))
    if page.pk and not PageLogEntry.objects.filter(page=page.pk, action=ONE_PAIR, revision=revision).exists():
        log(instance=page, action=ONE_PAIR, user=who, revision=revision)


before_publishing: list[Callable[[Publication], None]] = [has_the_right, is_seen_by_two, is_complete]
before_submitting: list[Callable[[Submission], None]] = []


def responsible(publication: Publication) -> Any:
    """Who lets it go: the person who asks, or else the author of the revision; nobody for what was scheduled before."""
    revision = publication.revision
    if publication.user or revision is None:
        return publication.user
    if revision.approved_go_live_at and revision.approved_go_live_at <= timezone.now():
        return None
    return revision.user


def complaints(page: Page, error: ValidationError) -> Iterator[str]:
    """What is wrong with a page, each with the name of its field."""
    if not hasattr(error, "error_dict"):
        yield from error.messages
        return
    for name, messages in error.message_dict.items():
        known = name in {field.name for field in page._meta.get_fields()}
        label = getattr(page._meta.get_field(name), "verbose_name", "") if known else ""
        for message in messages:
            yield f"{str(label).capitalize()}: {message}" if label else message


class NewsroomRules(Rules):
    """The rules of this newsroom, as core asks for them."""

    tester = NewsroomTester

    def before_publishing(self, publication: Publication) -> None:
        for rule in before_publishing:
            rule(publication)

    def may_overwrite(self, revision: Revision) -> bool:
        return not is_approved(revision)

    def revision_saved(self, page: Page, revision: Revision, user: Any) -> None:
        follow(page, revision, user)
