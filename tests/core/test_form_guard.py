"""A public form takes what people send from its own page, once, and keeps everything else out without losing a word."""

from datetime import timedelta

import pytest
import time_machine
from django import forms
from django.test import RequestFactory
from wagtail.models import Site

from portal.core.readers.form_fields import LineField, ReaderAddressField
from portal.core.readers.form_guard import BY_SOURCE, FORM_TOKEN, HONEYPOT, LATEST, SOONEST, Guard, GuardedForm, Verdict
from portal.core.readers.rate_limits import LETTERS, RateLimit, may_be_written_to, source_of
from tests.core.test_reader_addresses import SPELLINGS

SITE, OTHER = Site(pk=1), Site(pk=2)


class WordForm(GuardedForm):
    word = LineField()
    address = ReaderAddressField(required=False)


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-24 12:01:00+00:00", tick=False) as clock:
        yield clock


def guard(method="post", data=None, site=SITE, purpose="word", **headers):
    names = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return Guard(getattr(RequestFactory(), method)("/", data or {}, **names), site, purpose)


def issued(site=SITE, purpose="word") -> str:
    return guard("get", site=site, purpose=purpose).new_token


def sent(given: str, *, site=SITE, purpose="word", headers=None, **data) -> WordForm:
    data = {FORM_TOKEN: given, HONEYPOT: "", "word": "bonjour", **data}
    at_the_door = guard(data=data, site=site, purpose=purpose, **(headers or {}))
    return WordForm(at_the_door.request.POST, guard=at_the_door)


def fault_of(form: forms.Form) -> str:
    form.is_valid()
    return "".join(error.code for error in form.non_field_errors().as_data())


def test_person_who_takes_a_moment_is_welcome(clock):
    given = issued()
    clock.shift(20)

    form = sent(given)

    assert form.is_valid()
    assert form.verdict is Verdict.NEW


def test_quick_answer_is_shown_again_and_taken_a_moment_later(clock):
    given = issued()
    clock.shift(1)
    form = sent(given)
    assert fault_of(form) == "hasty"
    assert form.guard.new_token == given

    clock.shift(SOONEST.total_seconds())
    assert sent(given).is_valid()


@pytest.mark.parametrize(
    "forged",
    ["", "x", "a:b", "\0", "é:é", "W10:" + "x" * 43, "x" * 10_000, "eyJhIjoxfQ:1:2:3"],
)
def test_forged_ticket_is_refused_and_gets_a_real_one(clock, forged):
    form = sent(forged)

    assert fault_of(form) == "stale"
    assert form.guard.new_token != forged
    clock.shift(5)
    assert sent(form.guard.new_token).is_valid()


def test_ticket_that_was_tampered_with_is_refused(clock):
    given = issued()
    clock.shift(5)
    for place in range(0, len(given), 3):
        letter = "A" if given[place] != "A" else "B"
        assert fault_of(sent(given[:place] + letter + given[place + 1 :])) == "stale"


def test_ticket_is_good_for_its_own_form_and_site_only(clock):
    given = issued()
    clock.shift(5)

    assert fault_of(sent(given, purpose="other")) == "stale"
    assert fault_of(sent(given, site=OTHER)) == "stale"
    assert sent(given).is_valid()


def test_ticket_grows_old(clock):
    given = issued()
    clock.shift(LATEST.total_seconds() + 1)

    assert fault_of(sent(given)) == "stale"


def test_same_post_again_is_answered_alike_and_does_nothing(clock):
    given = issued()
    clock.shift(5)

    fates = []
    for _ in range(5):
        form = sent(given)
        assert form.is_valid()
        fates.append(form.verdict)

    assert fates == [Verdict.NEW, *[Verdict.REPEATED] * 4]


def test_ticket_is_not_used_twice_for_different_things(clock):
    given = issued()
    clock.shift(5)
    first = sent(given)
    assert first.is_valid()
    assert first.verdict is Verdict.NEW

    form = sent(given, word="autre")

    assert fault_of(form) == "spent"
    assert form["word"].value() == "autre"
    another = form.guard.new_token
    clock.shift(5)
    assert sent(another, word="autre").is_valid()


