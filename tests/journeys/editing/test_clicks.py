"""Daily work takes few clicks, counted from the dashboard until the page is submitted."""

from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.journeys.newsroom import TIMEOUT, add_author, choose_topic, last_block, resume_session, send_for_review

COUNT = """addEventListener("click", (event) => {
  if (event.isTrusted) sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
}, true)"""


@pytest.fixture
def counted(server, visit) -> Callable[[str], Page]:
    """Returns a function that opens a user's dashboard and counts their clicks from there."""

    def open_dashboard(username: str, **options: Any) -> Page:
        page = visit(**options)
        resume_session(page, server, username)
        page.context.add_init_script(COUNT)
        page.goto(f"{server}/admin/")
        return page

    return open_dashboard


def clicks(page: Page) -> int:
    return int(page.evaluate("sessionStorage.clicks ?? 0"))


def begin(page: Page, kind: str) -> None:
    page.get_by_role("button", name="Write").click()
    page.get_by_role("link", name=kind, exact=True).first.click()
    choose_place(page)


def choose_place(page: Page) -> None:
    # The newsroom is shown in English; these people write in French.
    place = page.locator("h3", has_text="French").locator("+ .write__places a").first
    expect(place.or_(page.get_by_placeholder("Page title"))).to_be_visible(timeout=TIMEOUT)
    if place.is_visible():
        place.click()
    expect(page.get_by_placeholder("Page title")).to_be_visible(timeout=TIMEOUT)


def add_block_by_name(page: Page, name: str) -> None:
    """Open the list of blocks with a click, and choose with the keyboard."""
    page.locator("[data-contentpath=body]").get_by_title("Insert a block").last.click()
    page.get_by_role("combobox", name="Search options").last.press_sequentially(name)
    page.keyboard.press("Enter")


def first_picture(page: Page) -> None:
    dialog = page.get_by_role("dialog")
    dialog.locator("[data-chooser-modal-choice]").first.click()
    expect(dialog).to_be_hidden()


def test_article_with_five_blocks_two_pictures_an_author_and_a_topic(counted):
    editor = counted("editor-lorraine")
    begin(editor, "Article")
    editor.get_by_placeholder("Page title").fill("Une presse de quarante tonnes change de halle")
    editor.locator("#id_standfirst").fill("Elle a mis trois nuits à parcourir quatre cents mètres.")
    editor.get_by_role("button", name="Choose an image").first.click()
    first_picture(editor)
    editor.locator("#id_lead_image_alt").fill("Une presse dans une halle")
    paragraph = last_block(editor).locator("[contenteditable=true]")
    paragraph.focus()
    editor.keyboard.type("Le convoi avançait au pas.")
    for name, text in (("Heading", "Trois nuits"), ("Quote", "On n’entendait que les vérins.")):
        add_block_by_name(editor, name)
        last_block(editor).locator("input[type=text], textarea").first.fill(text)
    add_block_by_name(editor, "Figure")
    last_block(editor).get_by_role("button", name="Choose an image").click()
    first_picture(editor)
    last_block(editor).get_by_label("Alternative text").fill("La presse sur son chariot")
    add_block_by_name(editor, "Call-out")
    last_block(editor).locator("input[type=text]").first.fill("Visites")
    last_block(editor).locator("[contenteditable=true]").focus()
    editor.keyboard.type("La halle ouvre samedi.")
    dialog = add_author(editor)
    dialog.get_by_role("row").get_by_role("checkbox").first.check()
    dialog.get_by_role("button", name="Confirm selection").click()
    expect(dialog).to_be_hidden()
    choose_topic(editor, "Industrie")

    send_for_review(editor)

    assert clicks(editor) <= 25


def test_recap_with_twelve_photos(counted, tmp_path):
    photos = [tmp_path / f"photo-{number:02}.jpg" for number in range(12)]
    for number, path in enumerate(photos):
        Image.new("RGB", (900, 600), (20 * number, 60, 90)).save(path)
    organiser = counted("organiser-lorraine")
    begin(organiser, "Recap")
    organiser.get_by_placeholder("Page title").fill("Retour sur la nuit des ponts")
    organiser.locator("#id_standfirst").fill("Douze ponts, deux cents marcheurs, une seule averse.")
    organiser.get_by_role("button", name="Choose an image").first.click()
    first_picture(organiser)
    organiser.locator("#id_lead_image_alt").fill("Un pont, la nuit")
    last_block(organiser).locator("[contenteditable=true]").focus()
    organiser.keyboard.type("La pluie a cessé au troisième pont.")
    gallery = organiser.locator("[data-contentpath=photos]")
    gallery.locator(".drop-pictures input[type=file]").set_input_files(photos)
    expect(gallery.locator(".drop-pictures").get_by_role("status")).to_contain_text(
        "Pictures added: 12 of 12", timeout=60_000
    )
    gallery.get_by_label("One credit for all").fill("Photos : Anne Thill")
    rows = gallery.locator("[data-streamfield-child]").filter(visible=True)
    for number in range(len(photos)):
        rows.nth(number).get_by_label("Alternative text").fill(f"Le pont numéro {number + 1}")
    for number in (3, 7):
        rows.nth(number).get_by_label("Select", exact=True).click()
    gallery.get_by_role("button", name="Remove those selected (2)").click()
    expect(rows).to_have_count(10)
    rows.nth(2).locator(".chooser__image").drag_to(rows.first.locator(".chooser__image"))
    expect(rows.first.get_by_label("Alternative text")).to_have_value("Le pont numéro 3")
    choose_topic(organiser, "Industrie")

    send_for_review(organiser)

    # One for the browser's file dialog, and one for the drag.
    assert clicks(organiser) + 2 <= 15


