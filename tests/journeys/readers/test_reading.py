"""Reading on phone and desktop, in light and dark mode, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.pages import PAGES, accessibility_violations, at

ARTICLE = PAGES["article"]
IS_SHOWN = "image => image.complete && image.naturalWidth > 0"
# Runs before the first paint; the policy forbids inline styles, but not style sheets created by a script.
FAR_DOWN = """
const sheet = new CSSStyleSheet();
sheet.replaceSync(".gallery { margin-top: 30000px; }");
document.adoptedStyleSheets = [sheet];
"""
WITH_PICTURE = PAGES["portrait of a person"]
WITH_FIGURES = "/fr/developpement-economique/agenda/retour-carrefour-sous-traitance/"
WITH_GALLERY = "/fr/immobilier-entreprise/agenda/retour-visite-filature-champ-brule/"


@pytest.mark.parametrize("path", ["/fr/", "/fr/talents/"])
def test_search_and_menu_stay_beside_a_long_site_name(server, visit, path):
    page = visit(width=360)
    page.goto(server + path)
    page.locator(".masthead__name").evaluate("name => { name.textContent = 'Gesellschaft für Wirtschaftsförderung' }")

    menu, search = (page.locator(f".masthead {part}").bounding_box() for part in (".menu__button", ".masthead__search"))

    assert 330 < menu["x"] + menu["width"] <= 360
    assert abs(menu["y"] + menu["height"] / 2 - search["y"] - search["height"] / 2) < 2


def test_names_of_the_network_are_whole_on_a_phone(server, visit):
    page = visit(width=360)
    page.goto(f"{server}/fr/")
    # Other journeys add sites to the network of the demo.
    name = page.locator(".network__sites a").filter(has_text="Passerelle Luxembourg")
    end_of_text = """link => {
        const range = document.createRange();
        range.selectNodeContents(link);
        return range.getBoundingClientRect().right;
    }"""

    bar = page.locator(".network__sites").bounding_box()

    assert name.evaluate(end_of_text) <= bar["x"] + bar["width"]


@pytest.mark.parametrize("width", [360, 1280])
def test_long_name_stays_in_its_column(server, visit, width):
    page = visit(width=width)
    page.goto(server + PAGES["portrait of a person"])
    for name in (".byline__name", ".facts__title"):
        page.locator(name).first.evaluate(
            "name => { name.textContent = 'Donaudampfschifffahrtsgesellschafts'.repeat(2) }"
        )

    right = "part => part.getBoundingClientRect().right"
    for name, column in ((".byline__name", ".story__meta"), (".facts__title", ".facts")):
        assert page.locator(name).first.evaluate(right) <= page.locator(column).first.evaluate(right)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_four_key_figures_never_wrap_as_three_and_one(server, visit):
    page = visit()
    page.goto(server + WITH_FIGURES)
    page.locator(".figures__list").first.evaluate(
        "list => { while (list.children.length < 4) list.append(list.children[0].cloneNode(true)) }"
    )
    rows = set()
    for width in (360, 480, 600, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        places = page.locator(".figures__list > *").evaluate_all("each => each.slice(0, 4).map(one => one.offsetTop)")
        rows.add(tuple(places.count(top) for top in sorted(set(places))))

    assert rows <= {(2, 2), (4,)}


@pytest.mark.parametrize("width", [360, 1280])
def test_picture_is_never_drawn_larger_than_its_pixels(server, visit, width):
    page = visit(width=width)
    page.goto(server + WITH_PICTURE)
    picture = page.locator(".prose > .figure img").first
    picture.evaluate("image => { image.width = 240; image.height = 160 }")

    shown = picture.bounding_box()

    assert (shown["width"], shown["height"]) == (240, 160)


@pytest.mark.parametrize("width", [360, 1280])
def test_large_picture_fills_its_column(server, visit, width):
    page = visit(width=width)
    page.goto(server + WITH_PICTURE)

    picture, column = (
        page.locator(place).first.bounding_box() for place in (".prose > .figure img", ".prose > .figure")
    )

    assert abs(picture["width"] - column["width"]) < 1


def test_accents_of_a_title_do_not_touch_the_label_above(server, visit):
    """The title's line height is less than that of its accented capitals."""
    page = visit()
    page.goto(server + ARTICLE)
    label, title = (page.locator(f".story__{part}").bounding_box() for part in ("label", "title"))
    assert title["y"] - label["y"] - label["height"] >= 12


