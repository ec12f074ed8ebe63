"""A source that is endless, slow or expensive is aborted, and does not delay other sources."""

import gc
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from resource import RUSAGE_CHILDREN, getrusage
from threading import Event, Thread
from time import monotonic, process_time

import pytest

from events.importing import bounded, fetch as fetching, parse as parsing, subscriptions
from events.importing.bounded import AbortedError, fetch_in_time, parse_in_time, run_bounded
from events.importing.budget import TooCostlyError, call_within
from events.importing.fetch import FetchError
from events.importing.subscriptions import refresh
from tests.events.partners import NOW, PARIS, basic, draft, file

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n"


def continue_for_ever(connection: socket.socket, stopped: Event) -> None:
    while not stopped.is_set():
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def drip_headers(connection: socket.socket, stopped: Event) -> None:
    connection.sendall(HEAD + b"X-Slow: ")
    while not stopped.wait(0.05):
        connection.sendall(b"a")


def drip_body(connection: socket.socket, stopped: Event) -> None:
    connection.sendall(HEAD + b"Content-Length: 4000000\r\n\r\n")
    while not stopped.wait(0.05):
        connection.sendall(b"a")


def endless_headers(connection: socket.socket, stopped: Event) -> None:
    connection.sendall(HEAD)
    while not stopped.is_set():
        connection.sendall(b"X-More: " + b"a" * 60_000 + b"\r\n")


def say_nothing(connection: socket.socket, stopped: Event) -> None:
    stopped.wait(30)


@contextmanager
def source(respond: Callable[[socket.socket, Event], None]):
    """Serve one connection on the loopback with `respond`; yield the port."""
    stopped = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _address = server.accept()
            with connection:
                try:
                    connection.recv(65_536)
                    respond(connection, stopped)
                except OSError:
                    pass

        thread = Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stopped.set()
            thread.join(5)


@pytest.mark.parametrize("respond", [continue_for_ever, drip_headers, drip_body, endless_headers, say_nothing])
def test_no_response_prolongs_the_time_limit(monkeypatch, respond):
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 0.5)
    monkeypatch.setattr(bounded, "TIMEOUT_SECONDS", 0.5)
    monkeypatch.setattr(bounded, "GRACE_SECONDS", 0.5)
    monkeypatch.setattr(fetching, "public_address", lambda host, port: "127.0.0.1")
    with source(respond) as port:
        monkeypatch.setitem(fetching.PORTS, "http", port)
        began = monotonic()
        with pytest.raises((FetchError, AbortedError)):
            fetch_in_time("http://partner.example/a.ics")

    # The responses never end; a busy machine may take seconds for the process.
    assert monotonic() - began < 15


def test_two_thousand_impossible_rules_cost_bounded_time(monkeypatch):
    # Long enough for a slow machine to read the first event, and 2,000 events without their rules.
    monkeypatch.setattr(parsing, "EVENT_SECONDS", 0.2)
    monkeypatch.setattr(parsing, "FILE_SECONDS", 5.0)
    impossible = (basic(f"{number}@x", RRULE="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30") for number in range(2000))
    began = getrusage(RUSAGE_CHILDREN).ru_utime

    found = parse_in_time(file(basic("good@partner"), *impossible), PARIS, NOW)

    assert getrusage(RUSAGE_CHILDREN).ru_utime - began < 15
    assert [entry.uid for entry in found.events] == ["good@partner"]
    assert len(found.uids) == 2001
    assert len(found.problems) == 2


def test_rule_without_dates_affects_its_own_event_only_in_a_thread():
    """The scheduler runs its queue in a thread, where Python handles no signals; the forked copy has one thread."""
    content = file(basic("bad@partner", RRULE="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), basic("good@partner"))
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(parse_in_time, content, PARIS, NOW).result()

    assert [entry.uid for entry in found.events] == ["good@partner"]
    assert len(found.problems) == 1
    assert "bad@partner" in found.uids


@pytest.mark.parametrize("separator", [",", "\r\n ,", "\r\nEXDATE:"])
def test_hundred_thousand_excluded_dates_affect_their_event_only(separator):
    dates = separator.join(["20260317T080000Z"] * 100_000)
    began = process_time()

    found = parsing.parse(file(basic("bad@partner", EXDATE=dates), basic("good@partner")), PARIS, NOW)

    assert process_time() - began < 2
    assert [entry.uid for entry in found.events] == ["good@partner"]
    assert "3000" in found.problems[0]


def test_garbage_collection_does_not_count_for_an_event():
    gc.enable()

    assert (call_within(1, gc.isenabled), gc.isenabled()) == (False, True)


def test_limit_reached_while_it_is_lifted_leaves_no_timer():
    """The functions end at about their limit, so that the signal arrives before, in or after the last line."""
    handler, most = signal.getsignal(signal.SIGVTALRM), 0.004
    for number in range(300):
        end = process_time() + most * (0.9 + number % 20 / 100)
        with suppress(TooCostlyError):
            call_within(most, burn_until, end)

        assert (gc.isenabled(), signal.getsignal(signal.SIGVTALRM)) == (True, handler)


def burn_until(end: float) -> None:
    while process_time() < end:
        pass


def burn() -> None:
    while True:
        pass


def swell() -> int:
    return len(b"x" * 900_000_000)


@pytest.mark.parametrize("work", [burn, swell])
def test_import_beyond_its_budget_is_aborted(work):
    with pytest.raises(AbortedError):
        run_bounded(work, seconds=10, cpu_seconds=1)


def test_aborted_source_is_reported(partner, monkeypatch):

    def give_up(*_args):
        raise AbortedError("too long")

    monkeypatch.setattr(subscriptions, "fetch_in_time", give_up)
    refresh(partner, NOW)

    partner.refresh_from_db()
    assert (partner.is_failing, partner.report) == (True, "too long")


def test_internal_error_is_logged_and_marks_the_source_as_failed(partner, monkeypatch, caplog):

    def fail(*_args):
        raise AttributeError("no such thing")

    monkeypatch.setattr(subscriptions, "fetch_in_time", lambda *_args: fetching.Fetched(file(basic())))
    monkeypatch.setattr(subscriptions, "parse_in_time", fail)
    assert refresh(partner, NOW) is None

    partner.refresh_from_db()
    assert partner.is_failing
    assert "no such thing" not in partner.report
    assert caplog.text.count("AttributeError: no such thing") == 1


def test_interrupted_import_continues_in_the_next_run(partner, monkeypatch):
    events = [basic(f"{number}@partner") for number in range(3)]
    validators = []

    def fetch(_url, etag, _last_modified):
        validators.append(etag)
        return fetching.Fetched(file(*events), '"1"')

    monkeypatch.setattr(subscriptions, "fetch_in_time", fetch)
    monkeypatch.setattr(subscriptions, "STORE_SECONDS", 0.0)
    report = refresh(partner, NOW)
    assert report.counts["left"] == 3
    assert list(subscriptions.due_subscriptions(NOW)) == [partner]
    monkeypatch.setattr(subscriptions, "STORE_SECONDS", 60.0)

    assert refresh(partner, NOW).counts["created"] == 3
    assert validators == ["", ""]
    assert not subscriptions.due_subscriptions(NOW)
    assert draft("2@partner").title == "Visite"
