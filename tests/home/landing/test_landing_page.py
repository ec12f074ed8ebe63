"""A landing page shows its shelves in their order, and only what is public on its site."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import (
    make_article,
    make_draft,
    make_event,
    make_form_page,
    make_person,
    make_portrait,
    make_private,
    make_section,
    make_topic,
)
from tests.home.landing.making import (
    NO_PICTURE,
    card,
    cards,
    hero,
    link,
    make_landing_page,
    person_shelf,
    read,
    shelf,
    stories,
    tabs,
    titles,
)
from tests.newsletter.makers import make_newsletter


def test_page_without_shelves_is_a_page_of_text(lorraine):
    page = make_landing_page(lorraine, body=[{"type": "paragraph", "value": "<p>Le texte.</p>"}], introduction="Ici.")

    html = read(lorraine, page)

    assert [each.get_text() for each in html.select("h1")] == ["S’implanter"]
    assert not html.select(".shelf")


def test_opening_takes_the_place_of_the_title_wherever_it_is_in_the_list(lorraine):
    page = make_landing_page(
        lorraine, cards(card("Une"), card("Deux")), hero("Venez"), introduction="Pour la recherche."
    )

    html = read(lorraine, page)

    assert [each.get_text(strip=True) for each in html.select("h1")] == ["Venez"]
    assert html.select(".shelf")[0].h1
    assert "Pour la recherche." not in html.get_text()


def test_opening_without_a_heading_has_the_title_of_the_page(lorraine):
    assert read(lorraine, make_landing_page(lorraine, hero())).h1.get_text(strip=True) == "S’implanter"


def test_text_is_between_the_opening_and_the_other_shelves(lorraine):
    body = [{"type": "paragraph", "value": "<p>Le texte.</p>"}]

    words = read(
        lorraine, make_landing_page(lorraine, cards(card("Une"), card("Deux")), hero("Venez"), body=body)
    ).get_text()

    assert words.index("Venez") < words.index("Le texte.") < words.index("Une")


def test_shelves_and_their_entries_have_the_order_of_the_editor(lorraine):
    column = {"title": "Colonne", "picture": NO_PICTURE, "text": "<p>Du terrain.</p>", "link": link()}
    page = make_landing_page(
        lorraine,
        cards(card("Deux"), card("Une")),
        shelf("columns", title="", columns=[column]),
        tabs(("A", "a"), ("B", "b")),
    )

    html = read(lorraine, page)

    assert titles(html) == ["Deux", "Une"]
    assert [each["class"][1] for each in html.select(".shelf")] == ["shelf--cards", "shelf--columns", "shelf--tabs"]


def test_link_to_a_page_that_readers_cannot_see_is_left_out(lorraine, saar):
    draft = make_draft(make_article(lorraine.section, "Brouillon"))
    private = make_article(make_section(lorraine.home, "Membres"), "Aux membres")
    make_private(private.get_parent())
    shown = make_article(lorraine.section, "Publié")
    secret = make_article(make_section(saar.home, "Intern"), "Geheim")
    make_private(secret.get_parent())
    entries = [card(str(place), page) for place, page in enumerate((draft, private, shown, secret))]

    html = read(lorraine, make_landing_page(lorraine, cards(*entries), hero(links=[link(draft), link(shown)])))

    assert titles(html) == ["0", "1", "2", "3"]
    assert [each["href"] for each in html.select(".card__title a")] == [lorraine.address(shown)]
    assert [each.get_text(strip=True) for each in html.select(".hero__links a")] == ["Publié"]


def test_person_has_a_role_and_a_telephone_that_phones_dial(lorraine):
    person = make_person("Anne Roy", role="Conseillère")

    html = read(
        lorraine, make_landing_page(lorraine, person_shelf(person, telephone="+33 (0)3 00-00", email="a@b.example"))
    )

    assert html.select_one(".contact-card__person").get_text(" ", strip=True) == "Anne Roy Conseillère"
    assert {each["href"] for each in html.select(".contact-card a")} == {"tel:+3303" + "0000", "mailto:a@b.example"}


def test_person_of_another_site_is_not_named(lorraine, saar):
    stranger = make_person("Jana Kessler", site=saar.site)

    html = read(lorraine, make_landing_page(lorraine, person_shelf(stranger)))

    assert "Jana" not in html.get_text()
    assert html.select_one("a[href^='tel:']")


def test_stories_are_those_of_the_section_topic_and_kind(lorraine, saar):
    wood, section = make_topic("Bois"), make_section(lorraine.home, "Forêts")
    make_portrait(section, "La scieuse", topics=[wood])
    make_portrait(section, "Sans thème")
    make_portrait(lorraine.section, "Ailleurs", topics=[wood])
    make_article(section, "Article", topics=[wood])
    make_draft(make_portrait(section, "Brouillon", topics=[wood]))
    make_portrait(saar.section, "Im Saarland", topics=[wood])

    html = read(lorraine, make_landing_page(lorraine, stories(section=section.pk, topic=wood.pk, kind="portrait")))

    assert titles(html) == ["La scieuse"]


def test_stories_of_a_private_section_are_hidden(lorraine):
    section = make_section(lorraine.home, "Membres")
    make_article(section, "Aux membres")
    make_private(section)

    html = read(lorraine, make_landing_page(lorraine, hero(), stories(section=section.pk)))

    assert titles(html) == []
    assert not html.select(".shelf--latest")


@pytest.mark.parametrize("chosen", [{"section": True}, {"kind": "portrait"}, {"topic": True}])
def test_link_below_stories_leads_to_them(lorraine, chosen):
    wood, section = make_topic("Bois"), make_section(lorraine.home, "Forêts")
    make_portrait(section, "La scieuse", topics=[wood])
    make_article(lorraine.section, "Autre")
    keys = {"section": section.pk, "topic": wood.pk}
    value = {name: keys[name] if fact is True else fact for name, fact in chosen.items()}
    html = read(lorraine, make_landing_page(lorraine, stories(**value)))

    response = lorraine.reader().get(html.select_one(".shelf__more")["href"])

    assert response.status_code == 200
    assert "La scieuse" in response.content.decode()
    assert "Autre" not in response.content.decode().split("<main")[1]


def test_events_are_those_of_this_site(lorraine, saar):
    make_event(lorraine.calendar, "Le salon")
    make_event(saar.calendar, "Die Messe")

    html = read(lorraine, make_landing_page(lorraine, shelf("events", title="Agenda", count=3)))

    shown = [each.get_text(strip=True) for each in html.select(".event-row__title")]
    assert "Le salon" in shown
    assert "Die Messe" not in shown


def test_form_that_is_not_published_is_not_offered(lorraine):
    form = make_form_page(lorraine.home, "Écrivez-nous")
    page = make_landing_page(lorraine, hero(), shelf("form", title="", text="", form=form.pk, button="Écrire"))
    offered = read(lorraine, page).select_one(".shelf--form a")
    make_draft(form)

    assert (offered["href"], offered.get_text()) == (lorraine.address(form), "Écrire")
    assert not read(lorraine, page).select(".shelf--form")


def test_sign_up_is_hidden_without_a_newsletter(lorraine, saar):
    make_newsletter(saar)
    page = make_landing_page(lorraine, hero(), shelf("letter", title="La lettre", text=""))

    assert not read(lorraine, page).select(".shelf--letter")

    make_newsletter(lorraine)

    assert read(lorraine, page).select_one(".shelf--letter form input[type=email]")


def test_tabs_are_texts_with_headings_without_a_script(lorraine):
    html = read(lorraine, make_landing_page(lorraine, tabs(("Créer", "Cent jours."), ("Reprendre", "Un an."))))

    assert [each.get_text() for each in html.select(".tabs__panel h3")] == ["Créer", "Reprendre"]
    assert not html.select("[hidden], [role]")


def test_shelf_leaves_the_page_at_its_end(lorraine):
    over = timezone.now() - timedelta(minutes=1)
    page = make_landing_page(lorraine, hero(), cards(card("Une"), card("Deux"), ends_at=over.isoformat()))

    assert titles(read(lorraine, page)) == []