def shift(page, address: str) -> float:
    """The cumulative layout shift (CLS) of a page whose fonts arrive after its text, as on a slow connection."""
    held, drawn = [], []
    page.route("**/*.woff2", lambda route: route.continue_() if drawn else held.append(route))
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => { for (const entry of list.getEntries())"
        " if (!entry.hadRecentInput) window.shift += entry.value }).observe({type: 'layout-shift', buffered: true});"
        "new PerformanceObserver(() => console.log('drawn')).observe({type: 'paint', buffered: true})"
    )
    with page.expect_console_message(lambda message: message.text == "drawn"):
        page.goto(address, wait_until="commit")
    drawn.append(True)
    for route in held:
        route.continue_()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => new Promise(drawn => requestAnimationFrame(drawn)))")
    found: float = page.evaluate("window.shift")
    return found


@pytest.mark.parametrize("path", ["/fr/", ARTICLE])
def test_page_has_no_layout_shift_while_loading(server, visit, path):
    assert shift(visit(width=360), server + path) < 0.05


@pytest.mark.parametrize("width", [360, 960, 1100, 1280])
@pytest.mark.parametrize("path", ["/fr/", "/fr/developpement-economique/"])
def test_long_menu_has_no_layout_shift_when_fonts_arrive(server, visit, width, path):
    assert shift(visit(width=width), at(server, "lux", path)) < 0.05


def test_long_menu_is_completely_visible_on_a_small_desktop(server, visit):
    page = visit(width=960)
    page.goto(at(server, "lux", "/fr/developpement-economique/"))

    assert page.locator(".masthead__sections ul").evaluate("menu => menu.scrollWidth <= menu.clientWidth")


def test_portrait_without_wide_blocks_has_its_section_beside_the_text(server, visit):
    page = visit()
    page.goto(server + PAGES["portrait of a company"])
    page.locator(".prose").evaluate(
        "text => text.querySelectorAll('.figure--wide, .gallery, .video, .table').forEach(each => each.remove())"
    )

    aside, body = (page.locator(part).bounding_box() for part in (".story__aside", ".story__body"))

    assert aside["x"] > body["x"] + body["width"]
    assert aside["y"] < body["y"] + body["height"] / 2


def test_portrait_without_facts_has_its_section_beside_the_text(server, visit):
    page = visit()
    page.goto(server + PAGES["portrait of a person"])
    page.locator(".facts").evaluate("facts => facts.remove()")

    aside, body = (page.locator(part).bounding_box() for part in (".story__aside", ".story__body"))

    assert aside["x"] >= body["x"] + body["width"]
    assert abs(aside["y"] - body["y"]) < 5


def test_phone_menu_links_to_sections_without_scripts(server, visit):
    page = visit(width=360, java_script_enabled=False)
    page.goto(f"{server}/fr/")
    menu = page.get_by_role("banner").locator("details").first
    menu.locator("summary").click()
    menu.get_by_role("link", name="Transitions", exact=True).click()
    expect(page).to_have_url(f"{server}/fr/transitions/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Transitions")


def test_reader_filters_the_list_without_scripts(server, visit):
    page = visit(java_script_enabled=False)
    page.goto(f"{server}/fr/actualites/")
    page.locator("select[name=kind]").select_option("portrait")
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("kind=portrait"))
    expect(page.get_by_role("link", name="À Pompey, Thiébert").first).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="Bureaux")).to_have_count(0)