def test_robot_that_fills_every_field_is_thanked(clock):
    given = issued()
    clock.shift(5)
    form = sent(given, **{HONEYPOT: "https://spam.example"})

    assert form.is_valid()
    assert form.verdict is Verdict.ROBOT


@pytest.mark.parametrize(
    ("headers", "is_fine"),
    [
        ({}, True),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "cross-site", "origin": "http://testserver"}, False),
        ({"origin": "http://testserver"}, True),
        ({"origin": "https://testserver"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://testserver.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://[::1"}, False),
    ],
)
def test_form_is_sent_from_its_own_site(clock, headers, is_fine):
    given = issued()
    clock.shift(5)

    assert fault_of(sent(given, headers=headers)) == ("" if is_fine else "foreign")


def test_one_source_sends_so_many_forms_and_no_more(clock):
    faults = []
    for _ in range(BY_SOURCE.most + 1):
        given = issued()
        clock.shift(3)
        faults.append(fault_of(sent(given)))

    assert faults == [""] * BY_SOURCE.most + ["crowded"]


def test_error_in_a_field_uses_nothing_up(clock):
    given = issued()
    clock.shift(5)
    for _ in range(BY_SOURCE.most + 5):
        form = sent(given, address="nobody")
        assert not form.is_valid()
        assert form.guard.new_token == given

    assert sent(given, address="anna@example.org").verdict is Verdict.NEW


@pytest.mark.parametrize("word", ["voir http://x.example", "www.x.example", "<a HREF=x>", "[url=x]", "HTTPS://X"])
def test_link_has_no_place_in_a_name(clock, word):
    given = issued()
    clock.shift(5)

    assert list(sent(given, word=word).errors) == ["word"]


def test_name_is_one_line_whatever_is_in_it(clock):
    given = issued()
    clock.shift(5)
    form = sent(given, word="Anna\r\nBcc: x@example.org\u2028\u202e\u200bBerg\x1b")

    assert form.is_valid()
    assert form.cleaned_data["word"] == "Anna Bcc: x@example.org Berg"


def test_fifty_spellings_of_an_address_share_one_limit(clock):
    admitted = [may_be_written_to(spelling) for spelling in SPELLINGS]

    assert admitted.count(True) == LETTERS[0].most
    assert may_be_written_to("someone.else@gmail.com")
    clock.shift(timedelta(hours=1))
    assert may_be_written_to(SPELLINGS[0])


def test_day_has_a_limit_of_its_own(clock):
    admitted = 0
    for _ in range(12):
        admitted += sum(may_be_written_to("anna@example.org") for _ in range(10))
        clock.shift(timedelta(minutes=59))

    assert admitted <= 2 * LETTERS[1].most


def test_limits_keep_no_address(clock):
    from django.core.cache import caches

    may_be_written_to("anna@example.org")

    assert "anna" not in repr(getattr(caches["limits"], "_cache", ""))


def test_counting_much_pushes_nothing_out(clock):
    limit = RateLimit("test", 1, timedelta(hours=1))
    assert limit.admits("anna")
    for number in range(2000):
        limit.admits(number)

    assert not limit.admits("anna")


def test_source_is_what_the_own_proxy_says(settings):
    def source(forwarded: str, remote: str = "192.0.2.1") -> str:
        return source_of(RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=remote))

    settings.TRUSTED_PROXY = False
    assert source("203.0.113.9") == "192.0.2.1"
    assert source("", "2001:db8:1:2:3::4") == "2001:db8:1:2::/64"
    assert source("", "::ffff:192.0.2.7") == "192.0.2.7"
    settings.TRUSTED_PROXY = True
    assert source("1.1.1.1, 203.0.113.9") == "203.0.113.9"
    assert source("nonsense") == "unknown"
