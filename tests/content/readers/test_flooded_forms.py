"""A flood of posts slows down a site's forms, but blocks nobody."""

from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count, cycle, islice

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.test import RequestFactory
from django.utils import timezone
from wagtail.models import Site

from home.forms.records import FormRecord
from portal.content.readers.form_guard import FORM_PROOF, FORM_TOKEN, HONEYPOT, SOONEST, WAIT, FormGuard, Verdict
from portal.content.readers.proof_of_work import BITS, PUZZLES, is_proof
from portal.editorial.models import Role
from tests.builders import make_form_page, make_newsroom, work_off
from tests.content.readers.test_form_guard import WordForm, problem_of

SITE, OTHER = Site(pk=1), Site(pk=2)
SENT = {HONEYPOT: "", "word": "bonjour"}


def proof_of(challenge: str) -> str:
    """The proof of work that the browser's script computes."""
    numbers = []
    for puzzle in range(PUZZLES):
        begun = sha256(f"{challenge}:{puzzle}:".encode())
        for number in count():
            attempt = begun.copy()
            attempt.update(str(number).encode())
            if int.from_bytes(attempt.digest()[:4]) >> (32 - BITS) == 0:
                numbers.append(str(number))
                break
    return ",".join(numbers)


class Sender:
    """A client with its own address that opens a form and sends it."""

    def __init__(self, address: str, has_scripts: bool = True, site: Site = SITE):
        self.address, self.has_scripts, self.site = address, has_scripts, site
        self.open()

    def open(self) -> None:
        guard = FormGuard(RequestFactory().get("/", REMOTE_ADDR=self.address), self.site, "word")
        self.token, self.is_asked = guard.new_token, guard.is_slowed

    def send(self, **data: str) -> WordForm:
        proof = proof_of(self.token) if self.has_scripts and self.is_asked else ""
        sent = {FORM_TOKEN: self.token, FORM_PROOF: proof, **SENT, **data}
        request = RequestFactory().post("/", sent, REMOTE_ADDR=self.address)
        form = WordForm(request.POST, guard=FormGuard(request, self.site, "word"))
        self.problem = problem_of(form)
        self.is_through = not self.problem and form.verdict is Verdict.NEW
        self.token, self.is_asked = form.guard.new_token, form.guard.is_slowed
        return form


def _in(seconds: int) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def flood(clock, settings) -> None:
    """Send all posts that the site accepts in an hour, from many sources."""
    senders = [Sender(f"198.51.{number}.1") for number in range(settings.FORMS_AN_HOUR)]
    clock.shift(SOONEST.total_seconds())
    for sender in senders:
        sender.send()
    assert all(sender.is_through for sender in senders)


def test_rejected_posts_do_not_count_for_the_site(clock, settings):
    settings.FORMS_AN_HOUR = 5
    trapped = Sender("198.51.100.1")
    token = trapped.token
    clock.shift(SOONEST.total_seconds())
    for _ in range(640):
        trapped.token = token
        trapped.send(**{HONEYPOT: "https://spam.example"})
    repeating = Sender("198.51.100.2")
    token = repeating.token
    clock.shift(SOONEST.total_seconds())
    for _ in range(40):
        repeating.token = token
        repeating.send()

    others = [Sender(f"203.0.113.{number}", has_scripts=False) for number in range(4)]
    clock.shift(SOONEST.total_seconds())
    for other in others:
        other.send()

    assert [other.is_through for other in others] == [True] * 4


def test_busy_site_accepts_a_form_with_a_proof_of_work(clock, settings):
    settings.FORMS_AN_HOUR = 3
    flood(clock, settings)
    reader = Sender("203.0.113.1")
    clock.shift(SOONEST.total_seconds())

    reader.send()

    assert reader.is_through


def test_form_opened_before_the_flood_is_accepted_when_sent_again(clock, settings):
    settings.FORMS_AN_HOUR = 3
    reader = Sender("203.0.113.1")
    flood(clock, settings)

    reader.send()
    assert (reader.problem, reader.is_asked) == ("busy", True)
    reader.send()

    assert reader.is_through


def test_reader_without_scripts_waits(clock, settings):
    settings.FORMS_AN_HOUR = 3
    flood(clock, settings)
    reader = Sender("203.0.113.1", has_scripts=False)
    clock.shift(SOONEST.total_seconds())
    reader.send()
    assert reader.problem == "busy"

    clock.shift(WAIT.total_seconds())
    reader.send()

    assert reader.is_through


def test_one_source_does_not_wait_for_many_forms_at_once(clock, settings):
    settings.FORMS_AN_HOUR = 3
    flood(clock, settings)
    windows = [Sender("203.0.113.1", has_scripts=False) for _ in range(20)]
    clock.shift(WAIT.total_seconds())
    for window in windows:
        window.send()

    assert [window.is_through for window in windows].count(True) == 2