def test_language_switch_links_to_the_translation_or_its_section(server, visit):
    page = visit()
    page.goto(server + ARTICLE)
    page.get_by_role("banner").get_by_role("link", name=re.compile("^(EN|English)")).click()
    expect(page).to_have_url(f"{server}/en/economy/industry/thionville-foundry-electric-furnace/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_story_links_to_its_author_and_topics(server, visit):
    page = visit(width=1280)
    page.goto(server + ARTICLE)
    page.get_by_role("list", name="Auteurs").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Claire Humbert")
    page.get_by_role("complementary").get_by_role("link", name="Énergie", exact=True).click()
    expect(page).to_have_url(f"{server}/fr/themes/energie/")
    expect(page.get_by_role("link", name="À Thionville, une fonderie")).to_be_visible()


def test_video_is_not_loaded_before_the_click(server, visit):
    page = visit()
    page.goto(server + ARTICLE)
    assert page.locator("iframe").count() == 0


def test_gallery_is_usable_by_keyboard(server, visit):
    page = visit(reduced_motion="reduce")
    page.goto(server + WITH_GALLERY)
    pictures = page.locator(".gallery a")
    pictures.first.press("Enter")

    large = page.get_by_role("dialog")
    expect(large).to_contain_text(f"1 / {pictures.count()}")
    assert accessibility_violations(page) == []
    page.keyboard.press("ArrowLeft")
    expect(large).to_contain_text(f"{pictures.count()} / {pictures.count()}")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(large).to_contain_text("2 /")
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    expect(pictures.nth(1)).to_be_focused()


@pytest.mark.parametrize("width", [360, 1280])
def test_gallery_enlarges_no_picture_smaller_than_its_column(server, visit, width):
    page = visit(width=width)
    page.goto(server + WITH_GALLERY)
    pictures = page.locator(".gallery img")
    columns = pictures.evaluate_all("each => each.map(picture => picture.closest('li').clientWidth)")
    pictures.first.evaluate("picture => { [picture.width, picture.height] = [120, 80] }")

    assert pictures.evaluate_all("each => each.map(picture => picture.clientWidth)") == [120, *columns[1:]]


def test_picture_of_a_gallery_opens_without_scripts(server, visit):
    page = visit(width=360, java_script_enabled=False)
    page.goto(server + WITH_GALLERY)

    with page.expect_response(
        lambda answer: "/pictures/" in answer.url and answer.request.is_navigation_request()
    ) as opened:
        page.locator(".gallery a").first.click()

    assert opened.value.headers["content-type"] == "image/jpeg"


def test_theme_is_switched_and_remembered(server, visit):
    page = visit(scheme="light")
    page.goto(f"{server}/fr/")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    before = page.evaluate(background)
    switch = page.locator("[data-theme-switch]").first
    for _ in range(3):
        switch.click()
        if page.evaluate(background) != before:
            break
    chosen = page.evaluate(background)
    assert chosen != before
    page.goto(server + ARTICLE)
    assert page.evaluate(background) == chosen


def test_story_prints_without_navigation(server, visit):
    page = visit()
    page.goto(server + ARTICLE)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("banner").get_by_role("navigation").first).to_be_hidden()


def test_lazy_pictures_are_printed(server, visit):
    page = visit(width=360)
    # How early a browser fetches lazy pictures depends on its connection.
    page.add_init_script(FAR_DOWN)
    page.goto(server + WITH_GALLERY)
    unseen = page.locator(".gallery img").last
    assert not unseen.evaluate(IS_SHOWN)

    page.emulate_media(media="print")

    expect(unseen).to_have_attribute("loading", "eager")
    unseen.evaluate("image => image.decode()")
    assert unseen.evaluate(IS_SHOWN)


def test_printed_story_has_its_address_above_the_text(server, visit):
    page = visit()
    page.goto(server + ARTICLE)
    page.emulate_media(media="print")

    address = page.get_by_text(server + ARTICLE, exact=True)
    title = page.get_by_role("heading", level=1)
    assert address.bounding_box()["y"] < title.bounding_box()["y"]


def test_long_event_prints_on_two_pages_without_buttons(server, visit):
    page = visit()
    page.goto(f"{server}/fr/evenements/agenda/semaine-metiers-du-bois/")
    page.emulate_media(media="print")
    for pressed in (".share", ".subscribe", ".button", ".footer"):
        for part in page.locator(pressed).all():
            expect(part).to_be_hidden()
    expect(page.get_by_text("Sol plat, deux places de stationnement")).to_be_visible()
    expect(page.locator(".printed-address")).to_be_visible()

    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True))

    assert len(sheets) <= 2
