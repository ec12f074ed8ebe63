"""Time zone choices begin with European cities, in the newsroom's language, and each can be used."""

from zoneinfo import ZoneInfo

from django.utils.translation import override

from portal.platform.zones import known_names, time_zones, zone


def choices(language: str) -> list[tuple[str, dict[str, str]]]:
    with override(language):
        return [(group, dict(places)) for group, places in time_zones()]


def test_european_cities_come_first_in_the_users_language():
    for language, europe, names in (("fr", "Europe", ("Athènes", "Londres")), ("de", "Europa", ("Athen", "London"))):
        group, cities = choices(language)[0]
        assert (group, cities["Europe/Athens"], cities["Europe/London"]) == (europe, *names)
        assert list(cities.values()).index(names[0]) < list(cities.values()).index(names[1])


def test_names_for_imports_come_last():
    *_cities, (_group, others) = choices("en")

    assert {"UTC", "CET", "Etc/GMT+1"} <= others.keys()
    assert "Pacific/Wallis" not in others


def test_every_zone_is_offered_once_with_a_label_of_its_own():
    groups = choices("de")
    offered = [name for _group, zones in groups for name in zones]

    assert sorted(offered) == sorted(known_names())
    assert all(len(set(zones.values())) == len(zones) for _group, zones in groups)


def test_technical_zones_are_not_offered():
    assert not [name for name in known_names() if name.startswith(("posix/", "right/")) or name == "localtime"]


def test_every_zone_can_be_used():
    assert all(isinstance(zone(name), ZoneInfo) for name in known_names())