def test_other_sites_are_not_slowed_down(clock, settings):
    settings.FORMS_AN_HOUR = 3
    flood(clock, settings)
    reader = Sender("203.0.113.1", has_scripts=False, site=OTHER)
    clock.shift(SOONEST.total_seconds())

    reader.send()

    assert reader.is_through


@pytest.mark.parametrize("proof", ["", "0", ",".join("0" * PUZZLES), "x" * 500, "\ud800" + "," * 15])
def test_wrong_proof_is_rejected(proof):
    assert not is_proof("challenge", proof)


def test_proof_is_valid_for_one_token_only(clock):
    assert is_proof("challenge", proof := proof_of("challenge"))
    assert not is_proof("another", proof)


def test_honest_readers_get_through_a_flood_within_ten_seconds(clock, settings):
    """Each minute, there are 10,000 posts of three kinds from 100 sources, and 20 readers, half without scripts.

    The flood lasts 20 seconds; the site's limit is a tenth of the usual one, so that it is busy from the start.
    """
    settings.FORMS_AN_HOUR = 60
    sources = [f"198.51.100.{number}" for number in range(100)]
    windows = [[Sender(source, has_scripts=False) for _ in range(10)] for source in sources]
    readers = [Sender(f"203.0.113.{number}", has_scripts=number % 2 == 0) for number in range(20)]
    clock.shift(SOONEST.total_seconds())
    through: dict[int, float] = {}
    begun: dict[int, float] = {}
    posts = cycle(range(1000))
    for tick in range(200):
        now = tick / 10
        for number in islice(posts, 17 if tick % 3 else 16):
            sender = windows[number % 100][number // 100]
            # Some fill the honeypot, some send the same form repeatedly, some open a new one each time.
            token = sender.token
            sender.send(**({HONEYPOT: "x"} if number % 3 == 0 else {}))
            if number % 3 == 1:
                sender.token = token
        # There are two readers each second. A refused reader retries a second later.
        for number, reader in enumerate(readers):
            first = number / 2
            if number not in through and now >= first and (now - first) % 1 == 0:
                begun.setdefault(number, now)
                reader.send()
                if reader.is_through:
                    through[number] = now
        clock.shift(0.1)

    assert sorted(through) == list(range(20))
    assert max(through[number] - begun[number] for number in through) <= 10


@pytest.mark.django_db
class TestPage:
    @pytest.fixture
    def path(self, lorraine, settings):
        settings.FORMS_AN_HOUR = 0
        page = make_form_page(lorraine.home, fields=[("Message", "multiline")])
        return lorraine.address(page)

    def form(self, response):
        return BeautifulSoup(response.content, "html.parser").select_one("main form[method=post]")

    def fields(self, form) -> dict[str, str]:
        return {field["name"]: field.get("value", "") for field in form.select("input[name]")}

    def test_message_arrives_after_the_proof(self, reader, path):
        form = self.form(reader.get(path))
        field = form.select_one(f"[name={FORM_PROOF}]")
        answers = {"message": "Bonjour", FORM_PROOF: proof_of(field["data-challenge"])}

        with time_machine.travel(_in(5), tick=True):
            response = reader.post(form["action"], {**self.fields(form), **answers})

        assert response.status_code == 303
        assert FormRecord.objects.count() == 1

    def test_message_without_a_proof_is_shown_again_with_the_script(self, reader, path):
        form = self.form(reader.get(path))
        with time_machine.travel(_in(5), tick=True):
            response = reader.post(form["action"], {**self.fields(form), "message": "Bonjour"})

        assert response.status_code == 422
        assert "Bonjour" in response.content.decode()
        assert self.form(response).select_one("[data-challenge][data-again]")
        assert self.form(response).select_one("script[src$='proof.js']")

    def test_administrators_are_notified_once(self, lorraine, saar, reader, path):
        people = {**make_newsroom(lorraine), "other": make_newsroom(saar)[Role.SITE_ADMINISTRATOR]}
        for person in people.values():
            person.email = f"{person.username}@example.org"
            person.save()
        for _ in range(3):
            form = self.form(reader.get(path))
            with time_machine.travel(_in(5), tick=True):
                reader.post(form["action"], {**self.fields(form), "message": "Bonjour"})
        work_off()

        assert [message.to for message in mail.outbox] == [[people[Role.SITE_ADMINISTRATOR].email]]


def test_form_needs_no_proof_without_a_flood(lorraine, reader):
    page = make_form_page(lorraine.home, fields=[("Message", "multiline")])

    assert "proof.js" not in reader.get(lorraine.address(page)).content.decode()
