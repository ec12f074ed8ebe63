"""Dates with times in words, in every language of the newsroom, also in Wagtail's templates."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.template import engines
from django.utils.translation import override
from wagtail.log_actions import registry

from portal.formats.words import date_and_time, in_words

FIRST = datetime(2027, 3, 1, 18, 30)
MIDNIGHT = datetime(2027, 3, 1)


@pytest.mark.parametrize(
    ("language", "evening", "midnight"),
    [
        ("fr", "1er mars 2027 à 18:30", "1er mars 2027 à minuit"),
        ("de", "1. März 2027 um 18:30 Uhr", "1. März 2027 um 0\N{NO-BREAK SPACE}Uhr"),
        ("en", "1 March 2027, 18:30", "1 March 2027 at midnight"),
    ],
)
def test_time_and_midnight_in_words(language, evening, midnight):
    with override(language):
        assert [date_and_time(FIRST), date_and_time(MIDNIGHT)] == [evening, midnight]
        template = engines["django"].from_string('{{ at|date:"DATETIME_FORMAT" }}')
        assert template.render({"at": MIDNIGHT}) == midnight


def test_ordinal_of_the_first_day_in_a_template_of_wagtail():
    template = engines["django"].from_string("{% load wagtailadmin_tags %}{% human_readable_date at %}")

    with override("fr"):
        assert "1er mars 2027 à 18:30" in template.render({"at": FIRST})


@pytest.mark.parametrize("day", [11, 21, 31])
def test_other_days_have_no_ordinal(day):
    with override("fr"):
        assert date_and_time(FIRST.replace(day=day)).startswith(f"{day} mars")


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "lun. 1er mars 2027"), ("de", "Mo., 1. März 2027"), ("en", "Mon 1 Mar 2027")]
)
def test_short_date_with_its_weekday(language, words):
    with override(language):
        assert in_words(FIRST.date(), "yMMMEd") == words


def test_history_words_a_planned_midnight():
    plan = {"has_live_version": False, "go_live_at": "2027-02-28T23:00:00+00:00"}
    action = "wagtail.publish.schedule"
    entry = SimpleNamespace(action=action, data={"revision": plan}, object_verbose_name="Article")

    with override("fr"):
        assert registry.get_formatter(entry).format_message(entry).endswith("1er mars 2027 à minuit")
