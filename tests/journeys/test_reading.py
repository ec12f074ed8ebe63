"""Reading on a phone and on a desktop, in light and dark mode, with and without scripts."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

PAGES = {
    "home": "/fr/",
    "section": "/fr/developpement-economique/",
    "sub-section": "/fr/developpement-economique/industrie/",
    "list of stories": "/fr/actualites/",
    "filtered list": "/fr/actualites/?kind=portrait&topic=industrie",
    "list of events": "/fr/calendrier/",
    "calendar of a section": "/fr/evenements/agenda/?when=past",
    "article": "/fr/developpement-economique/industrie/thionville-fonderie-four-electrique/",
    "portrait of a company": "/fr/developpement-economique/industrie/engrenages-thiebert-pompey/",
    "portrait of a person": "/fr/talents/yasmina-hamrouche-keller-ecole-de-soudage/",
    "event that is over": "/fr/evenements/agenda/rencontres-chaleur-fatale-thionville/",
    "event to come": "/fr/evenements/agenda/semaine-metiers-du-bois/",
    "recap": "/fr/evenements/agenda/retour-rencontres-chaleur-fatale/",
    "page": "/fr/a-propos/",
    "author": "/fr/auteurs/sarah-benali/",
    "topic": "/fr/themes/energie/",
    "form": "/fr/contact/",
    "accessibility statement": "/fr/accessibilite/",
    "privacy notice": "/fr/donnees-personnelles/",
    "site map": "/fr/plan-du-site/",
    "search": "/fr/recherche/?q=chaleur+usine",
    "search with choices": "/fr/recherche/?q=entreprise&sites=all&languages=all&kind=article",
    "search for nothing": "/fr/recherche/?q=xyzzy",
    "not found": "/fr/rien-ici/",
}
OTHER_SITES = {"saar": "/de/", "lux": "/fr/"}
ARTICLE = PAGES["article"]


def at(server: str, site: str, path: str) -> str:
    return server.replace("localhost", f"{site}.localhost") + path


def accessibility_violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_violation(server, visit, width, scheme):
    page = visit(width=width, scheme=scheme)
    addresses = [server + path for path in PAGES.values()]
    addresses += [at(server, site, path) for site, path in OTHER_SITES.items()]
    wrong = {}
    for address in addresses:
        page.goto(address)
        if found := accessibility_violations(page):
            wrong[address] = found
    assert wrong == {}


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_screen_or_requests_another_host(server, visit, width):
    page = visit(width=width)
    requested = []
    page.on("request", lambda request: requested.append(request.url))
    wide = []
    for path in PAGES.values():
        page.goto(server + path, wait_until="load")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    assert wide == []
    assert [url for url in requested if not url.startswith((server, "data:"))] == []


def test_text_of_twice_the_size_stays_on_a_phone(server, visit):
    page = visit(width=360)
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    page.goto(f"{server}/fr/developpement-economique/agenda/forum-competences-trois-frontieres/")
    registration = page.get_by_role("link", name="S’inscrire").first.get_attribute("href")
    wide = {}
    for path in [*PAGES.values(), f"/fr/calendrier/?month={timezone.now():%Y-%m}", registration]:
        page.goto(server + path)
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 360:
            wide[path] = width
    assert wide == {}


def test_reading_leaves_no_cookie(server, visit):
    page = visit()
    for path in PAGES.values():
        page.goto(server + path)
    assert page.context.cookies() == []


def test_nothing_jumps_while_a_story_loads(server, visit):
    page = visit(width=360)
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => { for (const entry of list.getEntries())"
        " if (!entry.hadRecentInput) window.shift += entry.value }).observe({type: 'layout-shift', buffered: true})"
    )
    for path in ("/fr/", ARTICLE):
        page.goto(server + path, wait_until="networkidle")
        assert page.evaluate("window.shift") < 0.02


def test_phone_menu_leads_to_a_section_without_scripts(server, visit):
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


def test_language_switch_leads_to_the_translation_or_its_section(server, visit):
    page = visit()
    page.goto(server + ARTICLE)
    page.get_by_role("banner").get_by_role("link", name=re.compile("^(EN|English)")).click()
    expect(page).to_have_url(f"{server}/en/economy/industry/thionville-foundry-electric-furnace/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_story_leads_to_its_author_and_its_topics(server, visit):
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


def test_long_event_prints_on_two_sheets_without_what_is_pressed(server, visit):
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
