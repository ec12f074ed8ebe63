"""Photos from a phone: many at once in a recap, single ones and galleries in a text, each with its texts."""

import re
import secrets
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import pytest
from PIL import ExifTags, Image as Canvas
from playwright.sync_api import Locator, Page, expect

from tests.journeys.newsroom import (
    TIMEOUT,
    add_block,
    blocks,
    last_block,
    open_row,
    page_id,
    resume_session,
    save_draft,
)

RECAP = """
from uuid import uuid4
from django.contrib.auth import get_user_model
from events.models import CalendarPage, RecapPage
owner = get_user_model().objects.get(username="organiser-lorraine")
calendar = next(page for page in CalendarPage.objects.all() if page.permissions_for_user(owner).can_add_subpage())
texts = {"title": "Retour en images", "slug": f"retour-en-images-{uuid4().hex[:8]}", "locale": calendar.locale}
recap = RecapPage(owner=owner, live=False, **texts)
calendar.add_child(instance=recap)
recap.save_revision(user=owner)
print(recap.pk)
"""
ARTICLE = """
from uuid import uuid4
from django.contrib.auth import get_user_model
from articles.models import ArticlePage
model = ArticlePage.objects.live().get(slug="thionville-fonderie-four-electrique")
owner = get_user_model().objects.get(username="editor-lorraine")
texts = {"title": "Brouillon illustré", "slug": f"brouillon-illustre-{uuid4().hex[:8]}", "owner": owner, "body": [], "lead_image": None}
texts["lead_image_alt"] = ""
print(model.copy(update_attrs=texts, keep_live=False, copy_revisions=False).pk)
"""
STORED = """
from events.models import RecapPage
recap = RecapPage.objects.get(pk={key}).get_latest_revision_as_object()
for block in recap.photos:
    image = block.value["image"]
    with image.open_file() as file:
        print(image.filename, image.credit, block.value["alt"], b"Appareil" in file.read(), image.collection.name, sep="|")
"""
DROP = """(box, files) => {
    const transfer = new DataTransfer();
    for (const { name, type, content } of files) {
        transfer.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name, { type }));
    }
    for (const kind of ["dragenter", "dragover", "drop"]) {
        box.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
}"""


def photo(kind: str, number: int) -> bytes:
    """A phone's photo of twelve megapixels, rotated, with GPS position and camera in its metadata."""
    tags = Canvas.Exif()
    tags.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (48.0, 41.0, 30.0)})
    tags[ExifTags.Base.Model], tags[ExifTags.Base.Artist] = "Appareil 15", "Claire Humbert"
    file = BytesIO()
    # A different one each time: for duplicates, Wagtail asks which one to keep, also when a journey is repeated.
    colour = (20 * number, secrets.randbelow(256), secrets.randbelow(256))
    Canvas.new("RGB", (4000, 3000), colour).save(file, kind, exif=tags.tobytes())
    return file.getvalue()


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> list[Path]:
    """Nine photos from a camera and one from a phone."""
    folder = tmp_path_factory.mktemp("photos")
    found = []
    for number in range(10):
        path = folder / ("IMG_0004.HEIC" if number == 4 else f"DSC_000{number}.JPG")
        path.write_bytes(photo("HEIF" if number == 4 else "JPEG", number))
        found.append(path)
    return found


def drop(box: Locator, files: list[Path]) -> None:
    """Drop files on the drop area, as if dragged there."""
    given = [{"name": f.name, "type": "image/jpeg", "content": b64encode(f.read_bytes()).decode()} for f in files]
    box.evaluate(DROP, given)


