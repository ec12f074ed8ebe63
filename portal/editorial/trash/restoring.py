"""Restores pages from the trash: readers see exactly what they saw before the deletion."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from portal.content.publication import lock_pages
from portal.content.records.trash import RESTORED, TrashedPage
from portal.content.sitemaps.indexnow import announce_below_later
from portal.content.visibility import in_trash, is_in_trash, paths_to
from portal.editorial.trash.deleting import LONGEST, TrashRefusedError, change_slug, update_lists


class PlaceInTrashError(TrashRefusedError):
    """A page above is in the trash."""


class AddressTakenError(TrashRefusedError):
    """Another page now uses the page's former address."""


def obstacle(trashed: TrashedPage) -> TrashRefusedError | None:
    """The reason why a page cannot be restored now, with its former slug."""
    page = trashed.page
    above = TrashedPage.objects.filter(page__path__in=paths_to(page.path)[:-1]).select_related("page")
    if (first := above.order_by("page__path").first()) is not None:
        words = {"title": page.draft_title, "above": first.page.draft_title}
        return PlaceInTrashError(
            _("“%(title)s” was below “%(above)s”, which is in the trash, too. Restore “%(above)s” first.") % words
        )
    if (other := page.get_siblings(inclusive=False).filter(slug=trashed.slug).first()) is not None:
        words = {"title": page.draft_title, "other": other.draft_title}
        return AddressTakenError(
            _("“%(other)s” now uses the address of “%(title)s”. The page can be restored at another one.") % words
        )
    return None


def free_slug(trashed: TrashedPage) -> str:
    """The former slug with a number: no other slug is accepted, because a slug is text that somebody must approve."""
    taken = set(trashed.page.get_siblings(inclusive=False).values_list("slug", flat=True))
    numbered = (f"{trashed.slug[: LONGEST - len(end)]}{end}" for end in (f"-{number}" for number in count(2)))
    return next(slug for slug in numbered if slug not in taken)


@transaction.atomic
def restore(trashed: TrashedPage, user: Any = None, slug: str = "") -> list[str]:
    """Take a page and all pages below it out of the trash; return a sentence for each thing that could not be restored.

    A publication planned for a time that has passed meanwhile is no longer planned. `slug` is the page's free slug, if
    another page has its former one. Raises TrashRefusedError.
    """
    parents = Page.objects.filter(path=trashed.page.path[: -Page.steplen])
    lock_pages([trashed.page_id, *parents.values_list("pk", flat=True)])
    trashed = TrashedPage.objects.select_related("page").filter(pk=trashed.pk).first() or _refuse_restored()
    page, refusal = trashed.page, obstacle(trashed)
    is_free = isinstance(refusal, AddressTakenError) and slug == free_slug(trashed)
    if refusal and not is_free and (not slug or isinstance(refusal, PlaceInTrashError)):
        raise refusal
    if slug and not is_free:
        raise TrashRefusedError(_("It can only be restored with its former address or with the one suggested here."))
    slug = slug or trashed.slug
    here = Page.objects.filter(path__startswith=page.path)
    lock_pages(here.values_list("pk", flat=True))
    change_slug(page, slug)
    here = here.exclude(in_trash())
    if slug != trashed.slug:
        _write_slug_into_drafts(page, slug)
    shown, hidden = _pages_to_show(trashed)
    elsewhere = [each for each in shown if not each.path.startswith(page.path)]
    Page.objects.filter(pk__in=[each.pk for each in shown]).update(live=True)
    trashed.addresses.all().delete()
    notes = list(_unschedule_missed(here))
    trashed.delete()
    _hand_over(hidden)
    _follow_originals(shown)
    announce_below_later(page, list(here.live()))
    log(page.specific, RESTORED, user=user)
    update_lists(page, elsewhere)
    return notes


def _refuse_restored() -> TrashedPage:
    raise TrashRefusedError(_("This page is no longer in the trash."))


def _pages_to_show(trashed: TrashedPage) -> tuple[list[Page], list[Page]]:
    """The pages that were live, and the aliases that cannot be shown yet.

    Aliases whose original was taken down, and copies that became independent, are not shown.
    """
    before = list(trashed.live_pages.select_related("alias_of").order_by("path"))
    open_pages = [each for each in before if not is_in_trash(each)]
    shown = {
        each.pk: each
        for each in open_pages
        if (each.alias_of.live if each.alias_of else each.path.startswith(trashed.page.path))
    }
    # An alias has a source in this list if both were hidden together.
    while new := {each.pk: each for each in open_pages if each.pk not in shown and each.alias_of_id in shown}:
        shown |= new
    return list(shown.values()), [each for each in before if each.alias_of_id and each.pk not in shown]


def _hand_over(aliases: Iterable[Page]) -> None:
    """Let the other page in the trash that still hides an alias, or its original, show it when it is restored."""
    for alias in aliases:
        page: Page | None = alias
        passed: set[int] = set()
        while page and not is_in_trash(page) and page.pk not in passed:
            passed.add(page.pk)
            page = page.alias_of
        if page and is_in_trash(page):
            hiding = TrashedPage.objects.filter(page__path__in=paths_to(page.path)).order_by("-page__path")[:1]
            for other in hiding:
                other.live_pages.add(alias)


def _follow_originals(shown: Iterable[Page]) -> None:
    """Update the aliases whose originals were published again meanwhile, and none that somebody took down."""
    keys = {each.pk for each in shown}
    outdated = {
        each.alias_of_id
        for each in shown
        if each.alias_of and (each.alias_of.live or each.alias_of_id in keys)
        if each.alias_of.last_published_at != each.last_published_at
    }
    if not outdated:
        return
    others = Page.objects.filter(alias_of__in=outdated | keys).exclude(pk__in=keys)
    left = list(others.values_list("pk", flat=True))
    for original in Page.objects.filter(pk__in=outdated).select_related("live_revision").order_by("path"):
        original.specific.update_aliases(revision=original.live_revision, _updated_ids=left)


def _write_slug_into_drafts(page: Page, slug: str) -> None:
    """Give the versions that may still go live the page's new slug."""
    waiting = Q(pk__in=[page.latest_revision_id, page.live_revision_id]) | Q(approved_go_live_at__isnull=False)
    for revision in page.revisions.filter(waiting):
        Revision.objects.filter(pk=revision.pk).update(content=revision.content | {"slug": slug})


def _unschedule_missed(pages: QuerySet[Page]) -> Iterator[str]:
    keys = [str(key) for key in pages.values_list("pk", flat=True)]
    missed = Revision.page_revisions.filter(object_id__in=keys, approved_go_live_at__lte=timezone.now())
    for revision in missed.order_by("pk"):
        text = _("“%(title)s” was due to be published in the meantime. It is a draft again: publish or reschedule it.")
        yield text % {"title": revision.object_str}
    Revision.objects.filter(pk__in=[revision.pk for revision in missed]).update(approved_go_live_at=None)
