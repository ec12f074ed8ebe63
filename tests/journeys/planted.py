"""An additional site in the demo, with records for routes to which no page of the demo links."""

from datetime import timedelta
from unittest import mock

from allauth.socialaccount.models import SocialApp
from django.contrib.auth.tokens import default_token_generator
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from wagtail.models import Revision

from portal.editorial.accounts.invitations import invite
from portal.editorial.models import AccountChange, AddressChange, Role
from portal.editorial.roles import group_of
from portal.editorial.sign_in.encryption import encrypt
from portal.editorial.sign_in.providers.configured import completed
from tests.builders import (
    make_article,
    make_draft,
    make_event,
    make_member,
    make_newsroom,
    make_section_member,
    make_settings,
    make_site,
)
from tests.events.registering import book, make_bookable
from tests.separation.planting import Planted, plant, plant_member_of
from tests.separation.routes import addresses, routes, unknown_places

PROVIDER = "openid_connect"


def addresses_of_routes() -> dict[str, list[str]]:
    """The addresses of each route in the newsroom, by its pattern."""
    ground = make_site("planted.localhost", ("fr", "de"))
    people = make_newsroom(ground)
    people[Role.REVIEWER] = make_section_member(ground, Role.REVIEWER)
    with mock.patch("portal.editorial.approval.completeness._refuse_incomplete"):
        site = plant(ground, people, "p")
    plant_member_of(site)
    known = [route for route in routes() if route.is_in_the_newsroom and not unknown_places(route)]
    return {route.pattern: addresses(route, site) for route in known} | _others(site)


def _others(site: Planted) -> dict[str, list[str]]:
    """Routes that belong to no site, are opened by a secret, or need records that sites lack in the other tests."""
    ground, now = site.ground, timezone.now()
    administrator, editor = site.people[Role.SITE_ADMINISTRATOR], site.people[Role.EDITOR]
    invited = make_member("invited", group_of(ground.site, Role.EDITOR), first_name="Jeanne")
    former = make_member("former", first_name="Paul", last_name="Weber")
    AccountChange.objects.create(
        account=former, actor=administrator, kind="roles", details="− Editor", site=ground.site
    )
    make_settings(ground, is_unlisted=True)
    alias = site["live"].create_alias(parent=ground.home, update_slug="alias")
    scheduled = make_draft(make_article(ground.section))
    revision = scheduled.save_revision(user=administrator)
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=now + timedelta(days=2))
    over = make_event(ground.calendar, start=now - timedelta(days=3))
    facts = {"server_url": "https://sign-in.example"}
    provider = SocialApp.objects.create(
        provider=PROVIDER,
        provider_id="planted",
        name="Région",
        client_id="portal",
        secret=encrypt("a secret"),
        settings=completed(PROVIDER, facts),
    )
    account = urlsafe_base64_encode(force_bytes(editor.pk))
    registration = book(make_bookable(ground.calendar), "anna")
    found = [
        reverse("registrations:act", args=[registration.pk, "cancel"]),
        reverse("recap_photos", args=[site["recap"].pk]),
        reverse("event_recap", args=[over.pk]),
        reverse("move_schedule", args=[scheduled.pk]),
        reverse("open_site", args=[ground.site.pk]),
        reverse("site_accounts_former", args=[former.pk]),
        reverse("wagtail_localize:convert_to_alias", args=[site["rendering"].pk]),
        reverse("wagtailadmin_pages:convert_alias", args=[alias.pk]),
        reverse("account_address", args=[AddressChange.objects.get(account=editor).token]),
        reverse("account_invitation", args=[invite(invited, administrator).token]),
        reverse("notify_of_recap", args=[site["recap"].pk]),
        reverse("sign_in_provider", args=[provider.pk]),
        reverse("wagtailadmin_password_reset_confirm", args=[account, default_token_generator.make_token(editor)]),
    ]
    return {resolve(address).route: [address] for address in found}