def test_organiser_drops_ten_photos_into_a_recap(server, visit, photos, run_on_server, tmp_path):
    key = run_on_server(RECAP).strip()
    broken = tmp_path / "notes.png"
    broken.write_bytes(b"not a picture")
    organiser = visit()
    resume_session(organiser, server, "organiser-lorraine")
    organiser.goto(f"{server}/admin/pages/{key}/edit/")
    day = open_row(organiser, "Event").locator("#id_event_date")
    meant = day.input_value()
    organiser.clock.set_fixed_time("2026-11-26T10:00:00")
    for typed, shown in (("hier", "25/11/2026"), ("26 nov", "26/11/2026"), ("27 nov", "27/11/2025"), (meant, meant)):
        day.fill(typed)
        day.blur()
        expect(day).to_have_value(shown)
    organiser.clock.resume()
    place = organiser.locator("[data-contentpath=photos] .drop-pictures")

    drop(place, [*photos, broken])

    expect(place.get_by_role("status")).to_contain_text("Pictures added: 10 of 11", timeout=60_000)
    expect(place.get_by_role("alert")).to_contain_text("notes.png: Not a supported image format.")
    rows = organiser.locator("[data-contentpath=photos] [data-streamfield-child]:not([data-streamfield-child] *)")
    expect(rows).to_have_count(10)
    for number in range(10):
        row = rows.nth(number)
        expect(row.locator(".chooser__title")).to_have_text(photos[number].stem)
        row.get_by_label("Alternative text").fill(f"Vue {number}")
    save_draft(organiser)
    expect(organiser.locator(".messages .success")).to_be_visible(timeout=TIMEOUT)

    stored = [line.split("|") for line in run_on_server(STORED.format(key=key)).split("\n") if "|" in line]
    assert [alt for _name, _credit, alt, _trace, _place in stored] == [f"Vue {number}" for number in range(10)]
    assert {credit for _name, credit, _alt, _trace, _place in stored} == {"Claire Humbert"}
    assert {trace for _name, _credit, _alt, trace, _place in stored} == {"False"}
    assert re.match(r"IMG_0004\w*\.jpg$", stored[4][0])
    assert len({place for *_rest, place in stored}) == 1


@pytest.fixture
def article(run_on_server) -> str:
    return run_on_server(ARTICLE).strip()


@pytest.fixture
def editor(server, visit, article) -> Page:
    page = visit()
    resume_session(page, server, "editor-lorraine")
    page.goto(f"{server}/admin/pages/{article}/edit/")
    return page


def test_dropped_pictures_become_figures_or_a_gallery(editor, photos):
    place = editor.locator("[data-contentpath=body] .drop-pictures").last
    expect(place).to_be_visible()
    before = blocks(editor).count()

    place.locator("input[type=file]").set_input_files(photos[:2])
    expect(place.get_by_role("status")).to_contain_text("Pictures added: 2 of 2", timeout=TIMEOUT)
    expect(blocks(editor)).to_have_count(before + 2)

    place.get_by_label("They become").select_option("gallery")
    place.locator("input[type=file]").set_input_files(photos[2:5])
    expect(blocks(editor)).to_have_count(before + 3, timeout=TIMEOUT)
    expect(last_block(editor).locator("[data-streamfield-child] .chooser__title")).to_have_text(
        [path.stem for path in photos[2:5]]
    )


@pytest.mark.parametrize(("width", "options"), [(390, {"has_touch": True, "is_mobile": True}), (1280, {})])
def test_photos_of_a_gallery_are_above_what_follows_them(server, visit, draft, photos, width, options):
    editor = visit(width=width, **options)
    resume_session(editor, server, "editor-lorraine")
    editor.goto(draft)
    place = editor.locator("[data-contentpath=body] .drop-pictures").last
    place.get_by_label("They become").select_option("gallery")
    place.locator("input[type=file]").set_input_files(photos[:3])
    last = last_block(editor).locator("[data-streamfield-child]").nth(2)
    expect(last).to_have_css("opacity", "1", timeout=TIMEOUT)

    box, below = last.bounding_box(), last_block(editor).locator(".drop-pictures").bounding_box()
    assert box["y"] + box["height"] <= below["y"]
    assert last.locator("..").evaluate("list => getComputedStyle(list).opacity") == "1"


def test_page_submitted_during_uploads_has_all_photos(editor, photos):
    place = editor.locator("[data-contentpath=body] .drop-pictures").last
    expect(place).to_be_visible()
    titles = editor.locator("[data-contentpath=body] .chooser__title")
    before = titles.all_inner_texts()

    drop(place, photos[:3])
    save_draft(editor)

    expect(editor.locator(".messages .success")).to_be_visible(timeout=TIMEOUT)
    editor.reload()
    expect(titles).to_have_text([*before, *(path.stem for path in photos[:3])])


