"""Dates of an event that somebody types into its form."""

import json
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import (
    TIMEOUT,
    autosaved,
    page_id,
    resume_session,
    save_draft,
)
from tests.journeys.writing.test_writing import WRITTEN


@pytest.fixture
def new_event(server, visit):
    """Returns a function that opens an empty event form in an organiser's window."""

    def open_form(**options) -> Page:
        organiser = visit(**options)
        resume_session(organiser, server, "organiser-lorraine")
        key = page_id(organiser, server, "type=events.CalendarPage&slug=agenda")
        organiser.goto(f"{server}/admin/pages/add/events/eventpage/{key}/")
        return organiser

    return open_form


UNKNOWN = "Please write it like 01/12/2027 18:00"
NO_DATES = {
    "31/11/2027 18:00": "November has only 30 days.",
    "lundi 1/12/2027 18h": "1 December 2027 is a Wednesday",
    "01/12/2027 25:00": UNKNOWN,
    "12/25/2027": UNKNOWN,
    "bientôt": UNKNOWN,
}
TABLE = json.loads((Path(__file__).parents[2] / "platform" / "typed_dates.json").read_text())


def test_start_of_an_event_is_what_was_typed(new_event):
    organiser = new_event()
    start = organiser.locator("#id_start")
    for typed in WRITTEN:
        start.fill("")
        start.press_sequentially(typed)
        start.press("Tab")

        expect(start).to_have_value("01/12/2027 18:00")
        expect(organiser.locator("#id_start-read")).to_have_text("Wednesday, 1 December 2027 at 18:00")


# Delays each autosave until it is released, and logs it to the console.
HOLD = """() => {
    const send = window.fetch;
    window.fetch = async (address, options) => {
        if (options?.method?.toUpperCase() === "POST" && String(address).endsWith("/edit/")) {
            await new Promise((go) => { window.letGo = go; console.info("held"); });
        }
        return send(address, options);
    };
}"""


def test_closing_the_window_warns_of_an_unsaved_date(new_event):
    organiser = new_event()
    start = organiser.locator("#id_start")
    organiser.get_by_placeholder("Page title").fill(f"Nuit des hauts fourneaux {uuid4().hex[:8]}")
    start.fill("1.12.2027 9h")
    autosaved(organiser)
    organiser.evaluate(HOLD)
    with organiser.expect_console_message(lambda logged: logged.text == "held"):
        organiser.locator("#id_standfirst").fill("Une nuit de visites.")
    # The autosave that is held lacks this start; the next one contains it.
    start.fill("1.12.2027 8h")
    with organiser.expect_console_message(lambda logged: logged.text == "held"):
        organiser.evaluate("() => window.letGo()")
    with organiser.expect_event("dialog") as requested:
        organiser.close(run_before_unload=True)
    assert requested.value.type == "beforeunload"
    requested.value.dismiss()

    organiser.evaluate("() => window.letGo()")
    autosaved(organiser)
    with organiser.expect_event("close"):
        organiser.close(run_before_unload=True)


def test_invalid_date_stays_in_the_field_and_is_refused(new_event):
    organiser = new_event()
    organiser.get_by_placeholder("Page title").fill("Une matinée sans date")
    start = organiser.locator("#id_start")
    for typed, message in NO_DATES.items():
        start.fill("")
        start.press_sequentially(typed)
        start.press("Tab")
        expect(organiser.locator("#id_start-read")).to_contain_text(message)

    save_draft(organiser)

    expect(organiser.locator("[data-contentpath=start] .error-message")).to_be_visible(timeout=TIMEOUT)
    expect(start).to_have_value("bientôt")


def test_invalid_date_does_not_prevent_saving_the_rest(new_event):
    organiser = new_event()
    organiser.get_by_placeholder("Page title").fill(f"Nuit des cristalleries {uuid4().hex[:8]}")
    organiser.locator("#id_start").fill("1.12.2027 18h")
    autosaved(organiser)
    organiser.locator("#id_start").fill("31 février")
    organiser.locator("#id_online_url").fill("example")
    organiser.locator("#id_standfirst").fill("Une nuit de visites.")

    state = organiser.locator("[data-save-state=partly]")
    expect(state).to_contain_text("Not saved: Start, Online link. The rest was saved at", timeout=TIMEOUT)
    expect(organiser.locator("#id_start")).to_have_value("31 février")
    expect(organiser.locator("[data-contentpath=online_url] .error-message")).to_have_text("Enter a valid URL.")
    tomorrow = organiser.context.new_page()
    tomorrow.goto(organiser.url)
    expect(tomorrow.locator("#id_standfirst")).to_have_value("Une nuit de visites.")
    expect(tomorrow.locator("#id_start")).to_have_value("01/12/2027 18:00")
    with organiser.expect_event("dialog") as requested:
        organiser.close(run_before_unload=True)
    requested.value.dismiss()
    organiser.locator("#id_start").fill("2.12.2027 18h")
    organiser.locator("#id_online_url").fill("")
    autosaved(organiser)
    expect(organiser.locator("[data-contentpath=online_url] .error-message")).to_have_count(0)


def test_time_range_typed_into_start_also_fills_an_empty_end(new_event):
    organiser = new_event()
    organiser.clock.set_fixed_time(f"{TABLE['today']}T10:00:00")
    start, end = organiser.locator("#id_start"), organiser.locator("#id_end")
    for typed, first, last in TABLE["spans"]:
        end.fill("")
        start.fill(typed)
        start.blur()
        expect(start).to_have_value(f"{datetime.fromisoformat(first):%d/%m/%Y %H:%M}")
        expect(end).to_have_value(f"{datetime.fromisoformat(first):%d/%m/%Y} {last}")

    start.fill("18 décembre 9h-12h")
    start.blur()
    expect(start).to_have_value("18 décembre 9h-12h")
    expect(organiser.locator("#id_start-read")).to_have_text("Enter only the start here, and 12h in the “End” field.")


def test_browser_parses_dates_like_the_server(new_event):
    organiser = new_event()
    organiser.clock.set_fixed_time(f"{TABLE['today']}T10:00:00")
    start = organiser.locator("#id_start")
    for typed, meant in TABLE["moments"]:
        start.fill(typed)
        start.blur()
        expect(start).to_have_value(f"{datetime.fromisoformat(meant):%d/%m/%Y %H:%M}")
        expect(start).not_to_have_attribute("aria-invalid", "true")
    for typed, _reason in TABLE["refused"]:
        start.fill(typed)
        start.blur()
        expect(start).to_have_value(typed)
        expect(start).to_have_attribute("aria-invalid", "true")


def test_date_is_chosen_on_a_phone(new_event):
    organiser = new_event(width=390, has_touch=True, is_mobile=True)
    button = organiser.locator(".date-field", has=organiser.locator("#id_start")).get_by_role("button", name="Choose")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert min(box["width"], box["height"]) >= 36

    # The browser's native picker is outside the page: simulate choosing a time in it.
    organiser.evaluate(
        """() => { HTMLInputElement.prototype.showPicker = function () {
          this.value = "2027-12-01T18:00"; this.dispatchEvent(new Event("change", { bubbles: true })); } }"""
    )
    button.tap()

    expect(organiser.locator("#id_start")).to_have_value("01/12/2027 18:00")
    assert organiser.evaluate("document.documentElement.scrollWidth") <= 390
