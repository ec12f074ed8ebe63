"""Showing a page of one site on others of the network: offered by the one, accepted by the other."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.log_actions import log
from wagtail.models import Page, Site
from wagtail.permissions import page_permission_policy

from portal.core.lists.listing import update_listing
from portal.core.models import PortalPage, Share, StoryPage
from portal.core.publication import passing_gate
from portal.core.slugs import free_slug
from portal.editorial.approval.permissions import bypasses_four_eyes


def site_of(page: Page) -> Site | None:
    """The site that a page belongs to, in whichever of its languages."""
    roots = {site.root_page_id: site for site in Site.objects.all()}
    for root in page.get_ancestors(inclusive=True).filter(depth=2):
        for twin in root.get_translations(inclusive=True):
            if twin.pk in roots:
                return roots[twin.pk]
    return None


def home_of(site: Site, page: Page) -> Page | None:
    """The home page of a site in the language of a page."""
    return site.root_page.get_translations(inclusive=True).filter(locale=page.locale_id, live=True).first()


def may_publish_at(user: Any, page: Page) -> bool:
    """Whether the user answers for what readers see at and below a page."""
    return user.is_superuser or "publish" in page.permissions_for_user(user).permissions


def publishes_somewhere(user: Any) -> bool:
    """Whether there is any place that the user answers for; asked of what Wagtail has read of them already."""
    held = page_permission_policy.get_cached_permissions_for_user(user)
    return user.is_superuser or any(each.permission.codename == "publish_page" for each in held)


def may_offer(user: Any, page: Page) -> bool:
    return (
        isinstance(page, PortalPage)
        and page.is_item
        and page.live
        and page.alias_of_id is None
        and not page.get_view_restrictions().exists()
        and may_publish_at(user, page)
    )


def receivers(page: Page) -> list[Site]:
    """The sites that the page can be offered to: those that speak its language, and do not have it yet."""
    own = site_of(page)
    engaged = page.shares.filter(status__in=[Share.Status.OFFERED, Share.Status.ACCEPTED]).values("site")
    others = Site.objects.exclude(pk__in=engaged).exclude(pk=own.pk if own else None).select_related("root_page")
    return [site for site in others.order_by("site_name") if home_of(site, page)]


def places(share: Share) -> list[Page]:
    """Where the receiving site can show the page: what lies in its tree and takes pages of this type."""
    home = home_of(share.site, share.page)
    if home is None:
        return []
    parents = share.page.specific_class.allowed_parent_page_models()
    pages = Page.objects.descendant_of(home).live().type(*parents).order_by("path")
    return list(pages.specific(defer=True))


def may_decide(user: Any, share: Share) -> bool:
    """Whether the user decides for the receiving site; nobody accepts what they have offered themselves."""
    if user.pk == share.offered_by_id or bypasses_four_eyes(share.page, user, share.site.root_page):
        return False
    return may_publish_at(user, share.site.root_page)


@transaction.atomic
def offer(page: Page, sites: Iterable[Site], user: Any, note: str = "") -> list[Share]:
    if not may_offer(user, page):
        raise PermissionDenied
    possible = {site.pk for site in receivers(page)}
    shares = [
        Share.objects.create(page=page.page_ptr, site=site, offered_by=user, note=note)
        for site in sites
        if site.pk in possible
    ]
    for share in shares:
        log(page, "portal.share.offer", user=user, data={"site": share.site.site_name})
    return shares


@transaction.atomic
def accept(share: Share, place: Page, user: Any, published_at: datetime, now: datetime) -> None:
    """Show the page below `place` from `published_at` on; raises ValidationError where that cannot be."""
    share = _waiting(share, user)
    if place.pk not in {page.pk for page in places(share)}:
        raise ValidationError(_("The page cannot stand there."))
    share.status = Share.Status.ACCEPTED
    share.place, share.published_at = place, published_at
    share.decided_by, share.decided_at = user, now
    share.save()
    log(share.page.specific, "portal.share.accept", user=user, data={"site": share.site.site_name})
    if published_at <= now:
        show(share)


@transaction.atomic
def decline(share: Share, user: Any, answer: str, now: datetime) -> None:
    share = _waiting(share, user)
    share.status, share.answer = Share.Status.DECLINED, answer
    share.decided_by, share.decided_at = user, now
    share.save()
    log(share.page.specific, "portal.share.decline", user=user, data={"site": share.site.site_name})


def _waiting(share: Share, user: Any) -> Share:
    """The offer, locked, if it still waits for this user."""
    share = Share.objects.select_for_update().get(pk=share.pk)
    if not may_decide(user, share):
        raise PermissionDenied
    if share.status != Share.Status.OFFERED:
        raise ValidationError(_("Somebody else has answered this offer meanwhile."))
    return share


@transaction.atomic
def show(share: Share) -> None:
    """Make the page appear on the receiving site, once, whoever asks for it."""
    share = Share.objects.select_for_update().get(pk=share.pk)
    page = share.page.specific
    if share.status != Share.Status.ACCEPTED or share.alias_id or share.place is None or not page.live:
        return
    # Whoever accepted it had the right to do so then: they may have left, and need none where the page comes from.
    copying = CreatePageAliasAction(
        page, parent=share.place.specific, update_slug=free_slug(share.place, page.slug), user=share.decided_by
    )
    with passing_gate(None):
        alias = copying.execute(skip_permission_checks=True)
    share.alias = alias.page_ptr
    share.save(update_fields=["alias"])
    if isinstance(alias, StoryPage):
        # It was listed when it was created, before its share could tell its date.
        update_listing(alias)


@transaction.atomic
def withdraw(share: Share, user: Any) -> None:
    """Take an offer back, or a shared page off the receiving site; either of the two sites may."""
    if not (may_publish_at(user, share.page.specific) or may_publish_at(user, share.site.root_page)):
        raise PermissionDenied
    share = Share.objects.select_for_update().get(pk=share.pk)
    remove(share)
    log(share.page.specific, "portal.share.withdraw", user=user, data={"site": share.site.site_name})


def remove(share: Share) -> None:
    alias = share.alias
    share.alias, share.status = None, Share.Status.WITHDRAWN
    share.save()
    if alias is not None:
        alias.specific.delete()


def show_what_is_due(now: datetime) -> None:
    for share in Share.objects.due(now):
        show(share)


def source_deleted(sender: type, instance: Page, **kwargs: Any) -> None:
    """What other sites show of a page goes with it; Wagtail would leave them a copy of their own."""
    for share in Share.objects.filter(page=instance.pk).exclude(alias=None).select_related("alias"):
        remove(share)
