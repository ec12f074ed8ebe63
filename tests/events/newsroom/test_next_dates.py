"""A series shows its next dates while its rule is being chosen."""

import pytest
from django.urls import reverse

from portal.editorial.roles import Role
from tests.builders import newsroom_client

WEEKLY = {"recurrence-period": "WEEKLY", "recurrence-interval": "1", "recurrence-end": ""}


@pytest.fixture
def organiser(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.ORGANISER])


def text_of(client, **facts) -> str:
    return client.post(reverse("event_next_dates"), facts).json()["text"]


def test_first_dates_are_listed(organiser):
    text = text_of(organiser, start="6/1/2028 18h", end="6/1/2028 19h", **WEEKLY)

    assert text.startswith("Thu 6 Jan 2028 · Thu 13 Jan 2028 · Thu 20 Jan 2028")
    assert text.endswith("and so on")


def test_short_series_is_listed_completely(organiser):
    ends = WEEKLY | {"recurrence-end": "count", "recurrence-count": "2"}

    assert text_of(organiser, start="6/1/2028 18h", **ends) == "Thu 6 Jan 2028 · Thu 13 Jan 2028"


@pytest.mark.parametrize("start", ["", "bientôt"])
def test_text_is_empty_without_a_start(organiser, start):
    assert text_of(organiser, start=start, **WEEKLY) == ""


def test_rule_that_gives_no_date_says_why(organiser):
    ends = WEEKLY | {"recurrence-end": "until", "recurrence-until": "2027-01-01"}

    assert text_of(organiser, start="6/1/2028 18h", **ends) != ""


def test_text_is_empty_while_the_end_of_the_rule_is_missing(organiser):
    ends = WEEKLY | {"recurrence-end": "count", "recurrence-count": ""}

    assert text_of(organiser, start="6/1/2028 18h", **ends) == ""


@pytest.mark.parametrize(("facts", "words"), [(WEEKLY, "every week"), ({"recurrence-period": ""}, "One date")])
def test_rule_is_described_in_words(organiser, facts, words):
    assert organiser.post(reverse("event_next_dates"), facts).json()["words"] == words


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ({"recurrence-end": "count", "recurrence-count": "12"}, "every week until 23 March 2028, 12 dates"),
        ({"recurrence-end": "until", "recurrence-until": "2028-03-28"}, "every week until 28 March 2028, 12 dates"),
        ({"recurrence-end": ""}, "every week, without an end"),
    ],
)
def test_end_of_the_series_is_described_in_words(organiser, ends, words):
    facts = {"start": "6/1/2028 18h", "end": "6/1/2028 19h", **WEEKLY, **ends}

    assert organiser.post(reverse("event_next_dates"), facts).json()["words"] == words


def test_long_series_names_its_last_date(organiser):
    ends = WEEKLY | {"recurrence-end": "count", "recurrence-count": "150"}

    assert text_of(organiser, start="6/1/2028 18h", **ends).endswith("… until Thu 14 Nov 2030")


def test_anonymous_users_must_sign_in(lorraine):
    assert lorraine.reader().post(reverse("event_next_dates"), WEEKLY).status_code == 302