EXCEPTIONS = (("20/1/2028", "Inventaire"), ("3/2/2028", "Carnaval"))


def test_weekly_series_with_two_exceptions_and_twelve_seats(counted):
    organiser = counted("organiser-lorraine")
    begin(organiser, "Event")
    organiser.get_by_placeholder("Page title").fill("Le café des ateliers")
    organiser.locator("#id_standfirst").fill("Une heure, un atelier, des questions.")
    organiser.locator("#id_start").click()
    organiser.locator("#id_start").fill("6/1/2028")
    organiser.locator("#id_end").focus()
    expect(organiser.get_by_text("Add a time, for example 18:00").first).to_be_visible()
    expect(organiser.locator("#id_start")).to_have_value("06/01/2028")
    organiser.locator("#id_start").fill("6/1/2028 18h")
    organiser.locator("#id_end").fill("6/1/2028 19h")
    organiser.get_by_label("weekly").click()
    expect(organiser.get_by_role("spinbutton", name="Interval in weeks", exact=True)).to_be_visible()
    expect(organiser.get_by_text("Interval in days")).to_be_hidden()
    expect(organiser.locator("[data-recurrence-dates]")).to_contain_text("Thu 6 Jan 2028 · Thu 13 Jan 2028")
    for number, (day, reason) in enumerate(EXCEPTIONS):
        organiser.locator("#id_changed_dates-ADD").click()
        # The Tab key leads through an exception's three fields, the first of which has the focus.
        expect(organiser.locator(f"#id_changed_dates-{number}-day")).to_be_focused()
        organiser.keyboard.type(day)
        row = organiser.locator(f"#inline_child_changed_dates-{number}")
        row.get_by_label("Cancelled").focus()
        organiser.keyboard.press("Tab")
        expect(row.get_by_label("Reason")).to_be_focused()
        organiser.keyboard.type(reason)
        expect(row.get_by_label("New day")).to_be_hidden()
    organiser.locator("#id_place").click()
    organiser.locator("#id_place").fill("Halle 3, Thionville")
    organiser.get_by_label("Places", exact=True).fill("12")
    choose_topic(organiser, "Industrie")

    send_for_review(organiser)

    assert clicks(organiser) <= 15


def test_the_same_series_on_a_phone_with_a_tap_into_each_field(counted):
    organiser = counted("organiser-lorraine", width=390, has_touch=True, is_mobile=True)

    def write(field: Locator, text: str) -> None:
        if not field.evaluate("field => field === document.activeElement"):
            field.tap()
        expect(field).to_be_focused()
        field.fill(text)

    organiser.locator("main").get_by_role("link", name="Event", exact=True).first.tap()
    choose_place(organiser)
    write(organiser.get_by_placeholder("Page title"), "Le café des chaudronniers")
    write(organiser.locator("#id_standfirst"), "Une heure, un atelier, des questions.")
    write(organiser.locator("#id_start"), "6/1/2028 18h-19h")
    organiser.get_by_label("weekly").tap()
    expect(organiser.locator("#id_end")).to_have_value("06/01/2028 19:00")
    for number, (day, reason) in enumerate(EXCEPTIONS):
        organiser.locator("#id_changed_dates-ADD").tap()
        expect(organiser.locator(f"#id_changed_dates-{number}-day")).to_be_focused()
        organiser.keyboard.type(day)
        row = organiser.locator(f"#inline_child_changed_dates-{number}")
        expect(row.get_by_label("Cancelled")).to_be_checked()
        write(row.get_by_label("Reason"), reason)
    write(organiser.locator("#id_place"), "Halle 3, Thionville")
    write(organiser.get_by_label("Places", exact=True), "12")
    expect(organiser.get_by_label("Registration here")).to_be_checked()
    write(organiser.get_by_role("combobox", name="Add a topic"), "Industrie")
    organiser.get_by_role("option", name="Industrie", exact=True).tap()

    organiser.get_by_role("button", name="Send for review").tap()

    expect(organiser.locator(".messages .success")).to_contain_text("for review", timeout=TIMEOUT)
    assert clicks(organiser) <= 15


def test_new_exception_with_another_day_moves_the_date_unless_somebody_has_chosen(counted):
    organiser = counted("organiser-lorraine")
    begin(organiser, "Event")
    organiser.get_by_label("weekly").click()
    rows = [organiser.locator(f"#inline_child_changed_dates-{number}") for number in range(2)]
    for row in rows:
        organiser.locator("#id_changed_dates-ADD").click()
        expect(row.get_by_label("Cancelled")).to_be_checked()
        row.get_by_text("Other day, hours, place or title").click()
    rows[1].get_by_label("Cancelled").click()
    for row in rows:
        row.get_by_label("New start").fill("19:30")

    expect(rows[0].get_by_label("Changed")).to_be_checked()
    expect(rows[1].get_by_label("Cancelled")).to_be_checked()


def test_one_date_of_a_series_is_moved(counted):
    editor = counted("editor-lorraine")
    editor.get_by_role("link", name="All dates").first.click()
    editor.get_by_role("link", name="Change this date").last.click()
    editor.get_by_label("New day").last.fill("3/12/2028")

    send_for_review(editor)

    assert clicks(editor) <= 4
