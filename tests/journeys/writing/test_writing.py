"""People's habits: rereading a text, typing dates in their own way, using a phone, and continuing the next day."""

import json
import re
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import (
    TIMEOUT,
    add_author,
    add_block,
    autosaved,
    open_row,
    page_id,
    resume_session,
    save_draft,
    send_for_review,
)

# At least a hundred words, which is more than any title has.
MANY = re.compile(r"^\s*[1-9]\d\d+\s*$")


def grow_old(run_on_server, address: str, minutes: int) -> None:
    """Backdate the latest revision of a page."""
    key = re.search(r"/(\d+)/edit/", address)[1]
    run_on_server(
        "from datetime import timedelta\nfrom wagtail.models import Page\n"
        f"newest = Page.objects.get(pk={key}).latest_revision\n"
        f"newest.created_at -= timedelta(minutes={minutes})\n"
        "newest.save(update_fields=['created_at'])\n"
    )


def test_editor_who_rereads_the_text_can_submit_it(editor, draft, run_on_server):
    editor.locator("#id_standfirst").fill("Un chapô écrit, puis relu longuement avant d’être envoyé.")
    autosaved(editor)
    grow_old(run_on_server, draft, minutes=40)

    send_for_review(editor)

    expect(editor.locator(".messages .warning")).to_have_count(0)


@pytest.fixture
def second(editor, draft) -> Page:
    """The second of two windows in which the editor has changed the draft."""
    second = editor.context.new_page()
    second.goto(draft)
    editor.locator("#id_standfirst").fill("Le chapô de la première fenêtre.")
    autosaved(editor)
    # Its own autosave is refused because of the newer text.
    second.locator("#id_standfirst").fill("Le chapô de la seconde fenêtre.")
    expect(second.locator("[data-save-state=failed]")).to_contain_text("Not saved.", timeout=TIMEOUT)
    expect(second.locator(".w-editing-sessions__session--saved")).to_be_visible(timeout=TIMEOUT)
    return second


def test_two_windows_of_one_person_keep_both_texts(second, draft):
    save_draft(second)
    dialog = second.get_by_role("dialog")
    expect(dialog).to_contain_text("You saved a new version in another window")
    expect(dialog).to_contain_text("nothing is overwritten: both texts are kept")
    dialog.get_by_role("button", name="Save draft").click()

    warning = second.locator(".messages .warning")
    expect(warning).to_contain_text("You have saved this page in another window", timeout=TIMEOUT)
    expect(warning).to_contain_text("What you wrote in this window is kept as a separate version: nothing is lost.")
    expect(second.locator("main .deletion").first).to_contain_text("première")
    expect(second.locator("main .addition").first).to_contain_text("seconde")
    expect(warning.get_by_role("link", name="Open the draft: my text stays in the history")).to_be_visible()
    second.goto(draft.replace("/edit/", "/history/"))
    row = second.get_by_role("row").filter(has_text="kept as a separate version")
    row.get_by_role("button", name="Actions").click()
    row.get_by_role("link", name="Review this version").click()
    expect(second.locator("#id_standfirst")).to_have_value("Le chapô de la seconde fenêtre.")


def test_leaving_during_an_autosave_causes_no_conflict(editor, draft):
    editor.route(draft, lambda route: None if route.request.method == "POST" else route.continue_())
    with editor.expect_request(lambda request: request.method == "POST" and request.url == draft) as saving:
        editor.locator("#id_standfirst").fill("Écrit au dernier moment.")
    late = saving.value
    editor.on("dialog", lambda dialog: dialog.accept())
    editor.reload()
    editor.unroute(draft)
    headers = {name: value for name, value in late.headers.items() if name in ("accept", "content-type", "x-csrftoken")}
    # The server processes the interrupted autosave after it has shown the page again.
    assert editor.request.post(draft, data=late.post_data_buffer, headers=headers | {"Referer": draft}).ok

    standfirst = editor.locator("#id_standfirst")
    expect(standfirst).to_have_value("Écrit au dernier moment.", timeout=TIMEOUT)
    standfirst.fill("Écrit après le retour.")
    autosaved(editor)


def test_publication_date_is_entered_once_and_stays(editor, draft):
    editor.get_by_role("button", name="Toggle status").click()
    editor.get_by_role("button", name="Set schedule").click()
    dialogs = editor.locator("#schedule-publishing-dialog, [role=dialog]:visible")
    expect(dialogs).to_have_count(1)
    field = dialogs.get_by_label("Go live date/time")
    field.fill("demain soir")
    dialogs.get_by_role("button", name="Save schedule").click()
    editor.get_by_role("button", name="Go to the first error").click(timeout=TIMEOUT)
    expect(field).to_be_focused()
    expect(field).to_have_value("demain soir")
    field.fill("1.12.2027 18h")
    dialogs.get_by_label("Embargo").fill("30/11/2027")
    expect(dialogs.get_by_text("Wednesday, 1 December 2027")).to_be_visible()
    dialogs.get_by_role("button", name="Save schedule").click()

    expect(editor.locator(".messages .success")).to_be_visible(timeout=TIMEOUT)
    editor.goto(draft)
    # The panel is still open.
    editor.get_by_role("button", name="Edit schedule").click()
    expect(editor.get_by_label("Go live date/time")).to_have_value("01/12/2027 18:00")