def test_page_is_not_submitted_if_an_upload_fails(editor, photos, tmp_path):
    broken = tmp_path / "notes.png"
    broken.write_bytes(b"not a picture")
    place = editor.locator("[data-contentpath=body] .drop-pictures").last

    drop(place, [*photos[:2], broken])
    save_draft(editor)

    expect(editor.locator(".messages .error")).to_contain_text("so the page was not sent", timeout=TIMEOUT)
    expect(place.get_by_role("alert")).to_contain_text("notes.png: Not a supported image format.")
    expect(editor.locator("[data-save-state=saved]")).to_contain_text("Saved at", timeout=TIMEOUT)


def test_photos_dropped_before_the_title_is_typed_stay(editor, server, photos):
    section = page_id(editor, server, "type=home.SectionPage&slug=industrie")
    editor.goto(f"{server}/admin/pages/add/articles/articlepage/{section}/")
    place = editor.locator("[data-contentpath=body] .drop-pictures").last

    drop(place, photos[8:])

    state = editor.locator("[data-save-state=saved]")
    expect(state).to_contain_text("Its title is “Article without a title, ", timeout=TIMEOUT)
    editor.reload()
    expect(editor.locator("[data-contentpath=body] .chooser__title")).to_have_text([path.stem for path in photos[8:]])
    title = editor.get_by_placeholder("Page title")
    title.fill("Les photos d’abord")
    title.press("Tab")
    expect(editor.locator("#id_slug")).to_have_value("les-photos-d-abord")
    expect(state).to_contain_text(re.compile(r"Saved at [\d:APM\s]+$"), timeout=TIMEOUT)


def test_dropped_pictures_replace_the_empty_row_of_a_gallery(editor, photos):
    add_block(editor, "Gallery")
    gallery = last_block(editor)
    expect(gallery.locator("[data-streamfield-child]:visible")).to_have_count(1)

    gallery.locator(".drop-pictures input[type=file]").set_input_files(photos[5:8])

    titles = gallery.locator("[data-streamfield-child]:visible .chooser__title")
    expect(titles).to_have_text([path.stem for path in photos[5:8]], timeout=TIMEOUT)


def test_text_of_the_library_is_offered_except_for_decorative_pictures(editor, tmp_path):
    # Unique to this test: otherwise the library would report a duplicate.
    halle = tmp_path / "halle.jpg"
    halle.write_bytes(photo("JPEG", 11))
    editor.locator("#id_lead_image-chooser").get_by_role("button", name="Choose an image").click()
    dialog = editor.get_by_role("dialog")
    dialog.get_by_role("tab", name="Upload").click()
    dialog.locator("input[type=file]").set_input_files(halle)
    dialog.get_by_label("Title").last.fill("La halle")
    dialog.get_by_label("Alternative text").fill("Une halle vide, le matin")
    dialog.get_by_role("button", name="Upload").click()
    alt = editor.locator("#id_lead_image_alt")
    expect(alt).to_have_value("Une halle vide, le matin", timeout=TIMEOUT)
    add_block(editor, "Image")
    figure = last_block(editor)
    figure.get_by_role("button", name="Choose an image").click()
    choice = editor.get_by_role("dialog").locator(".image-choice", has_text="La halle").first
    choice.press("Enter")
    expect(figure.get_by_role("button", name="Actions")).to_be_focused()
    expect(figure.get_by_label("Alternative text")).to_have_value("Une halle vide, le matin", timeout=TIMEOUT)
    findings = editor.locator("[data-checklist-findings]")
    # The closing dialog takes back the focus.
    expect(editor.get_by_role("dialog")).to_have_count(0)

    alt.fill("")
    expect(findings).to_contain_text("Lead image: describe what it shows", timeout=TIMEOUT)

    editor.locator("#id_lead_image_decorative").check()
    expect(alt).to_be_disabled()
    expect(findings).not_to_contain_text("Lead image: describe what it shows", timeout=TIMEOUT)
