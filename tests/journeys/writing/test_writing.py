"""People's habits: rereading a text, typing dates in their own way, using a phone, and continuing the next day."""

import re
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
