"""Time zone choices list places first, and each can be used."""

from zoneinfo import ZoneInfo

from portal.platform.zones import time_zones, zone


def test_places_come_before_names_for_imports():
    names = list(dict(time_zones()))

    assert names.index("Pacific/Wallis") < names.index("CET") < names.index("Etc/GMT+1")


def test_technical_zones_are_not_offered():
    names = dict(time_zones())

    assert not [name for name in names if name.startswith(("posix/", "right/"))]
    assert "localtime" not in names


def test_every_zone_can_be_used():
    assert all(isinstance(zone(name), ZoneInfo) for name, _label in time_zones())
