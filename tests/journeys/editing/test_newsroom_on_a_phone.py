"""Newsroom lists fit a phone of 390 px, and Tab follows the order of the text."""

import re

import pytest
from playwright.sync_api import Page, expect

from events.formatting.folding import fold_text
from tests.journeys.newsroom import TIMEOUT, page_id, resume_session

PHONE = {"width": 390, "has_touch": True, "is_mobile": True}
IN_REVIEW = """
from django.contrib.auth import get_user_model
from articles.models import ArticlePage
page, user = ArticlePage.objects.get(pk={key}), get_user_model().objects.get(username="editor-lorraine")
page.save_revision(user=user)
page.get_workflow().start(page, user)
print(page.get_parent().pk)
"""
ANSWER = """
from django.urls import reverse
from wagtail.models import TaskState
print(reverse("editorial:answer", args=[TaskState.objects.latest("pk").pk]))
"""
# The left edges of the lines of a text that is narrowed until it wraps.
EDGES = """(state) => {
  state.style.inlineSize = "6rem";
  const range = document.createRange();
  range.selectNodeContents(state.lastChild);
  return [...range.getClientRects()].map(({ left }) => Math.round(left));
}"""
# The narrowest box that shows a name without breaking it.
READABLE = 200


@pytest.fixture
def phone(server, visit):
    """Returns a function that opens a signed-in phone."""

    def open_phone(username: str) -> Page:
        page = visit(**PHONE)
        resume_session(page, server, username)
        return page

    return open_phone


def assert_is_readable(page: Page) -> None:
    titles = page.locator("table.listing tbody td.title")
    expect(titles.first).to_be_visible()
    assert min(titles.evaluate_all("cells => cells.map(cell => cell.getBoundingClientRect().width)")) >= READABLE
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_pages_of_a_section(phone, server):
    page = phone("editor-lorraine")
    page.goto(f"{server}/admin/pages/{page_id(page, server, 'type=home.SectionPage&slug=industrie')}/")

    assert_is_readable(page)


def test_lines_of_a_long_state_begin_at_one_edge(server, visit, draft, run_on_server):
    section = run_on_server(IN_REVIEW.format(key=re.findall(r"\d+", draft)[-1])).strip()
    page = visit(locale="fr-FR")
    resume_session(page, server, "approver-lorraine")
    page.goto(f"{server}/admin/pages/{section}/")
    state = page.locator(".w-status").filter(has_text="en cours de relecture").first

    edges = state.evaluate(EDGES)

    assert len(edges) > 1
    assert len({*edges}) == 1


@pytest.fixture
def review(phone, server, draft, run_on_server) -> Page:
    """The review of an article on a phone."""
    run_on_server(IN_REVIEW.format(key=re.findall(r"\d+", draft)[-1]))
    page = phone("approver-lorraine")
    page.goto(f"{server}{run_on_server(ANSWER).strip()}")
    expect(page.frame_locator(".answer__preview").get_by_role("heading", level=1)).to_be_visible(timeout=TIMEOUT)
    return page


def test_text_to_approve_scrolls_with_the_review(review):
    frame = review.locator(".answer__preview")
    hidden = "frame => frame.contentDocument.documentElement.scrollHeight - frame.clientHeight"

    review.wait_for_function(f"() => ({hidden})(document.querySelector('.answer__preview')) <= 1", timeout=TIMEOUT)

    assert frame.bounding_box()["height"] > review.viewport_size["height"]


def test_approving_is_at_the_bottom_edge_of_the_screen(review):
    button = review.get_by_role("button", name="Approve").bounding_box()

    assert 0 <= review.viewport_size["height"] - button["y"] - button["height"] <= 32


def test_whole_comment_is_seen_while_it_is_written(review):
    field = review.get_by_label("Your comment (needed to send it back)")
    field.fill("Le nombre de visiteurs n’est pas celui de la mairie : vérifiez-le. Merci d’ajouter la source.")

    assert field.evaluate("field => field.scrollHeight - field.clientHeight") <= 1


def test_message_is_beside_the_menu_button(review):
    review.get_by_role("button", name="Approve").click()
    message = review.locator(".messages > ul > li").first
    expect(message).to_be_visible(timeout=TIMEOUT)

    left = message.evaluate("line => parseFloat(getComputedStyle(line).paddingInlineStart)")

    menu = review.locator(".sidebar-nav-toggle").bounding_box()
    assert left >= menu["x"] + menu["width"]


