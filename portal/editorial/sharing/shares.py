"""Sharing pages between sites: one site offers a page, the other accepts it and shows it as an alias."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.log_actions import log
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.permissions import page_permission_policy

from portal.content.extension_points import after_sharing
from portal.content.pages.pages import PortalPage
from portal.content.publication import passing_gate
from portal.content.records.privacy import restricted_paths
from portal.content.records.settings import SiteSettings
from portal.content.records.sharing import Share
from portal.content.visibility import HOME_DEPTH, is_in_trash
from portal.editorial.approval.authorship import published_alone
from portal.editorial.approval.permissions import bypasses_four_eyes, requires_four_eyes
from portal.platform.slugs import free_slug


def site_of(page: Page) -> Site | None:
    """The site whose page tree, in any language, contains the page."""
    roots = {site.root_page_id: site for site in Site.objects.all()}
    for root in page.get_ancestors(inclusive=True).filter(depth=HOME_DEPTH):
        for translation in root.get_translations(inclusive=True):
            if translation.pk in roots:
                return roots[translation.pk]
    return None


def home_of(site: Site, page: Page) -> Page | None:
    """A site's live home page in the page's language."""
    return site.root_page.get_translations(inclusive=True).filter(locale=page.locale_id, live=True).first()


def may_publish_on(user: Any, page: Page) -> bool:
    return user.is_superuser or "publish" in page.permissions_for_user(user).permissions


def may_publish_somewhere(user: Any) -> bool:
    """Whether the user may publish anywhere. Uses permissions that Wagtail has cached for menus."""
    permissions = page_permission_policy.get_cached_permissions_for_user(user)
    return user.is_superuser or any(each.permission.codename == "publish_page" for each in permissions)


def may_offer(user: Any, page: Page) -> bool:
    return (
        isinstance(page, PortalPage)
        and page.is_item
        and page.live
        and page.alias_of_id is None
        and may_publish_on(user, page)
        and not is_private(page)
    )


def is_private(page: Page) -> bool:
    return page.get_view_restrictions().exists()


def with_titles(shares: Iterable[Share]) -> list[Any]:
    """Set each share's title to one that the other site may see. A private page's title is hidden."""
    found, private = list(shares), tuple(restricted_paths())
    for share in found:
        is_public = not share.page.path.startswith(private)
        share.title = share.page.title if is_public else _("A page that is now private")  # type: ignore[attr-defined]
    return found


def possible_sites(page: Page) -> list[Site]:
    """The sites to which the page can be offered. They are open, have its language, and do not show it yet."""
    own = site_of(page)
    current = page.shares.filter(status__in=[Share.Status.OFFERED, Share.Status.ACCEPTED]).values("site")
    others = Site.objects.exclude(pk__in=current).exclude(pk=own.pk if own else None).select_related("root_page")
    others = others.exclude(pk__in=SiteSettings.undisclosed_sites())
    return [site for site in others.order_by("site_name") if home_of(site, page)]


def possible_parents(share: Share) -> list[Page]:
    """The receiving site's pages that allow this type of child page."""
    home = home_of(share.site, share.page)
    if home is None:
        return []
    parents = share.page.specific_class.allowed_parent_page_models()
    pages = Page.objects.descendant_of(home).live().type(*parents).order_by("path")
    return list(pages.specific(defer=True))


def may_decide(user: Any, share: Share) -> bool:
    """Whether the user may accept or decline for the receiving site. Nobody decides on their own offer."""
    if user.pk == share.offered_by_id or bypasses_four_eyes(share.page, user, share.site.root_page):
        return False
    return may_publish_on(user, share.site.root_page)


@transaction.atomic
def offer(page: Page, sites: Iterable[Site], user: Any, note: str = "") -> list[Share]:
    if not may_offer(user, page):
        raise PermissionDenied
    possible = {site.pk for site in possible_sites(page)}
    shares = [
        Share.objects.create(page=page.page_ptr, site=site, offered_by=user, note=note)
        for site in sites
        if site.pk in possible
    ]
    for share in shares:
        log(page, "portal.share.offer", user=user, data={"site": share.site.site_name})
    return shares


@transaction.atomic
def accept(share: Share, parent: Page, user: Any, published_at: datetime, now: datetime) -> None:
    """Show the page below `parent` from `published_at` on. Raises ValidationError if `parent` is not allowed."""
    share = _lock_offer(share, user)
    if parent.pk not in {page.pk for page in possible_parents(share)}:
        raise ValidationError(_("The page cannot be put there."))
    share.status = Share.Status.ACCEPTED
    share.place, share.published_at = parent, published_at
    share.decided_by, share.decided_at = user, now
    share.save()
    log(share.page.specific, "portal.share.accept", user=user, data={"site": share.site.site_name})
    if published_at <= now:
        create_alias_of(share)


