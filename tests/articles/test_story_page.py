"""A story page shows every field that is filled in, and nothing for the empty ones."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup

from portal.content.blocks.bodies import anchor_headings
from portal.media.models import Image
from tests.builders import (
    make_article,
    make_image,
    make_person,
    make_portrait,
    make_section,
    make_settings,
    make_topic,
)

PARIS = ZoneInfo("Europe/Paris")


def read(ground, page) -> BeautifulSoup:
    response = ground.reader().get(ground.address(page))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def heading(text: str, level: str = "h2") -> dict:
    return {"type": "heading", "value": {"text": text, "level": level}}


def paragraph(text: str) -> dict:
    return {"type": "paragraph", "value": f"<p>{text}</p>"}


def test_title_is_shown_once_and_in_the_title_element(lorraine):
    html = read(lorraine, make_article(lorraine.section, "Une fonderie passe à l’électrique"))

    assert [h1.get_text(strip=True) for h1 in html.select("h1")] == ["Une fonderie passe à l’électrique"]
    assert html.title.get_text(strip=True) == "Une fonderie passe à l’électrique – Lorraine"


def test_standfirst_is_shown_and_in_the_meta_description(lorraine):
    html = read(lorraine, make_article(lorraine.section, standfirst="Deux fours, 40 emplois."))

    assert html.select_one(".story__standfirst").get_text(strip=True) == "Deux fours, 40 emplois."
    assert html.select_one("meta[name=description]")["content"] == "Deux fours, 40 emplois."


def test_text_of_an_editor_is_escaped(lorraine):
    code = "<script>alert(1)</script>"
    page = make_article(
        lorraine.section,
        f"Titre {code}",
        standfirst=code,
        lead_image=make_image(),
        lead_image_alt=f'"{code}',
        lead_image_caption=code,
        body=[heading(code), {"type": "quote", "value": {"text": code, "source": code, "role": code}}],
        authors=[make_person(code)],
        topics=[make_topic(code[:70], slug="code")],
    )

    text = lorraine.reader().get(lorraine.address(page)).content.decode()

    assert code not in text
    assert "&lt;script&gt;" in text


def test_breadcrumb_leads_home_and_to_each_section_above(lorraine):
    sub = make_section(lorraine.section, "Artisanat", slug="artisanat")
    html = read(lorraine, make_article(sub, "Une menuiserie"))

    links = [a["href"] for a in html.select("nav.breadcrumb a")]

    assert links == ["/fr/", "/fr/rubrique/", "/fr/rubrique/artisanat/"]


def test_section_that_was_unpublished_is_not_named_above_its_stories(lorraine):
    sub = make_section(lorraine.section, "Artisanat", slug="artisanat")
    page = make_article(sub, "Une menuiserie")
    assert f'"{lorraine.site.root_url}/fr/rubrique/"' in str(read(lorraine, page)), "of the breadcrumb for machines"

    lorraine.section.unpublish()

    html = read(lorraine, page)
    assert [a["href"] for a in html.select("nav.breadcrumb a")] == ["/fr/", "/fr/rubrique/artisanat/"]
    assert f'"{lorraine.site.root_url}/fr/rubrique/"' not in str(html)


def test_date_is_in_the_sites_time_zone_and_machine_readable(lorraine):
    page = make_article(lorraine.section, date=datetime(2026, 3, 3, 23, 30, tzinfo=PARIS))

    time = read(lorraine, page).select_one(".story__date time")
    assert time.get_text(strip=True) == "3 mars 2026"
    assert time["datetime"] == "2026-03-03T23:30:00+01:00"

    make_settings(lorraine, time_zone="Asia/Tokyo")
    assert read(lorraine, page).select_one(".story__date time").get_text(strip=True) == "4 mars 2026"


def test_authors_are_shown_in_their_order(lorraine):
    authors = [make_person("Zoé Arnaud", role="Reporter"), make_person("Anne Zeller", picture=make_image("Anne"))]
    html = read(lorraine, make_article(lorraine.section, authors=authors))

    names = [name.get_text(strip=True) for name in html.select(".byline__name")]

    assert names == ["Zoé Arnaud", "Anne Zeller"]
    assert "Reporter" in html.select_one(".byline").get_text()


def test_headings_have_anchors_and_a_list_of_contents_leads_to_them(lorraine):
    body = [heading("Le site"), paragraph("Un."), heading("Détail", "h3"), heading("Le coût"), heading("Le site")]
    html = read(lorraine, make_article(lorraine.section, body=body))

    anchors = [h2["id"] for h2 in html.select(".prose h2")]
    links = [a["href"] for a in html.select("nav.contents a")]

    assert anchors == ["le-site", "le-cout", "le-site-2"]
    assert links == [f"#{anchor}" for anchor in anchors]
    assert html.select_one(".prose h3")["id"] == "detail"


def test_heading_without_letters_has_an_anchor(lorraine):
    page = make_article(lorraine.section, body=[heading("???"), heading("!!!"), heading("…")])

    anchors = [value.anchor for value in anchor_headings(page.body)]

    assert anchors == ["section", "section-2", "section-3"]


def test_anchors_are_unique(lorraine):
    page = make_article(lorraine.section, body=[heading("A"), heading("A"), heading("A 2"), heading("A")])

    anchors = [value.anchor for value in anchor_headings(page.body)]

    assert len(set(anchors)) == len(anchors)


def test_anchor_differs_from_the_templates_anchors(lorraine):
    page = make_article(lorraine.section, body=[heading("Main"), heading("Correction")])

    assert [value.anchor for value in anchor_headings(page.body)] == ["main-2", "correction-2"]


def test_short_story_has_no_list_of_contents(lorraine):
    html = read(lorraine, make_article(lorraine.section, body=[heading("Un"), heading("Deux")]))

    assert not html.select("nav.contents")


@pytest.mark.parametrize(("words", "minutes"), [(1, 1), (220, 1), (700, 3), (2200, 10)])
def test_reading_time_counts_the_words_of_the_text(lorraine, words, minutes):
    page = make_article(lorraine.section, standfirst="", body=[paragraph("mot " * words)])

    assert page.words == words
    assert page.reading_minutes == minutes
    assert str(minutes) in read(lorraine, page).select_one(".story__minutes").get_text()


def test_correction_is_shown_with_its_date(lorraine):
    page = make_article(
        lorraine.section,
        corrected_at=datetime(2026, 3, 5, 9, tzinfo=PARIS),
        correction="Le four pèse douze tonnes, non vingt.",
    )
    html = read(lorraine, page)

    assert "Le four pèse douze tonnes, non vingt." in html.select_one("#correction").get_text()
    assert "5 mars 2026" in html.select_one("#correction").get_text()
    assert html.select_one(".story__corrected a")["href"] == "#correction"


def test_thanks_and_credits_are_shown_below_the_text(lorraine):
    page = make_article(
        lorraine.section,
        thanks="<p>Merci à <b>Léa Roy</b>.</p>",
        credits=[{"type": "credit", "value": {"role": "Photographie", "name": "A. Bertin"}}],
    )
    html = read(lorraine, page)

    assert "Merci à Léa Roy." in html.select_one(".thanks").get_text()
    assert html.select_one(".credits dt").get_text(strip=True) == "Photographie"
    assert html.select_one(".credits dd").get_text(strip=True) == "A. Bertin"


def test_topics_lead_to_the_list_of_their_stories(lorraine):
    page = make_article(lorraine.section, "À trouver", topics=[make_topic("Énergie", slug="energie")])

    link = read(lorraine, page).select_one("nav.topics a")

    assert link.get_text(strip=True) == "Énergie"
    assert "À trouver" in lorraine.reader().get(link["href"]).content.decode()


def test_story_can_be_shared_without_third_party_scripts(lorraine):
    page = make_article(lorraine.section, "Une usine & deux fours")
    html = read(lorraine, page)

    links = " ".join(a["href"] for a in html.select(".share a"))
    address = "http%3A%2F%2Florraine.localhost%2Ffr%2F"
    for host in ("mailto:", "www.linkedin.com", "www.facebook.com", "x.com"):
        assert host in links
    assert links.count(address) == 4
    assert "Une%20usine%20%26%20deux%20fours" in links
    assert all(script["src"].startswith("/static/") for script in html.select("script:not([type$=json])"))


def test_portrait_lists_facts_about_its_subject(lorraine):
    page = make_portrait(
        lorraine.section,
        "La dame du port",
        subject="person",
        name="Ruth Bastian",
        role="Capitaine de port",
        company="Port de la Sarre",
        place="Sarrebruck",
        sector="Logistique",
        website="https://www.port.example/equipe/",
        quote="L’eau ne ment pas.",
        figures=[{"type": "figure", "value": {"value": "42", "label": "quais"}}],
    )
    html = read(lorraine, page)
    facts = html.select_one(".facts")

    assert "Ruth Bastian" in facts.get_text()
    for value in ("Capitaine de port", "Port de la Sarre", "Sarrebruck", "Logistique", "42", "quais"):
        assert value in facts.select_one("dl").parent.get_text()
    assert facts.select_one("a")["href"] == "https://www.port.example/equipe/"
    assert facts.select_one("a").get_text(strip=True) == "port.example/equipe"
    assert "L’eau ne ment pas." in html.select_one("blockquote").get_text()


@pytest.mark.parametrize(("size", "is_upright"), [((600, 900), True), ((900, 600), False), ((600, 600), False)])
def test_upright_picture_of_a_portrait_is_not_cut_to_a_strip(lorraine, size, is_upright):
    image = make_image("Debout")
    Image.objects.filter(pk=image.pk).update(width=size[0], height=size[1])
    page = make_portrait(lorraine.section, "Une usine", lead_image=Image.objects.get(pk=image.pk))

    assert bool(read(lorraine, page).select(".story--company.story--upright")) is is_upright


def test_unknown_facts_are_omitted(lorraine):
    page = make_portrait(lorraine.section, name="Bois & Fils", place="Toul")

    assert [value for _label, value in page.facts] == ["Toul"]


def test_social_metadata_has_a_picture_and_a_full_url(lorraine):
    page = make_article(lorraine.section, "Partagée", lead_image=make_image(), lead_image_alt="Un four")
    html = read(lorraine, page)

    def meta(name: str) -> str:
        return html.select_one(f'meta[property="{name}"]')["content"]

    assert meta("og:title") == "Partagée"
    assert meta("og:url") == f"http://lorraine.localhost{lorraine.address(page)}"
    assert meta("og:type") == "article"
    assert meta("og:image").startswith("http://lorraine.localhost/pictures/")
    assert meta("og:image:alt") == "Un four"


def test_french_text_has_no_break_spaces(lorraine):
    page = make_article(lorraine.section, "Qui paie ?", body=[paragraph("Attention ! « Oui »")])
    text = lorraine.reader().get(lorraine.address(page)).content.decode()

    assert "<h1" in text
    assert "Qui paie\u202f?" in text
    assert "«\u00a0Oui\u00a0»" in text
