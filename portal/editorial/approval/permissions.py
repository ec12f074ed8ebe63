"""Page permissions in the newsroom: those of the user's roles, restricted by the four-eyes rule."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.locks import BasicLock
from wagtail.models import Page, PageLogEntry, Revision

from portal.content.permissions import PortalPageTester
from portal.content.records.settings import SiteSettings
from portal.content.shown import cached_while_shown
from portal.content.visibility import in_trash
from portal.editorial.approval.authorship import original_of, published_alone
from portal.editorial.approval.independence import (
    approvers_for,
    dependence_message,
    dependence_reason,
    sentence_of_approvers,
    signature,
    signature_for,
    who_else,
)
from portal.editorial.records.account_ties import account_ties
from portal.editorial.records.releases import scheduled_in_releases


def requires_four_eyes(page: Page) -> bool:
    """Whether the four-eyes rule applies on the page's site. It is on by default, and for pages without a site."""
    site = page.get_site()
    return site is None or not SiteSettings.objects.filter(site=site, four_eyes=False).exists()


def is_barred_as_author(page: Page, user: Any) -> bool:
    """Whether the four-eyes rule forbids this person to publish the page because they are an author."""

    def is_barred() -> bool:
        return signature(page, user.pk).is_refused and requires_four_eyes(page)

    return cached_while_shown(page, ("is barred", user.pk), is_barred)


def reason_against_approving(page: Page, user: Any) -> str:
    """Why the four-eyes rule forbids this person to approve, as full sentences; empty if it does not."""
    return _refusal(page, user, _("You wrote this yourself: someone else must approve it."))


def refusal_of_approval(page: Page, user: Any) -> str:
    """Like `reason_against_approving`, for a refused attempt."""
    return _refusal(page, user, _("Someone else must approve what you wrote yourself."))


def refusal_of_text(page: Page, user: Any, authors: set[int], *, is_always_required: bool = False) -> str:
    """Like `refusal_of_approval`, for a text by these authors that belongs to the page and is no version of it.

    With `is_always_required`, the rule applies even where the site has switched it off.
    """
    found = signature_for(page, user.pk, authors)
    if not found.is_refused or not (is_always_required or requires_four_eyes(page)):
        return ""
    own = _("Someone else must approve what you wrote yourself.")
    reason = own if found.is_author else dependence_reason(page, user.pk, found)
    return f"{reason} {sentence_of_approvers(approvers_for(page, authors, user.pk), user.pk)}"


def refusal_of_publication(page: Page, user: Any, revision: Revision | None = None) -> str:
    return _refusal(page, user, _("Someone else must publish what you wrote yourself. Your draft is saved."), revision)


def reason_against_publishing(page: Page, user: Any) -> str:
    """The reason why this person may not publish the page, and who else can."""
    if NewsroomTester(user, page).has_permission("publish"):
        return refusal_of_publication(page, user) or _("You may not publish here.")
    return f"{_('You may not publish here.')} {who_else(page, user.pk)}"


def not_a_reviewer(page: Page, user: Any) -> str:
    """The refusal for a non-reviewer. If they may publish, it also says who can approve."""
    reason = _("You are not a reviewer of this page.")
    return f"{reason} {who_else(page, user.pk)}" if NewsroomTester(user, page).has_permission("publish") else reason


def _refusal(page: Page, user: Any, of_own_text: str, revision: Revision | None = None) -> str:
    found = signature(page, user.pk, revision)
    if not found.is_refused or not requires_four_eyes(page):
        return ""
    if found.is_author:
        return f"{of_own_text} {who_else(page, user.pk, revision)}"
    return dependence_message(page, user.pk, found, revision)


def lock_against(page: Page, user: Any) -> str:
    """A sentence about somebody else's lock on the page; empty without one. Locks apply to superusers, too."""
    if not page.locked or not BasicLock(page).for_user(user):
        return ""
    if page.locked_by is None:
        return _("This page is locked. It can be approved when it is unlocked.")
    who = page.locked_by.get_full_name() or page.locked_by.username
    return _("%(who)s has locked this page. It can be approved when it is unlocked.") % {"who": who}


def bypasses_four_eyes(page: Page, user: Any, destination: Page) -> bool:
    """Whether this person or a tied account published or scheduled the page, or one below it, without anybody else.

    False if `destination`, its new parent page, belongs to the same site or to one without the four-eyes rule.
    """
    if page.get_site() == destination.get_site() or not requires_four_eyes(destination):
        return False
    tied = {user.pk} | account_ties().tied_to(user.pk)
    shown = page.get_descendants(inclusive=True)
    originals = Q(page__in=shown.values("pk")) | Q(page__in=_originals_of(shown))
    alone = published_alone().filter(originals, user__in=tied)
    is_shown = Q(Q(page__live=True) | in_trash("page__"), revision=F("page__live_revision"))
    return alone.filter(is_shown | Q(revision__approved_go_live_at__isnull=False)).exists()


def _originals_of(pages: QuerySet[Page]) -> set[int]:
    """The primary keys of these pages' originals, including those reached through other aliases."""
    found: set[int] = set()
    while keys := set(pages.exclude(alias_of=None).order_by().values_list("alias_of", flat=True)) - found:
        found |= keys
        pages = Page.objects.filter(pk__in=keys)
    return found


def aliases_to_leave(page: Page, aliases: Sequence[Page]) -> list[int]:
    """The aliases on other sites that must not be updated to a page's new version.

    These are the aliases that their own site withdrew while the original stayed live and, if one person alone published
    the live version, all aliases on sites with the four-eyes rule.
    """
    original = original_of(page)
    is_alone = published_alone().filter(page=original.pk, revision=F("page__live_revision")).exists()
    offline = [alias.pk for alias in aliases if not alias.live]
    unpublished = PageLogEntry.objects.filter(page__in=offline, action="wagtail.unpublish") if offline else None
    withdrawn = set(unpublished.values_list("page", flat=True)) if unpublished else set()
    if not is_alone and not withdrawn:
        return []
    site = original.get_site()
    return [
        alias.pk
        for alias in aliases
        if (is_alone or alias.pk in withdrawn)
        if alias.get_site() != site and (alias.pk in withdrawn or requires_four_eyes(alias))
    ]


class NewsroomTester(PortalPageTester):
    """Page permissions under the four-eyes rule, which also restricts superusers."""

    @cached_property
    def is_barred(self) -> bool:
        return is_barred_as_author(self.page, self.user)

    def can_publish(self) -> bool:
        return super().can_publish() and not self.is_barred

    def can_publish_subpage(self) -> bool:
        """False under the four-eyes rule, because a person who adds or copies a page is its author."""
        return super().can_publish_subpage() and not requires_four_eyes(self.page)

    def can_unschedule(self) -> bool:
        """False in an approved release, whose approval is withdrawn as a whole."""
        return super().can_unschedule() and not scheduled_in_releases().filter(page=self.page.pk).exists()

    @cached_property
    def has_approved_release(self) -> bool:
        """Whether a version of the page, or of one below it, is approved in a release: for its present place."""
        return scheduled_in_releases().filter(page__path__startswith=self.page.path).exists()

    def can_move_to(self, destination: Page) -> bool:
        return (
            super().can_move_to(destination)
            and not bypasses_four_eyes(self.page, self.user, destination)
            and not self.has_approved_release
        )
