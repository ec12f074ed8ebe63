"""A story is written in place on paper; rows beside it summarise the rest, and topics complete while typing."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, autosaved, open_row, page_id, resume_session

PARTS = [
    ".paper__kicker",
    "#id_title",
    "#id_standfirst",
    "#id_lead_image-chooser",
    "[data-contentpath=body] [contenteditable=true]",
]
PHONE = {"has_touch": True, "is_mobile": True}


@pytest.fixture
def section(server, run_on_server) -> str:
    path = "/lorraine/developpement-economique/industrie/"
    key = run_on_server(f"from wagtail.models import Page\nprint(Page.objects.get(url_path='{path}').pk)")
    return f"{server}/admin/pages/add/articles/articlepage/{key.split()[-1]}/"


@pytest.fixture
def new_article(server, visit, section):
    """Returns a function that opens the form for a new article in a window of a given size."""

    def open_form(width: int, height: int, **options) -> Page:
        page = visit(width=width, **options)
        page.set_viewport_size({"width": width, "height": height})
        resume_session(page, server, "editor-lorraine")
        page.goto(section)
        return page

    return open_form


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_first_screen_has_the_paper_in_the_order_of_the_readers_page(new_article, width, height):
    editor = new_article(width, height)
    for part in PARTS:
        expect(editor.locator(part).first).to_be_visible(timeout=TIMEOUT)

    tops = [editor.locator(part).first.bounding_box()["y"] for part in PARTS]
    assert tops == sorted(tops)
    assert tops[0] > 0
    assert tops[-1] + 24 < height
    assert editor.evaluate("document.documentElement.scrollWidth") <= width


def test_checklist_and_drawer_stay_beside_a_long_text(server, visit):
    editor = visit()
    editor.set_viewport_size({"width": 1280, "height": 800})
    resume_session(editor, server, "editor-lorraine")
    article = page_id(editor, server, "type=articles.ArticlePage&slug=quarante-entreprises-partagent-salaries-camions")
    editor.goto(f"{server}/admin/pages/{article}/edit/")
    text = editor.locator("[data-contentpath=body] [contenteditable=true]").last
    text.click(timeout=TIMEOUT)

    expect(editor.locator("#id_title")).not_to_be_in_viewport()
    expect(editor.locator("[data-checklist]")).to_be_in_viewport(ratio=1)
    row = editor.locator(".drawer__row").last
    row.scroll_into_view_if_needed()
    expect(row).to_be_in_viewport(ratio=1)
    expect(text).to_be_in_viewport()


@pytest.mark.parametrize(("width", "height", "options"), [(1280, 800, {}), (390, 844, PHONE)])
def test_text_of_a_filled_article_begins_on_the_first_screen(server, visit, width, height, options):
    """Its title has 130 letters, and its standfirst has four lines."""
    editor = visit(width=width, **options)
    editor.set_viewport_size({"width": width, "height": height})
    resume_session(editor, server, "editor-lorraine")
    article = page_id(editor, server, "type=articles.ArticlePage&slug=quarante-entreprises-partagent-salaries-camions")
    editor.goto(f"{server}/admin/pages/{article}/edit/")
    parts = [".paper__kicker", "#id_title", "#id_standfirst", ".crops__opening", PARTS[-1]]
    for part in parts:
        expect(editor.locator(part).first).to_be_visible(timeout=TIMEOUT)

    boxes = [editor.locator(part).first.bounding_box() for part in parts]
    assert [box["y"] for box in boxes] == sorted(box["y"] for box in boxes)
    # The page's buttons cover the bottom of the screen.
    first_line = boxes[-1]["y"] + 32
    assert first_line <= editor.locator("[data-edit-form] > .footer").bounding_box()["y"]
    assert editor.evaluate("document.documentElement.scrollWidth") <= width


def test_focus_is_in_the_title_of_a_new_page(new_article):
    expect(new_article(1280, 800).locator("#id_title")).to_be_focused()


def test_title_is_set_in_the_type_and_colour_of_the_site(server, editor, visit):
    reader = visit()
    reader.goto(f"{server}/fr/")
    look = "element => [getComputedStyle(element).fontFamily.split(',')[0], getComputedStyle(element).color]"
    paper = "element => getComputedStyle(element).backgroundColor"

    written, read = editor.locator("#id_title").evaluate(look), reader.locator("h2, h3").first.evaluate(look)
    assert written == read
    assert editor.locator(".paper").evaluate(paper) == reader.locator("html").evaluate(paper)


def test_texts_of_a_chosen_picture_are_opened_on_a_tablet(editor):
    editor.set_viewport_size({"width": 768, "height": 1024})
    editor.reload()
    editor.get_by_text("Caption and alternative text").click()

    expect(editor.locator("#id_lead_image_alt")).to_be_visible()


def test_row_shows_its_value_in_words_while_somebody_types(editor):
    row = open_row(editor, "Teaser")
    row.get_by_role("textbox").fill("Une fonderie passe à l’électricité.")
    row.locator("[data-panel-toggle]").first.click()

    expect(row.locator(".drawer__value")).to_have_text("Une fonderie passe à l’électricité.")
    expect(row.get_by_role("textbox")).to_be_hidden()


def test_row_with_an_error_opens(editor):
    row = open_row(editor, "Dates")
    field = row.get_by_label("Publication date")
    field.fill("31 février")
    row.locator("[data-panel-toggle]").first.click()
    editor.get_by_role("button", name="More actions").click()
    editor.get_by_role("button", name=re.compile(r"^\s*Save draft")).first.click()

    expect(row.locator(".error-message").filter(visible=True)).to_have_count(1, timeout=TIMEOUT)


def test_topics_are_typed_and_saved(editor, draft, run_on_server):
    field = open_row(editor, "Topics").get_by_role("combobox", name="Add a topic")
    chips = editor.locator(".topics__chip:not(.deleted)")
    before = chips.count()
    field.press_sequentially("tran")
    expect(editor.locator(".topics__option").first).to_have_attribute("aria-selected", "true", timeout=TIMEOUT)
    name = editor.locator(".topics__option").first.inner_text()
    field.fill(name)
    expect(editor.locator(".topics__option:not(.topics__option--new)")).to_have_count(1)
    expect(open_row(editor, "Topics").get_by_role("status")).to_have_text("Topics found: 1")
    field.press("Enter")
    expect(chips).to_have_count(before + 1)
    expect(field).to_be_focused()
    expect(chips.last).to_contain_text(name)
    autosaved(editor)
    editor.reload()
    expect(editor.locator(".drawer__row").filter(has_text="Topics").locator(".drawer__value")).to_contain_text(name)

    field = open_row(editor, "Topics").get_by_role("combobox", name="Add a topic")
    field.press("Backspace")
    expect(chips).to_have_count(before)
    autosaved(editor)
    key = re.search(r"/(\d+)/edit/", draft)[1]
    stored = run_on_server(
        "from wagtail.models import Page\n"
        f"page = Page.objects.get(pk={key}).specific.get_latest_revision_as_object()\n"
        "print(page.page_topics.count())"
    )
    assert int(stored.split()[-1]) == before


def test_unknown_topic_is_said_in_sight(editor):
    row = open_row(editor, "Topics")
    row.get_by_role("combobox", name="Add a topic").press_sequentially("inustr")

    expect(row.get_by_text("No topic of this name.")).not_to_have_class("w-sr-only", timeout=TIMEOUT)


def test_row_without_a_value_is_empty(new_article):
    row = new_article(1280, 900).locator(".drawer__row").filter(has_text="Teaser")

    expect(row.locator(".drawer__value")).to_have_text("empty")


def test_fields_of_an_interview_are_shown_for_an_interview_only(new_article):
    row = open_row(new_article(1280, 900), "Format")
    interviewee, link = row.get_by_label("Interviewee"), row.locator("#id_link")
    expect(interviewee.or_(link)).to_have_count(2)
    expect(interviewee.or_(link).filter(visible=True)).to_have_count(0)

    row.locator("#id_format").select_option("interview")

    expect(interviewee.or_(link).filter(visible=True)).to_have_count(1)
    expect(interviewee).to_be_visible()


def test_interviewee_that_is_stored_is_shown_in_every_format(new_article):
    writer = new_article(1280, 900)
    writer.locator("#id_title").fill("Trois questions à une fondeuse")
    row = open_row(writer, "Format")
    row.locator("#id_format").select_option("interview")
    row.get_by_label("Interviewee").fill("Anne Weber")
    row.locator("#id_format").select_option(index=0)
    autosaved(writer)
    writer.reload()

    row = open_row(writer, "Format")
    expect(row.get_by_label("Interviewee")).to_have_value("Anne Weber")
    expect(row.get_by_label("Interviewee")).to_be_visible()
    expect(row.locator("#id_link")).to_be_hidden()


def test_new_article_is_moved_to_another_section_with_its_text(new_article):
    writer = new_article(1280, 900)
    writer.locator("#id_title").fill("Un four pour deux usines")
    autosaved(writer)

    row = open_row(writer, "Section")
    expect(row.get_by_role("link", name="Choose another place")).to_have_count(0)
    row.get_by_role("link", name="Move").click()
    writer.get_by_role("button", name="Actions").first.click()
    writer.get_by_role("button", name=re.compile("^Choose ")).first.click()
    writer.get_by_role("link", name="Artisanat et commerce", exact=True).click()
    writer.get_by_role("button", name="Confirm", exact=True).click()
    writer.get_by_role("button", name="Yes, move this page", exact=True).click()

    expect(writer.locator("#id_title")).to_have_value("Un four pour deux usines", timeout=TIMEOUT)
    expect(open_row(writer, "Section")).to_contain_text("Artisanat et commerce")


@pytest.mark.parametrize("width", [360, 1280])
def test_comment_button_of_a_row_is_within_the_drawer(new_article, width):
    editor = new_article(width, 900)
    field = open_row(editor, "Teaser").locator("[data-contentpath=teaser]")
    field.locator("textarea, input").first.click()
    drawer, button = (
        place.bounding_box() for place in (editor.locator(".drawer"), field.locator("[data-comment-add]"))
    )

    assert button["x"] + button["width"] < drawer["x"] + drawer["width"]


def test_link_to_a_missing_lead_picture_leads_to_its_button(new_article):
    editor = new_article(1280, 900)
    editor.locator("#checklist").get_by_role("link", name="Choose a lead image").click()

    expect(editor.locator("#id_lead_image-chooser .unchosen button").first).to_be_focused()


def test_send_for_review_stays_at_the_bottom_of_a_phone(new_article):
    editor = new_article(390, 844, has_touch=True, is_mobile=True)
    button = editor.get_by_role("button", name="Send for review")
    expect(button).to_be_in_viewport()
    editor.locator(".drawer").scroll_into_view_if_needed()
    expect(button).to_be_in_viewport()
    box = button.bounding_box()
    assert box["y"] + box["height"] <= 844
    assert box["height"] >= 40


def test_colleague_finds_edit_on_a_live_page_and_a_reader_does_not(server, visit):
    address = f"{server}/fr/"
    reader = visit()
    reader.goto(address)
    assert reader.locator(".edit-link").count() == 0
    assert reader.context.cookies() == []
    colleague = visit()
    resume_session(colleague, server, "editor-lorraine")
    colleague.goto(f"{server}/admin/")
    colleague.goto(address)

    colleague.get_by_role("link", name="Modifier", exact=True).click()

    expect(colleague).to_have_url(re.compile(r"/admin/(pages/\d+/edit/)?$"))
