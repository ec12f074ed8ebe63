"""The time zones on offer begin with places, and each can be used."""

from zoneinfo import ZoneInfo

from portal.platform.zones import time_zones, zone


def test_places_come_before_the_names_that_only_imports_bring():
    names = list(dict(time_zones()))

    assert names.index("Pacific/Wallis") < names.index("CET") < names.index("Etc/GMT+1")


def test_what_is_no_zone_of_a_clock_is_not_on_offer():
    names = dict(time_zones())

    assert not [name for name in names if name.startswith(("posix/", "right/"))]
    assert "localtime" not in names


def test_every_zone_can_be_used():
    assert all(isinstance(zone(name), ZoneInfo) for name, _label in time_zones())