def test_buttons_that_begin_a_page_have_room_for_a_finger(phone, server):
    page = phone("editor-lorraine")
    page.goto(f"{server}/admin/")

    buttons = page.locator(".today__write .button")
    expect(buttons.first).to_be_visible()
    assert min(buttons.evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")) >= 44


def test_site_names_do_not_look_like_links(phone, server):
    page = phone("siteadmin-lorraine")
    page.goto(f"{server}/admin/")

    names, link = (page.locator(place).first for place in (".w-summary li > span", ".account-links a"))
    assert len({each.evaluate("element => getComputedStyle(element).color") for each in (names, link)}) == 2


def test_registrations_and_check_in_list(phone, server):
    page = phone("siteadmin-lorraine")
    page.goto(f"{server}/admin/events/registrations/")
    page.locator("td.title a").first.click()
    assert_is_readable(page)
    expect(page.locator("td[data-column=State]").first).to_contain_text(re.compile("Confirmed|Waiting"))

    page.get_by_role("link", name="Check-in list").click()
    expect(page.get_by_role("rowheader").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_two_organisers_check_in_people_one_on_a_bad_network(phone, server):
    page, other = phone("siteadmin-lorraine"), phone("siteadmin-lorraine")
    page.goto(f"{server}/admin/events/registrations/")
    page.locator("td.title a").first.click()
    page.get_by_role("link", name="Check-in list").click()
    other.goto(page.url)
    surnames = page.locator("tbody b").all_inner_texts()
    assert surnames == sorted(surnames, key=fold_text)

    page.get_by_role("searchbox", name="Find a name").press_sequentially(surnames[-1][:2])
    row = page.locator("tbody tr").last
    expect(row).to_be_in_viewport()
    expect(page.locator("tbody tr").first).to_be_hidden()
    row.get_by_role("button").tap()
    expect(row).to_contain_text("here since", timeout=TIMEOUT)
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^[1-9]\d* of \d+ here$"))
    first = page.get_by_role("status").inner_text()

    other.locator("tbody tr").first.get_by_role("button").tap()
    expect(other.locator("tbody tr").last).to_contain_text("here since", timeout=TIMEOUT)
    expect(other.locator("tbody tr").first).to_contain_text("here since")
    both = other.get_by_role("status").inner_text()
    assert both != first

    page.context.set_offline(True)
    row.get_by_role("button").tap()
    expect(page.get_by_role("alert")).to_contain_text("No connection", timeout=TIMEOUT)
    expect(row).to_contain_text("not saved yet")
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_be_hidden(timeout=TIMEOUT)
    expect(page.get_by_role("status")).not_to_have_text(both)
    expect(row.get_by_role("button")).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(row).not_to_contain_text("here since")


def test_people(phone, server):
    page = phone("siteadmin-lorraine")
    page.goto(f"{server}/admin/office/people/")

    assert_is_readable(page)


def test_tab_moves_between_fields_and_skips_comments(server, visit):
    editor = visit()
    resume_session(editor, server, "editor-lorraine")
    article = page_id(editor, server, "type=articles.ArticlePage&slug=thionville-fonderie-four-electrique")
    editor.goto(f"{server}/admin/pages/{article}/edit/")
    editor.locator("#id_title").focus()

    # The script that sets the tab order has run.
    expect(editor.locator(".w-panel__anchor").first).to_have_attribute("tabindex", "-1", timeout=TIMEOUT)

    editor.keyboard.press("Tab")
    expect(editor.locator("#id_standfirst")).to_be_focused()


def test_section_names_in_the_list_open_the_section(server, visit):
    editor = visit()
    resume_session(editor, server, "editor-lorraine")
    editor.goto(f"{server}/admin/pages/{page_id(editor, server, 'type=home.HomePage&locale=fr')}/")
    name = editor.locator("td.title a").filter(has_text="Développement économique").first

    name.click()

    expect(editor).to_have_url(re.compile(r"/admin/pages/\d+/$"))


def test_events_menu_lists_the_event_pages(server, visit):
    organiser = visit()
    resume_session(organiser, server, "organiser-lorraine")
    organiser.goto(f"{server}/admin/")
    organiser.get_by_role("button", name="Events").click()
    organiser.get_by_role("link", name="All events").click()

    rows = organiser.locator("main table tbody tr")
    expect(rows.filter(has_text="Forum des compétences").first).to_be_visible(timeout=TIMEOUT)
