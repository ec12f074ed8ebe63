"""The photos of a recap as a grid: sorted by mouse and touch, with one credit, several removed at once."""

import secrets
from pathlib import Path

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import Locator, Page, expect

from tests.journeys.newsroom import TIMEOUT, autosaved, resume_session
from tests.journeys.pages import accessibility_violations
from tests.journeys.writing.test_pictures import RECAP

STORED = """
from events.models import RecapPage
recap = RecapPage.objects.get(pk={key}).get_latest_revision_as_object()
for block in recap.photos:
    print(block.value["image"].title, block.value["credit"], sep="|")
"""
NAMES = [f"grille-{number}" for number in range(6)]


@pytest.fixture
def recap(server, run_on_server) -> str:
    return run_on_server(RECAP).strip()


@pytest.fixture
def opened(server, visit, recap, tmp_path):
    """Returns a function that opens the recap with six photos in a window with these options."""

    def open_with_photos(**options) -> Page:
        page = visit(**options)
        resume_session(page, server, "organiser-lorraine")
        page.goto(f"{server}/admin/pages/{recap}/edit/")
        files = [tmp_path / f"{name}.jpg" for name in NAMES]
        for number, file in enumerate(files):
            Image.new("RGB", (600, 400), (40 * number, 90, 60)).save(file)
        gallery = gallery_of(page)
        gallery.locator(".drop-pictures input[type=file]").set_input_files(files)
        expect(gallery.locator(".drop-pictures").get_by_role("status")).to_contain_text(
            "Pictures added: 6 of 6", timeout=60_000
        )
        return page

    return open_with_photos


@pytest.fixture
def signed(tmp_path) -> Path:
    """A photo whose file names its photographer."""
    file, tags = tmp_path / "signed.jpg", Image.Exif()
    tags[ExifTags.Base.Artist] = "Ada Humbert"
    # This does not use the run's random seed, because the seed is the same when the journey is repeated.
    Image.new("RGB", (600, 400), tuple(secrets.token_bytes(3))).save(file, exif=tags.tobytes())
    return file


def gallery_of(page: Page) -> Locator:
    return page.locator("[data-contentpath=photos]")


def tiles(page: Page) -> Locator:
    return gallery_of(page).locator("[data-streamfield-child]").filter(visible=True)


def expect_order(page: Page, *numbers: int) -> None:
    expect(tiles(page).locator(".chooser__title")).to_have_text([NAMES[number] for number in numbers])


def remove(page: Page, *numbers: int) -> None:
    for number in numbers:
        tiles(page).nth(number).get_by_label("Select", exact=True).check()
    gallery_of(page).get_by_role("button", name=f"Remove those selected ({len(numbers)})").click()


def drag(page: Page, number: int, to: int) -> None:
    pictures = tiles(page).locator(".chooser__image")
    gallery_of(page).get_by_role("group", name="For all pictures").evaluate("bar => bar.scrollIntoView()")
    pictures.nth(number).drag_to(pictures.nth(to))


def stored(run_on_server, key: str) -> list[list[str]]:
    return [line.split("|") for line in run_on_server(STORED.format(key=key)).split("\n") if "|" in line]


def test_heading_tells_the_button_for_photos_from_that_of_the_text(server, visit, recap):
    organiser = visit()
    resume_session(organiser, server, "organiser-lorraine")
    organiser.goto(f"{server}/admin/pages/{recap}/edit/")
    of_text = organiser.locator("[data-contentpath=body]").get_by_title("Insert a block").last
    of_photos = gallery_of(organiser).get_by_title("Insert a block").last
    heading = organiser.get_by_role("heading", name="Photos", exact=True)
    expect(of_photos).to_be_visible()

    upper, box, lower = (place.bounding_box() for place in (of_text, heading, of_photos))

    assert box["height"] >= 12
    assert upper["y"] + upper["height"] < box["y"] < box["y"] + box["height"] <= lower["y"]


def test_photos_dragged_after_a_removal_have_the_order_on_the_screen(opened, recap, run_on_server):
    organiser = opened()
    remove(organiser, 0, 3)
    expect_order(organiser, 1, 2, 4, 5)

    drag(organiser, 2, 0)

    expect_order(organiser, 4, 1, 2, 5)
    autosaved(organiser)
    assert [title for title, _credit in stored(run_on_server, recap)] == [NAMES[number] for number in (4, 1, 2, 5)]


def test_photos_chosen_during_an_upload_are_added_after_it(opened, signed, tmp_path):
    organiser, other = opened(), tmp_path / "other.jpg"
    Image.new("RGB", (600, 400), tuple(secrets.token_bytes(3))).save(other)
    files = gallery_of(organiser).locator(".drop-pictures input[type=file]")

    files.set_input_files(signed)
    files.set_input_files(other)

    expect(tiles(organiser).locator(".chooser__title")).to_have_text([*NAMES, "signed", "other"], timeout=TIMEOUT)


def test_removed_photos_are_brought_back(opened):
    organiser = opened()
    remove(organiser, 1, 2)
    expect_order(organiser, 0, 3, 4, 5)

    organiser.keyboard.press("Enter")

    expect_order(organiser, 0, 1, 2, 3, 4, 5)