@transaction.atomic
def decline(share: Share, user: Any, answer: str, now: datetime) -> None:
    share = _lock_offer(share, user)
    share.status, share.answer = Share.Status.DECLINED, answer
    share.decided_by, share.decided_at = user, now
    share.save()
    log(share.page.specific, "portal.share.decline", user=user, data={"site": share.site.site_name})


def _lock_offer(share: Share, user: Any) -> Share:
    """Lock the offer. Raises an error unless it is open and this user may decide."""
    share = Share.objects.select_for_update().get(pk=share.pk)
    if not may_decide(user, share):
        raise PermissionDenied
    if share.status != Share.Status.OFFERED or is_private(share.page):
        raise ValidationError(_("This offer has since been answered or withdrawn."))
    return share


@transaction.atomic
def create_alias_of(share: Share) -> None:
    """Create the alias on the receiving site, only once even if called concurrently."""
    share = Share.objects.select_for_update().get(pk=share.pk)
    page = share.page.specific
    if share.status != Share.Status.ACCEPTED or share.alias_id or share.place is None or not page.live:
        return
    # Once its place is restored from the trash, the page is shown there.
    if is_in_trash(share.place) or is_private(page) or _was_self_published(share):
        return
    # Without this, the alias would copy the owner and lock, which only the page's own site may see.
    page.owner, page.locked, page.locked_at, page.locked_by = share.decided_by, False, None, None
    # Permissions were checked when the share was accepted. The user needs none on the source site.
    copying = CreatePageAliasAction(
        page, parent=share.place.specific, update_slug=free_slug(share.place, page.slug), user=share.decided_by
    )
    with passing_gate(None):
        alias = copying.execute(skip_permission_checks=True)
    share.alias = alias.page_ptr
    share.save(update_fields=["alias"])
    # The share has the alias's date. It was linked to the alias only after the alias was created and listed.
    for update in after_sharing:
        update(alias)


def _was_self_published(share: Share) -> bool:
    """Whether the story was self-published after acceptance, and the receiving site has the four-eyes rule."""
    since = published_alone().filter(page=share.page_id, timestamp__gt=share.decided_at)
    return since.filter(revision=F("page__live_revision")).exists() and requires_four_eyes(share.site.root_page)


@transaction.atomic
def withdraw(share: Share, user: Any) -> None:
    """Withdraw an offer, or remove a shared page from the receiving site. Either site may do so."""
    if not (may_publish_on(user, share.page.specific) or may_publish_on(user, share.site.root_page)):
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


def show_due_shares(now: datetime) -> None:
    for share in Share.objects.due(now):
        create_alias_of(share)


def privacy_changed(sender: type, instance: PageViewRestriction, **kwargs: Any) -> None:
    """`post_save` receiver: withdraw the shares of a page that became private, and of its descendants."""
    _withdraw_below(instance.page)


def page_moved(sender: type, instance: Page, **kwargs: Any) -> None:
    """`post_page_move` receiver: withdraw the shares of a page whose move made it private."""
    if is_private(instance):
        _withdraw_below(instance)


@transaction.atomic
def _withdraw_below(page: Page) -> None:
    """Withdraw the shares of a page and its descendants. Otherwise other newsrooms would see every change."""
    current = Share.objects.select_for_update().filter(status__in=[Share.Status.OFFERED, Share.Status.ACCEPTED])
    for share in current.filter(page__path__startswith=page.path):
        remove(share)
        log(share.page.specific, "portal.share.withdraw", data={"site": share.site.site_name})


def source_deleted(sender: type, instance: Page, **kwargs: Any) -> None:
    """Delete the page's aliases on other sites. Wagtail would turn them into independent pages.

    On the page's own site, Wagtail converts the aliases, and the loop below logs this.
    """
    for share in Share.objects.filter(page=instance.pk).exclude(alias=None).select_related("alias"):
        remove(share)
    for alias in instance.aliases.exclude(path__startswith=instance.path):
        log(alias, "wagtail.convert_alias", data={"page": {"id": alias.pk, "title": alias.title}})


def alias_deleted(sender: type, instance: Page, **kwargs: Any) -> None:
    """`pre_delete` receiver: withdraw a share whose alias is deleted. Otherwise the alias would be created again."""
    for share in Share.objects.filter(alias=instance.pk).select_related("page", "site"):
        Share.objects.filter(pk=share.pk).update(alias=None, status=Share.Status.WITHDRAWN)
        log(share.page.specific, "portal.share.withdraw", data={"site": share.site.site_name})
