"""Robots are left out, by name, headers and speed."""

from datetime import timedelta

import pytest

from portal.readership.counting.headers import is_robot
from portal.readership.counting.short_memory import MAX_PER_MINUTE
from portal.readership.models import PageDay
from tests.builders import make_article
from tests.readership.watching import BROWSER, FIREFOX, PHONE, TABLET

pytestmark = pytest.mark.django_db

ROBOTS = [
    "",
    "curl/8.5.0",
    "python-requests/2.32",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0 Safari/537.36",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 UptimeMonitor",
]
PEOPLE = [
    FIREFOX,
    PHONE,
    TABLET,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
    "Opera/9.80 (Android; Opera Mini/36.2/191.249; U; fr) Presto/2.12 Version/12.16",
]


@pytest.mark.parametrize(("names", "expected"), [(ROBOTS, True), (PEOPLE, False)])
def test_robots_are_recognized_by_their_names(names, expected):
    for name in names:
        assert is_robot(name, BROWSER["Accept"], BROWSER["Accept-Language"]) is expected, name


@pytest.mark.parametrize("headers", [{"accept": "*/*"}, {"accept": None}, {"accept_language": None}])
def test_request_without_html_or_language_is_from_a_robot(watched, lorraine, headers):
    watched.read(lorraine, lorraine.home, **headers)
    assert watched.views(lorraine.home) == 0


def test_very_fast_reader_is_a_robot_and_loses_waiting_views(watched, lorraine):
    pages = [make_article(lorraine.section, f"Filière {number}") for number in range(4)]
    for number in range(MAX_PER_MINUTE + 1):
        watched.read(lorraine, pages[number % 4], address="198.51.100.9")
    watched.read(lorraine, lorraine.home, address="198.51.100.10")

    assert watched.views(lorraine.home) == 1
    assert set(PageDay.objects.values_list("page", flat=True)) == {lorraine.home.pk}


def test_robot_stays_one_for_half_an_hour(watched, lorraine):
    for _number in range(MAX_PER_MINUTE + 1):
        watched.read(lorraine, lorraine.home, address="198.51.100.9")
    watched.now += timedelta(minutes=5)
    watched.read(lorraine, lorraine.section, address="198.51.100.9")
    assert watched.views(lorraine.section) == 0

    watched.now += timedelta(minutes=40)
    watched.read(lorraine, lorraine.section, address="198.51.100.9")
    assert watched.views(lorraine.section) == 1


def test_many_readers_behind_one_address_and_at_their_own_pace_are_people(watched, lorraine):
    for _minute in range(4):
        for number in range(20):
            watched.read(lorraine, lorraine.home, address="198.51.100.9", user_agent=f"{FIREFOX} {number}")
        watched.now += timedelta(minutes=31)
    assert watched.views(lorraine.home) == 80