def test_photo_is_moved_by_touch(opened):
    organiser = opened(width=390, has_touch=True, is_mobile=True)
    pictures = tiles(organiser).locator(".chooser__image")
    pictures.first.evaluate("picture => picture.scrollIntoView({ block: 'center' })")
    start, target = pictures.first.bounding_box(), pictures.nth(1).bounding_box()
    finger = organiser.context.new_cdp_session(organiser)

    def touch(kind: str, share: float = 0) -> None:
        point = {"x": start["x"] + 40, "y": start["y"] + 40 + share * (target["y"] - start["y"] + 60)}
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if kind == "touchEnd" else [point]})

    touch("touchStart")
    expect(organiser.locator(".sortable-chosen")).to_have_count(1)
    for step in range(1, 11):
        touch("touchMove", step / 10)
        organiser.evaluate("() => new Promise(requestAnimationFrame)")
    touch("touchEnd")

    expect_order(organiser, 1, 0, 2, 3, 4, 5)


def tab_to(page: Page, control: Locator, key: str = "Tab") -> None:
    """Press the key until this control has the focus."""
    for _step in range(60):
        page.keyboard.press(key)
        if control.evaluate("control => control === document.activeElement"):
            return
    pytest.fail(f"{key} does not lead to {control}")


def test_photos_are_ordered_described_and_removed_by_keyboard_alone(opened, recap, run_on_server):
    organiser = opened()
    gallery_of(organiser).get_by_label("One credit for all").focus()
    tab_to(organiser, tiles(organiser).first.get_by_role("button", name="Move later"))
    organiser.keyboard.press("Enter")
    expect_order(organiser, 1, 0, 2, 3, 4, 5)
    expect(tiles(organiser).nth(1).get_by_role("button", name="Move later")).to_be_focused()

    tab_to(organiser, tiles(organiser).nth(1).get_by_label("Alternative text"))
    organiser.keyboard.type("Une cour d’usine.")
    tab_to(organiser, tiles(organiser).nth(2).get_by_label("Select", exact=True))
    organiser.keyboard.press("Space")
    tab_to(organiser, gallery_of(organiser).get_by_role("button", name="Remove those selected (1)"), "Shift+Tab")
    organiser.keyboard.press("Enter")

    expect_order(organiser, 1, 0, 3, 4, 5)
    expect(tiles(organiser).nth(1).get_by_label("Alternative text")).to_have_value("Une cour d’usine.")
    autosaved(organiser)
    assert [title for title, _credit in stored(run_on_server, recap)] == [NAMES[number] for number in (1, 0, 3, 4, 5)]


def test_one_credit_applies_to_all_photos_without_their_own(opened, recap, run_on_server):
    organiser = opened()
    together = gallery_of(organiser).get_by_label("One credit for all")
    together.fill("Anne Thill")
    tiles(organiser).nth(1).get_by_label("Credit", exact=True).fill("Marc Weyland")

    together.fill("Photos : Anne Thill")
    autosaved(organiser)

    given = dict(stored(run_on_server, recap))
    assert given.pop(NAMES[1]) == "Marc Weyland"
    assert {*given.values()} == {"Photos : Anne Thill"}


def test_photographer_whom_a_file_names_keeps_the_credit(opened, recap, run_on_server, signed):
    organiser = opened()
    gallery_of(organiser).locator(".drop-pictures input[type=file]").set_input_files(signed)
    expect(tiles(organiser)).to_have_count(7, timeout=TIMEOUT)

    gallery_of(organiser).get_by_label("One credit for all").fill("Anne Thill")
    autosaved(organiser)

    assert dict(stored(run_on_server, recap)) == {**dict.fromkeys(NAMES, "Anne Thill"), "signed": ""}


def test_photographer_whom_a_file_names_is_shown(opened, signed):
    organiser = opened()
    gallery_of(organiser).get_by_label("One credit for all").fill("Anne Thill")

    gallery_of(organiser).locator(".drop-pictures input[type=file]").set_input_files(signed)

    credit = tiles(organiser).last.get_by_label("Credit", exact=True)
    expect(credit).to_have_attribute("placeholder", "Ada Humbert", timeout=TIMEOUT)
    expect(credit).to_have_value("")
    expect(gallery_of(organiser).get_by_text("bring a credit of their own")).to_be_visible()


def test_chosen_picture_of_a_named_photographer_keeps_the_credit(opened, signed):
    organiser = opened()
    tiles(organiser).last.get_by_role("button", name="Actions").click()
    organiser.get_by_text("Change image").click()
    dialog = organiser.get_by_role("dialog")
    dialog.get_by_role("tab", name="Upload").click()
    dialog.locator("input[type=file]").set_input_files(signed)
    dialog.get_by_label("Title").last.fill("Signée")
    dialog.get_by_role("button", name="Upload").click()
    expect(dialog).to_be_hidden(timeout=TIMEOUT)

    gallery_of(organiser).get_by_label("One credit for all").fill("Anne Thill")

    shown = [tile.get_by_label("Credit", exact=True).input_value() for tile in tiles(organiser).all()]
    assert shown == [*["Anne Thill"] * 5, ""]


def test_grid_fits_into_a_phone_and_is_accessible(opened):
    organiser = opened(width=360)
    expect(tiles(organiser)).to_have_count(6, timeout=TIMEOUT)

    assert organiser.evaluate("document.documentElement.scrollWidth") <= 360
    assert accessibility_violations(organiser) == []
    organiser.emulate_media(color_scheme="dark")
    assert accessibility_violations(organiser, "color-contrast", "link-in-text-block") == []


def test_lead_picture_takes_over_the_description_of_its_photo(opened):
    organiser = opened()
    tiles(organiser).nth(2).locator("[data-contentpath=alt]").locator("input, textarea").fill("Un mur ocre")

    organiser.locator("[id*=lead_image]").get_by_role("button", name="Choose an image").first.click()
    organiser.get_by_role("dialog").get_by_text(NAMES[2]).first.click()

    expect(organiser.locator("#id_lead_image_alt")).to_have_value("Un mur ocre", timeout=TIMEOUT)
