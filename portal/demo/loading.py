"""Builds the demo network in an empty database."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone
from wagtail import hooks
from wagtail.models import Locale, Page, Site

from events.models import CalendarPage
from events.registration.reminders import withhold_reminders
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.demo.catalogue import CatalogueLoader
from portal.demo.events import EventBuilder
from portal.demo.files import DemoFiles
from portal.demo.indexes import deferred_indexing
from portal.demo.planning import add_plans
from portal.demo.proposals import add_proposals
from portal.demo.reading import network, texts_of
from portal.demo.site import SiteLoader
from portal.editorial.records.translations import Basis
from portal.editorial.roles import Role, media_collection, set_up_newsroom
from portal.editorial.translations.passages.states import PassageState, passages_of, store_counts

PASSWORD = "portal-demo"
# The TOTP key of the account that demonstrates two-factor sign-in.
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
Report = Callable[[str], None]


class NotEmptyError(CommandError):
    """The database has content; the demo is only loaded into an empty one."""


def has_content() -> bool:
    return Page.objects.filter(depth__gt=1).exclude(slug="home", depth=2, content_type__model="page").exists()


@transaction.atomic
def load_demo(report: Report = print, port: int = 8000, now: datetime | None = None) -> None:
    """Load the demo in one transaction; raises NotEmptyError if there is content.

    The demo's dates are relative to `now`.
    """
    if has_content() or any(model.objects.exists() for model in (Topic, Person)):
        raise NotEmptyError("The database already has content; the demo is only loaded into an empty one.")
    facts = network()
    now = now or timezone.now()
    Site.objects.all().delete()
    Page.objects.filter(depth=2).delete()
    root = Page.get_first_root_node()
    locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code in ("fr", "de", "en")}
    catalogue = CatalogueLoader(locales)
    administrator = get_user_model().objects.create(
        username="admin",
        email="admin@portal.example",
        password=_hashed_password(),
        first_name="Ada",
        last_name="Admin",
        is_staff=True,
        is_superuser=True,
    )
    with deferred_indexing():
        topics, people = catalogue.topics(), catalogue.people()
        catalogue.outlines()
        for number, site_facts in enumerate(facts["sites"]):
            report(f"{site_facts['name']}: pictures and pages …")
            loader = SiteLoader(site_facts, facts, root, locales, topics, people, now)
            site = loader.create_site(port, is_default=number == 0)
            collection = media_collection(site)
            loader.library = DemoFiles(site_facts["key"], collection, site_facts["name"])
            catalogue.add_author_pictures(site_facts["key"], loader.library)
            loader.event_builder = EventBuilder(loader.zone, now, collection)
            loader.load(texts_of(site_facts["key"]))
            groups = set_up_newsroom(site)
            accounts = _create_accounts(site_facts, groups)
            if number == 0:
                add_proposals(site, now)
                _create_account_with_factor(groups[Role.EDITOR])
            _set_owners(loader.pages.values(), accounts)
            add_plans(site_facts["key"], site, accounts, now.astimezone(loader.zone).date())
            for add in hooks.get_hooks("portal_demo"):
                add(site, now)
    _tick_identical_passages()
    # Mails are printed in the terminal, where reminders would bury the addresses.
    withhold_reminders()
    report(f"{Page.objects.filter(depth__gt=1).count()} pages, {administrator} and {len(facts['sites'])} newsrooms.")


@cache
def _hashed_password() -> str:
    """The password hash shared by all accounts, cached because hashing is slow."""
    return make_password(PASSWORD)


def _set_owners(pages: Iterable[Page], accounts: dict[Role, Any]) -> None:
    """Make the organiser the owner of pages below a calendar, and the editor the owner of other stories."""
    written = {
        page.pk: Role.ORGANISER if CalendarPage in page.allowed_parent_page_models() else Role.EDITOR for page in pages
    }
    for role in set(written.values()):
        keys = [key for key, writer in written.items() if writer == role]
        Page.objects.filter(pk__in=keys).update(owner=accounts[role])


def _tick_identical_passages() -> None:
    """Tick names and figures that are the same in both languages. Otherwise no translation can be sent for review."""
    for basis in Basis.objects.select_related("revision", "source", "translation"):
        passages = passages_of(basis, basis.translation.specific)
        same = [each for each in passages if each.state == PassageState.MISSING and each.text]
        basis.same = [passage.same_fingerprint for passage in same]
        basis.save(update_fields=["same"])
        store_counts(basis, [replace(each, state=PassageState.SAME) if each in same else each for each in passages])


def _create_accounts(site: dict[str, Any], groups: dict[Role, Any]) -> dict[Role, Any]:
    roles = (Role.EDITOR, Role.APPROVER, Role.ORGANISER, Role.SITE_ADMINISTRATOR)
    accounts = {}
    for role, (first, last) in zip(roles, site["newsroom"], strict=True):
        accounts[role] = user = get_user_model().objects.create(
            username=f"{role.value}-{site['key']}",
            email=f"{role.value}@{site['key']}.example",
            password=_hashed_password(),
            first_name=first,
            last_name=last,
        )
        user.groups.add(groups[role])
    return accounts


def _create_account_with_factor(group: Any) -> None:
    user = get_user_model().objects.create(
        username="editor-totp",
        email="editor-totp@lorraine.example",
        password=_hashed_password(),
        first_name="Tilda",
        last_name="Otte",
    )
    user.groups.add(group)
    TOTP.activate(user, TOTP_SECRET)


def set_ports(port: int) -> list[str]:
    """Set the port of the local sites; return a line with name and URL for every site."""
    for site in Site.objects.exclude(port=port):
        if site.hostname == "localhost" or site.hostname.endswith(".localhost"):
            site.port = port
            site.save()
    return [f"{site.site_name}: {site.root_url}/" for site in Site.objects.order_by("pk")]
