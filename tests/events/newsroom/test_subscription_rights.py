"""Who may subscribe to a partner's calendar: site administrators, for the calendars of their own site."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from events.models import EventSettings, Subscription
from portal.editorial.roles import Role
from tests.builders import newsroom_client
from tests.checkers.refusals import is_refused
from tests.events.forms import subscription_form


def test_site_administrator_subscribes_for_their_own_site(lorraine, saar, newsroom):
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    address = reverse("subscribed_calendars:add")

    assert client.get(address).status_code == 200
    client.post(address, subscription_form(saar.calendar))
    assert not Subscription.objects.exists()
    client.post(address, subscription_form(lorraine.calendar, url="file:///etc/passwd"))
    assert not Subscription.objects.exists()
    client.post(address, subscription_form(lorraine.calendar))
    assert Subscription.objects.get().owner == newsroom[Role.SITE_ADMINISTRATOR]


def test_calendars_are_offered_by_their_place_and_sources_listed_with_their_state(lorraine, saar, newsroom):
    failing = {"name": "Office du bois", "url": "https://partner.example/a.ics", "is_failing": True}
    Subscription.objects.create(calendar=lorraine.calendar, **failing)
    Subscription.objects.create(calendar=lorraine.calendar, name="Halle", url="https://partner.example/b.ics")
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    offered = client.get(reverse("subscribed_calendars:add")).content.decode()
    listed = client.get(reverse("subscribed_calendars:index")).content.decode()

    options = [option.get_text() for option in BeautifulSoup(offered, "html.parser").select("#id_calendar option")]
    steps = next(option.split(" › ") for option in options if option.endswith(lorraine.calendar.title))
    assert steps == [page.title for page in lorraine.calendar.get_ancestors(inclusive=True)[1:]]
    assert len(steps) > 2
    assert not [option for option in options if option.startswith(saar.home.title)]
    assert [word in listed for word in ("Failed", "Not read yet")] == [True, True]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_nobody_else_subscribes(lorraine, newsroom, role):
    client = newsroom_client(lorraine, newsroom[role])

    client.post(reverse("subscribed_calendars:add"), subscription_form(lorraine.calendar))

    assert not Subscription.objects.exists()


def test_event_settings_belong_to_site_administrators(lorraine, saar, newsroom):
    address = reverse("wagtailsettings:edit", args=["events", "eventsettings", lorraine.site.pk])

    assert newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR]).get(address).status_code == 200
    assert is_refused(newsroom_client(lorraine, newsroom[Role.EDITOR]).get(address))
    newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR]).post(
        reverse("wagtailsettings:edit", args=["events", "eventsettings", saar.site.pk]), {"night_ends": "3"}
    )
    assert EventSettings.for_site(saar.site).night_ends == 5
