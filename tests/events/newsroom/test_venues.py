"""Venues belong to a site's collection: another site's people do not see, choose or edit them."""

from copy import deepcopy

import pytest
from bs4 import BeautifulSoup
from django.test.utils import override_settings
from django.urls import reverse

from events.models import EventPage, Venue
from portal import settings as project
from portal.editorial.roles import Role, media_collection
from tests.builders import change, make_event, make_newsroom, make_section_member, newsroom_client
from tests.events.forms import event_form, venue_form


@pytest.fixture(scope="module")
def module_sample_venues(module_network):
    lorraine, saar = module_network.lorraine, module_network.saar
    make_newsroom(saar)
    members = make_newsroom(lorraine)
    members[Role.REVIEWER] = make_section_member(lorraine, Role.REVIEWER)
    own = Venue.objects.create(name="Halle", address="2, rue du Canal", collection=media_collection(lorraine.site))
    foreign = Venue.objects.create(name="Geheimhalle", collection=media_collection(saar.site))
    return members, own, foreign


@pytest.fixture
def sample_venues(module_sample_venues, network):
    return deepcopy(module_sample_venues)


@pytest.mark.parametrize("order", ["", "name", "-name"])
def test_venue_search_works_with_every_sort_order(lorraine, sample_venues, order):
    members, _own, _foreign = sample_venues
    with override_settings(WAGTAILSEARCH_BACKENDS=project.WAGTAILSEARCH_BACKENDS):
        own = Venue.objects.create(name="Rotonde", collection=media_collection(lorraine.site))
        client = newsroom_client(lorraine, members[Role.EDITOR])
        for name in ("venues:index", "venues:index_results"):
            response = client.get(reverse(name), {"q": "rotonde", "ordering": order})
            assert [venue.pk for venue in response.context["object_list"]] == [own.pk]


def test_venue_of_another_site_cannot_be_chosen(lorraine, sample_venues):
    members, own, foreign = sample_venues
    client = newsroom_client(lorraine, members[Role.EDITOR])

    assert client.get(reverse("venue_chooser:chosen", args=[foreign.pk])).status_code != 200
    assert client.get(reverse("venue_chooser:chosen", args=[own.pk])).status_code == 200
    path = reverse("wagtailadmin_pages:add", args=["events", "eventpage", lorraine.calendar.pk])
    response = client.post(path, event_form(venue=foreign.pk))
    assert "venue" in response.context["form"].errors
    client.post(path, event_form(venue=own.pk))
    assert EventPage.objects.get(slug="rencontre-du-bois").get_latest_revision_as_object().venue == own


def test_chooser_adds_a_missing_venue_to_the_users_site(lorraine, saar, sample_venues):
    members, own, foreign = sample_venues
    client, create = newsroom_client(lorraine, members[Role.EDITOR]), reverse("venue_chooser:create")

    found = client.get(reverse("venue_chooser:choose_results"), {"q": "Gare"}).content.decode()
    smuggled = client.post(create, venue_form("Eingeschmuggelt", foreign.collection_id)).json()
    made = client.post(create, venue_form("Gare", media_collection(lorraine.site).pk)).json()

    assert "Create “Gare”" in found
    assert [response["step"] for response in (smuggled, made)] == ["reshow_creation_form", "chosen"]
    assert [venue.name for venue in Venue.objects.exclude(pk__in=(foreign.pk, own.pk))] == ["Gare"]


def test_editor_adds_to_the_collection_of_the_site_only(lorraine, saar, sample_venues):
    members, _own, foreign = sample_venues
    client = newsroom_client(lorraine, members[Role.EDITOR])

    client.post(reverse("venues:add"), venue_form("Eingeschmuggelt", foreign.collection_id))
    assert not Venue.objects.filter(name="Eingeschmuggelt").exists()
    client.post(reverse("venues:add"), venue_form("Gare", media_collection(lorraine.site).pk))
    assert Venue.objects.get(name="Gare").collection == media_collection(lorraine.site)


def test_event_shows_its_venue_and_follows_its_changes(lorraine, sample_venues):
    _members, own, _foreign = sample_venues
    own.accessibility, own.latitude, own.longitude = "Ascenseur au quai 2.", "48.69210", "6.18440"
    own.save()
    event = make_event(lorraine.calendar, venue=own)
    sequence = event.entry.sequence

    html = BeautifulSoup(lorraine.reader().get(lorraine.address(event)).content, "html.parser").select_one(".practical")
    assert "Halle" in html.get_text()
    assert "2, rue du Canal" in html.get_text()
    assert "Ascenseur" in html.get_text()
    assert html.select_one("a[href*='openstreetmap.org']")

    own.name = "Grande halle"
    own.save()
    row = event.occurrences.get()
    assert "grande halle" in row.where
    assert EventPage.objects.get(pk=event.pk).entry.sequence == sequence + 1


def test_place_of_the_event_takes_precedence_over_the_venue(lorraine, sample_venues):
    _members, own, _foreign = sample_venues
    event = change(make_event(lorraine.calendar, venue=own), place="Große Halle")

    assert event.shown_place == "Große Halle"
    assert event.shown_address == "2, rue du Canal"


def test_single_coordinate_is_refused(sample_venues):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        Venue(name="Halle", latitude="48.1", collection=sample_venues[1].collection).full_clean()


def test_deleting_a_venue_keeps_its_events(lorraine, sample_venues):
    event = make_event(lorraine.calendar, venue=sample_venues[1])

    sample_venues[1].delete()

    assert lorraine.reader().get(lorraine.address(event)).status_code == 200
