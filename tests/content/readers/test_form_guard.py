"""A public form accepts a submission from its own page, once, and rejects everything else without losing input."""

import pytest
from django import forms
from django.test import RequestFactory
from wagtail.models import Site

from portal.content.readers.form_fields import LineField, ReaderAddressField
from portal.content.readers.form_guard import (
    BY_SOURCE,
    FORM_TOKEN,
    HONEYPOT,
    LATEST,
    SOONEST,
    FormGuard,
    GuardedForm,
    Verdict,
)

SITE, OTHER = Site(pk=1), Site(pk=2)


class WordForm(GuardedForm):
    word = LineField()
    address = ReaderAddressField(required=False)


def guard(method="post", data=None, site=SITE, purpose="word", **headers):
    names = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return FormGuard(getattr(RequestFactory(), method)("/", data or {}, **names), site, purpose)


def issued(site=SITE, purpose="word") -> str:
    return guard("get", site=site, purpose=purpose).new_token


def sent(given: str, *, site=SITE, purpose="word", headers=None, **data) -> WordForm:
    data = {FORM_TOKEN: given, HONEYPOT: "", "word": "bonjour", **data}
    form_guard = guard(data=data, site=site, purpose=purpose, **(headers or {}))
    return WordForm(form_guard.request.POST, guard=form_guard)


def problem_of(form: forms.Form) -> str:
    form.is_valid()
    return "".join(error.code for error in form.non_field_errors().as_data())


def test_form_sent_after_a_pause_is_accepted(clock):
    given = issued()
    clock.shift(20)

    form = sent(given)

    assert form.is_valid()
    assert form.verdict is Verdict.NEW


def test_form_sent_too_fast_is_shown_again_and_accepted_later(clock):
    given = issued()
    clock.shift(1)
    form = sent(given)
    assert problem_of(form) == "too_fast"

    clock.shift(SOONEST.total_seconds())
    assert sent(form.guard.new_token).is_valid()


@pytest.mark.parametrize(
    "forged",
    ["", "x", "a:b", "\0", "é:é", "W10:" + "x" * 43, "x" * 10_000, "eyJhIjoxfQ:1:2:3"],
)
def test_forged_form_token_is_rejected_and_replaced(clock, forged):
    form = sent(forged)

    assert problem_of(form) == "expired"
    assert form.guard.new_token != forged
    clock.shift(5)
    assert sent(form.guard.new_token).is_valid()


def test_tampered_form_token_is_rejected(clock):
    given = issued()
    clock.shift(5)
    for place in range(0, len(given), 3):
        char = "A" if given[place] != "A" else "B"
        assert problem_of(sent(given[:place] + char + given[place + 1 :])) == "expired"


def test_form_token_is_valid_for_its_form_and_site_only(clock):
    given = issued()
    clock.shift(5)

    assert problem_of(sent(given, purpose="other")) == "expired"
    assert problem_of(sent(given, site=OTHER)) == "expired"
    assert sent(given).is_valid()


def test_form_token_expires(clock):
    given = issued()
    clock.shift(LATEST.total_seconds() + 1)

    assert problem_of(sent(given)) == "expired"


def test_repeated_post_gets_the_same_response_and_has_no_effect(clock):
    given = issued()
    clock.shift(5)

    verdicts = []
    for _ in range(5):
        form = sent(given)
        assert form.is_valid()
        verdicts.append(form.verdict)

    assert verdicts == [Verdict.NEW, *[Verdict.REPEATED] * 4]


def test_form_token_is_not_reused_for_different_content(clock):
    given = issued()
    clock.shift(5)
    first = sent(given)
    assert first.is_valid()
    assert first.verdict is Verdict.NEW

    form = sent(given, word="autre")

    assert problem_of(form) == "reused"
    assert form["word"].value() == "autre"
    another = form.guard.new_token
    clock.shift(5)
    assert sent(another, word="autre").is_valid()


def test_robot_that_fills_the_honeypot_gets_the_normal_response(clock):
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

    assert problem_of(sent(given, headers=headers)) == ("" if is_fine else "cross_site")


def test_source_beyond_the_rate_limit_is_rejected(clock):
    faults = []
    for _ in range(BY_SOURCE.most + 1):
        given = issued()
        clock.shift(3)
        faults.append(problem_of(sent(given)))

    assert faults == [""] * BY_SOURCE.most + ["rate_limited"]


def test_form_with_an_error_is_accepted_at_once_when_it_is_corrected(clock):
    given = issued()
    clock.shift(5)
    for _ in range(BY_SOURCE.most + 5):
        form = sent(given, address="nobody")
        assert not form.is_valid()
        given = form.guard.new_token

    form = sent(given, address="anna@example.org")
    assert form.is_valid()
    assert form.verdict is Verdict.NEW


@pytest.mark.parametrize("refused", [{"address": "nobody"}, {HONEYPOT: "https://spam.example"}])
def test_any_post_uses_up_its_token(clock, refused):
    given = issued()
    clock.shift(5)
    sent(given, **refused).is_valid()

    assert problem_of(sent(given)) == "reused"


@pytest.mark.parametrize("word", ["voir http://x.example", "www.x.example", "<a HREF=x>", "[url=x]", "HTTPS://X"])
def test_link_in_a_name_is_an_error(clock, word):
    given = issued()
    clock.shift(5)

    assert list(sent(given, word=word).errors) == ["word"]


def test_name_becomes_one_line(clock):
    given = issued()
    clock.shift(5)
    form = sent(given, word="Anna\r\nBcc: x@example.org\u2028\u202e\u200bBerg\x1b")

    assert form.is_valid()
    assert form.cleaned_data["word"] == "Anna Bcc: x@example.org Berg"
