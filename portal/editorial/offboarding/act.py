"""Ends a person's access and hands over their work."""

from collections.abc import Mapping
from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page

from portal.accounts.sessions import end_sessions
from portal.audit.log import record
from portal.editorial.accounts.history import record as record_change
from portal.editorial.approval.authorship import hand_over
from portal.editorial.assignments.handling import change_records
from portal.editorial.assignments.registry import assigned_work
from portal.editorial.guests.answers import REVOKED
from portal.editorial.offboarding import mails
from portal.editorial.offboarding.holdings import SiteHoldings, endings_of, guest_links_of, subscriptions_of
from portal.editorial.records.accounts import AccountChange, AddressChange
from portal.editorial.records.invitations import ReviewInvitation
from portal.editorial.records.planning import CalendarAddress, PlannedItem
from portal.editorial.records.providers import ProvidedRole
from portal.editorial.sign_in.factors.held import in_words, remove_factors

LEFT = "portal.account.left"


def offboard(person: Any, actor: Any, sites: list[SiteHoldings], holders: Mapping[int, Any], closes: bool) -> None:
    """End a person's roles and access on these sites and hand over their work, in one transaction.

    With `closes`, the account is closed too. `holders` are the people who take over, by site. They become authors of
    the text. The person who leaves remains an author, too.
    """
    paths = None if closes else [path for each in sites for path in each.homes]
    endings = endings_of(person, paths)
    for each in sites:
        if holder := holders.get(each.site.pk):
            _hand_over(each, person, holder, actor)
    _end_guest_links(guest_links_of(person, paths), actor)
    subscriptions_of(person, paths).delete()
    here = Q() if closes else Q(newsroom_role__site__in=[each.site for each in sites])
    keys = list(person.groups.filter(here).values_list("pk", flat=True))
    ProvidedRole.objects.filter(account=person, group__in=keys).delete()
    person.groups.remove(*keys)
    if closes:
        _close(person, actor)
    UserSession.objects.filter(user=person).delete()
    end_sessions([person])
    _record(person, actor, sites, holders, endings, "closed" if closes else "open")
    for each in sites:
        if holder := holders.get(each.site.pk):
            mails.send_takeover.enqueue(holder.pk, person.pk, each.site.pk, each.handed_over)
    roles_at = [each.site.pk for each in sites if each.roles]
    mails.send_farewell.enqueue(person.pk, actor.pk, roles_at, closes, "factors" in endings)


def _hand_over(holdings: SiteHoldings, person: Any, holder: Any, actor: Any) -> None:
    pages = Page.objects.filter(pk__in=holdings.page_keys)
    pages.update(owner=holder)
    # Taking over approved text makes nobody an author.
    texts = pages.filter(has_unpublished_changes=True, latest_revision__approved_go_live_at=None)
    hand_over(texts.exclude(latest_revision=None).select_related("latest_revision"), person, holder)
    Page.objects.filter(pk__in=holdings.locked).update(locked_by=holder)
    PlannedItem.objects.filter(page__in=holdings.page_keys, person=person).update(person=holder)
    for name in holdings.assigned:
        work = assigned_work[name]
        change_records(work.open_of(person).filter(site=holdings.site), work.log, actor, assigned_to=holder)


def _end_guest_links(links: QuerySet[ReviewInvitation], actor: Any) -> None:
    ended = list(links.select_related("page"))
    ReviewInvitation.objects.filter(pk__in=[link.pk for link in ended]).update(revoked_at=timezone.now())
    for link in ended:
        log(instance=link.page.specific, action=REVOKED, user=actor, data={"guest": {"name": link.name}})


def _close(person: Any, actor: Any) -> None:
    """Close the account and remove its password.

    Then earlier links cannot set another password, and a person who is invited again chooses a new one.
    """
    if factors := remove_factors(person):
        record_change(person, actor, AccountChange.Kind.FACTORS, f"− {in_words(factors)}")
    person.socialaccount_set.all().delete()
    person.api_tokens.all().delete()
    person.user_permissions.clear()
    AddressChange.objects.filter(account=person).delete()
    CalendarAddress.objects.filter(user=person).delete()
    person.set_unusable_password()
    person.is_active = person.is_superuser = person.is_staff = False
    person.save(update_fields=["password", "is_active", "is_superuser", "is_staff"])


def _record(
    person: Any,
    actor: Any,
    sites: list[SiteHoldings],
    holders: Mapping[int, Any],
    endings: Mapping[str, int],
    state: str,
) -> None:
    """Record the changes on each site, and for the network the changes to the account."""
    for each in sites:
        before = {"roles": [str(role) for role in each.roles], "waiting": each.waiting, **each.handed_over}
        holder = holders.get(each.site.pk)
        after = {"account": state, **({"holder": holder.pk} if holder else {})}
        record(LEFT, actor=actor, site=each.site.pk, target=person, before=before, after=after)
    record(LEFT, actor=actor, target=person, before=endings, after={"account": state})