def test_schedule_dialog_closed_without_saving_changes_nothing(editor, draft):
    editor.get_by_role("button", name="Toggle status").click()
    editor.get_by_role("button", name="Set schedule").click()
    dialog = editor.locator("#schedule-publishing-dialog")
    field = dialog.get_by_label("Go live date/time")
    field.fill("1.12.2027 18h")
    autosaved(editor)
    field.press("Escape")
    expect(dialog).to_be_hidden()

    expect(field).to_have_value("")
    other = editor.context.new_page()
    other.goto(draft)
    expect(other.locator("#id_go_live_at")).to_have_value("")


def test_missing_author_is_created_in_the_chooser(editor):
    name = f"Ada Neuve {uuid4().hex[:8]}"
    dialog = add_author(editor)
    dialog.get_by_label("Search term").fill(name)
    dialog.get_by_role("button", name=f"Create “{name}”").click(timeout=TIMEOUT)
    expect(dialog.get_by_label("Name")).to_have_value(name)
    dialog.get_by_role("button", name="Add", exact=True).click()

    expect(editor.locator("#panel-child-drawer-authors-section")).to_contain_text(name, timeout=TIMEOUT)


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


def test_title_of_a_new_page_has_the_focus(new_event):
    expect(new_event().get_by_placeholder("Page title")).to_be_focused()


def test_pasted_title_sets_the_slug(new_event):
    organiser = new_event()
    organiser.keyboard.insert_text("Une matinée dictée")

    expect(organiser.locator("[name=slug]")).to_have_value("une-matinee-dictee")


def test_essential_event_fields_fit_on_one_screen(new_event):
    organiser = new_event()
    box = organiser.locator("#id_takes_registrations").bounding_box()
    buttons = organiser.get_by_role("button", name="Send for review").bounding_box()

    assert box["y"] + box["height"] <= buttons["y"]


def test_number_of_places_ticks_registration_once(new_event):
    organiser = new_event()
    places, here = organiser.get_by_label("Places", exact=True), organiser.get_by_label("Registration here")
    places.fill("12")
    expect(here).to_be_checked()

    here.uncheck()
    places.fill("")
    places.fill("20")

    expect(here).not_to_be_checked()


def test_thanks_are_offered_only_with_news_that_people_can_decline(new_event):
    panel = open_row(new_event(), "Price, waiting list, questions and reminder")
    thanks = panel.get_by_label("Thank people with the recap")
    expect(panel.get_by_text("nobody could have declined the mail")).to_be_visible()
    expect(thanks).to_be_hidden()

    panel.get_by_label("Offer news of the recap").check()

    expect(thanks).to_be_visible()


def test_required_fields_of_a_recap_are_separate_from_optional_ones(new_event):
    organiser = new_event()
    organiser.goto(organiser.url.replace("/eventpage/", "/recappage/"))
    box = organiser.locator("#checklist")
    must, may = (box.get_by_role("link", name=name) for name in ("Choose at least one topic.", "The replay."))
    between = box.get_by_text("It can be published without these, but would be better with them:")

    expect(between).to_be_visible()
    assert must.bounding_box()["y"] < between.bounding_box()["y"] <= may.bounding_box()["y"]


# Returns the names of the selects whose longest option is truncated.
CUT = """() => [...document.querySelectorAll("[data-edit-form] select")].filter((each) => each.offsetWidth).filter((each) => {
    const style = getComputedStyle(each), brush = document.createElement("canvas").getContext("2d");
    brush.font = style.font;
    const longest = Math.max(...[...each.options].map(({ label }) => brush.measureText(label).width));
    return longest > each.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
}).map((each) => each.name)"""


def test_fields_of_a_row_are_aligned_and_options_not_truncated(new_event):
    organiser = new_event()
    for name in ("Price, waiting list, questions and reminder", "Address and time zone"):
        organiser.get_by_role("heading", name=name, exact=True).click()
    organiser.get_by_label("monthly").check()

    for names in (("start", "end"), ("venue", "place", "online_url"), ("doubled_hour", "zone_change")):
        fields = [organiser.locator(f"[data-contentpath={name}] .w-field__input") for name in names]
        assert len({field.bounding_box()["y"] for field in fields}) == 1, names
    assert organiser.evaluate(CUT) == []


WRITTEN = [
    "01/12/2027 18:00",
    "1.12.2027 18h00",
    "1/12/27 18 h",
    "2027-12-01 18:00",
    "1 December 2027 at 18:00",
    "mercredi 1er décembre 2027 à 18h",
    "1. Dezember 2027 18 Uhr",
]
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


def test_content_checks_count_words_and_find_errors(editor):
    editor.get_by_role("button", name="Toggle checks").click()
    # The second selector is for Wagtail 8.1.
    words = editor.locator("[data-content-word-count], [data-metric-value=word-count]")
    expect(words).to_have_text(MANY, timeout=TIMEOUT)
    expect(editor.locator("[data-content-checker-count]")).to_have_text("0")
    preview = editor.frame_locator("#w-preview-iframe")
    text = preview.locator("main .prose").inner_text()
    assert abs(int(words.inner_text()) - len(text.split())) < len(text.split()) / 10

    editor.locator("#id_lead_image_alt").fill("DSC_0042.jpg")

    found = editor.locator("[data-checks-panel] [data-content-checker-row]")
    expect(found).to_contain_text("Image alt text has inappropriate pattern", timeout=TIMEOUT)

    editor.locator("#id_lead_image_alt").fill("")
    add_block(editor, "Quote")

    lead = preview.locator(".story__lead[data-checklist-mark]")
    expect(lead).to_have_attribute("data-checklist-mark", re.compile("describe what it shows"), timeout=TIMEOUT)
    expect(preview.locator(".prose > [data-checklist-mark]")).to_have_count(1, timeout=TIMEOUT)
