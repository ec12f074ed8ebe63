"""The time zones on offer are places, and each can be used."""

from zoneinfo import ZoneInfo

from portal.core.zones import time_zones, zone


def test_places_of_the_network_are_on_offer():
    names = dict(time_zones())

    assert {"Europe/Paris", "Europe/Berlin", "Europe/Luxembourg", "UTC"} <= names.keys()
    assert names["America/New_York"] == "America/New York"


def test_offsets_and_aliases_are_not_on_offer():
    names = dict(time_zones())

    assert not [name for name in names if name.startswith(("Etc/", "posix/", "right/"))]
    assert not {"CET", "EST5EDT", "localtime"} & names.keys()


def test_every_zone_can_be_used():
    assert all(isinstance(zone(name), ZoneInfo) for name, _label in time_zones())
