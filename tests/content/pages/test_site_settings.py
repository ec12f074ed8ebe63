"""Site settings: readable colours, wording in each language, menu, accounts, contacts."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError

from portal.content.records.settings import SiteSettings
from portal.content.serving.theme import theme_stylesheet, theme_version
from portal.platform.contrast import NIGHT, PAPER, READABLE, ratio, readable_tint
from tests.builders import (
    make_article,
    make_draft,
    make_private,
    make_section,
    make_settings,
    make_site,
    make_standard_page,
)


def page(ground, path: str = "/fr/") -> BeautifulSoup:
    return BeautifulSoup(ground.reader().get(path).content, "html.parser")


def menu(html: BeautifulSoup) -> list[tuple[str, str]]:
    return [(link.get_text(strip=True), link["href"]) for link in html.select(".masthead__sections a")]


def entry(page, label: str = "") -> dict:
    return {"type": "page", "value": {"page": page.pk, "label": label}}


def words(code: str, **given) -> dict:
    value = {"language": code, "tagline": "", "footer": "", "notice": "", "notice_link": "", "legal_links": []}
    return {"type": "edition", "value": value | given}


@pytest.mark.parametrize("field", ["brand_colour", "accent_colour"])
@pytest.mark.parametrize("colour", ["#ffd400", "#9ec5e8", "#ff0000", "#ffffff", "#808080"])
def test_unreadable_colour_is_rejected_with_the_nearest_readable_one(lorraine, field, colour):
    settings = SiteSettings.for_site(lorraine.site)
    setattr(settings, field, colour)

    with pytest.raises(ValidationError) as refusal:
        settings.full_clean()

    nearest = readable_tint(colour, PAPER)
    assert nearest in str(refusal.value.message_dict[field])
    assert ratio(nearest, PAPER) >= READABLE
    setattr(settings, field, nearest)
    settings.full_clean()


@pytest.mark.parametrize("colour", ["", "red", "#123", "#12345g", "#1234567", "7a1f2b"])
def test_invalid_colour_is_rejected(lorraine, colour):
    settings = SiteSettings.for_site(lorraine.site)
    settings.brand_colour = colour

    with pytest.raises(ValidationError) as refusal:
        settings.full_clean()

    assert "brand_colour" in refusal.value.message_dict


def test_default_colours_are_readable():
    settings = SiteSettings()

    assert ratio(settings.brand_colour, PAPER) >= READABLE
    assert ratio(settings.accent_colour, PAPER) >= READABLE


@pytest.mark.parametrize(
    ("brand", "accent"),
    [("#8c1d2f", "#0f5c6e"), ("#14475c", "#a3420f"), ("#0b5d57", "#8d2f63"), ("#000000", "#767676")],
)
def test_theme_is_readable_in_light_and_dark_mode(brand, accent):
    css = theme_stylesheet(SiteSettings(brand_colour=brand, accent_colour=accent))
    values = dict(part.split(":", 1) for part in css.split("{")[1].split("}")[0].split(";"))
    pairs = {name: value.removeprefix("light-dark(").removesuffix(")").split(",") for name, value in values.items()}

    for name in ("--brand", "--accent"):
        light, dark = pairs[name]
        assert ratio(light, PAPER) >= READABLE or (name, light) == ("--accent", "#767676")
        assert ratio(dark, NIGHT) >= READABLE
    for light in (0, 1):
        assert ratio(pairs["--brand-ground"][light], pairs["--on-brand"][light]) >= READABLE


@pytest.mark.parametrize(
    "change", [{"brand_colour": "#14475c"}, {"typefaces": "poster"}, {"corners": "round"}, {"type_scale": "large"}]
)
def test_theme_url_changes_only_with_the_theme(change):
    red = SiteSettings(brand_colour="#8c1d2f")

    assert theme_version(red) != theme_version(SiteSettings(**{"brand_colour": "#8c1d2f"} | change))
    assert theme_version(red) == theme_version(SiteSettings(brand_colour="#8c1d2f"))


def test_each_site_has_its_theme(lorraine, saar):
    make_settings(lorraine, brand_colour="#8c1d2f")
    make_settings(saar, brand_colour="#14475c")
    address = page(lorraine).select_one("link[href^='/theme-']")["href"]

    assert "#8c1d2f" in lorraine.reader().get(address).content.decode()
    assert "#8c1d2f" not in saar.reader().get(page(saar).select_one("link[href^='/theme-']")["href"]).content.decode()


def test_each_site_has_its_typefaces(lorraine, saar):
    make_settings(lorraine, typefaces="magazine")
    own, other = (page(ground).select("link[rel=preload][as=font]") for ground in (lorraine, saar))

    assert [link["href"].rpartition("/")[2].split(".")[0] for link in own] == ["fraunces", "figtree"]
    assert [link["href"].rpartition("/")[2].split(".")[0] for link in other] == ["newsreader", "libre-franklin"]


def test_default_menu_is_the_pages_below_home_shown_in_menus(lorraine):
    make_section(lorraine.home, "Bois", slug="bois")
    make_section(lorraine.home, "Discrète", show_in_menus=False)
    make_draft(make_section(lorraine.home, "Brouillon"))
    make_private(make_section(lorraine.home, "Privée"), password="sésame")
    make_section(lorraine.section, "Profonde")

    assert menu(page(lorraine)) == [("Rubrique fr", "/fr/rubrique/"), ("Bois", "/fr/bois/")]
    assert menu(page(lorraine, "/de/")) == [("Rubrique de", "/de/rubrique/")]


def test_editor_may_define_the_menu(lorraine):
    about = make_standard_page(lorraine.home, "À propos", slug="a-propos")
    link = {"type": "link", "value": {"url": "https://boutique.example/", "label": "Boutique"}}
    make_settings(lorraine, navigation=[entry(about), entry(lorraine.section, "Économie"), link])

    assert menu(page(lorraine)) == [
        ("À propos", "/fr/a-propos/"),
        ("Économie", "/fr/rubrique/"),
        ("Boutique", "https://boutique.example/"),
    ]


def test_defined_menu_shows_existing_translations(lorraine):
    about = make_standard_page(lorraine.home, "À propos")
    make_settings(lorraine, navigation=[entry(about), entry(lorraine.section, "Économie")])

    # "À propos" has no German translation, and the label of the menu is French.
    assert menu(page(lorraine, "/de/")) == [("Rubrique de", "/de/rubrique/")]


@pytest.mark.parametrize("hide", ["draft", "private", "deleted"])
def test_defined_menu_shows_no_hidden_page(lorraine, hide):
    about = make_standard_page(lorraine.home, "À propos")
    make_settings(lorraine, navigation=[entry(about), entry(lorraine.section)])
    if hide == "draft":
        make_draft(about)
    elif hide == "private":
        make_private(about, password="sésame")
    else:
        about.delete()

    assert menu(page(lorraine)) == [("Rubrique fr", "/fr/rubrique/")]


def test_defined_menu_shows_no_page_below_a_private_one(lorraine):
    hidden = make_section(lorraine.home, "Comité")
    about = make_standard_page(hidden, "Membres")
    make_settings(lorraine, navigation=[entry(about), entry(lorraine.section)])
    make_private(hidden, password="sésame")

    assert menu(page(lorraine)) == [("Rubrique fr", "/fr/rubrique/")]


def test_defined_menu_shows_no_page_of_another_site(lorraine, saar):
    make_settings(lorraine, navigation=[entry(saar.sections["fr"]), entry(lorraine.section)])

    assert menu(page(lorraine)) == [("Rubrique fr", "/fr/rubrique/")]


def test_menu_highlights_the_current_section(lorraine):
    make_section(lorraine.home, "Bois", slug="bois")
    article = make_article(lorraine.section)

    current = page(lorraine, lorraine.address(article)).select(".masthead__sections [aria-current]")

    assert [link["href"] for link in current] == ["/fr/rubrique/"]


def test_wording_is_in_the_page_language(lorraine):
    make_settings(
        lorraine,
        wording=[
            words("fr", tagline="Le journal", footer="<p>Un <b>pied</b></p>", notice="Grève"),
            words("de", tagline="Die Zeitung", footer="<p>Ein Fuß</p>", notice="Streik"),
        ],
    )
    french, german = page(lorraine).get_text(), page(lorraine, "/de/").get_text()

    for text in ("Le journal", "Un pied", "Grève"):
        assert text in french
        assert text not in german
    for text in ("Die Zeitung", "Ein Fuß", "Streik"):
        assert text in german
        assert text not in french


def test_notice_may_have_a_link(lorraine):
    make_settings(lorraine, wording=[words("fr", notice="Appel à projets", notice_link="https://appel.example/")])

    assert page(lorraine).select_one(".notice a")["href"] == "https://appel.example/"
    assert not page(lorraine, "/de/").select(".notice")


def test_legal_links_show_public_pages_in_the_page_language(lorraine):
    legal = make_standard_page(lorraine.home, "Mentions légales", slug="mentions")
    draft = make_draft(make_standard_page(lorraine.home, "Pas encore"))
    german = make_standard_page(lorraine.homes["de"], "Impressum")
    hidden = make_standard_page(lorraine.home, "Interne")
    make_private(hidden, password="sésame")
    links = [legal.pk, draft.pk, german.pk, hidden.pk]
    make_settings(lorraine, wording=[words("fr", legal_links=links)])

    footer = page(lorraine).select_one("footer").get_text()

    assert "Mentions légales" in footer
    for title in ("Pas encore", "Impressum", "Interne"):
        assert title not in footer


def test_accounts_and_contacts_are_on_every_page(lorraine):
    account = {"type": "account", "value": {"network": "linkedin", "url": "https://www.linkedin.com/company/elan"}}
    make_settings(
        lorraine,
        social_accounts=[account],
        contact_organisation="Agence",
        contact_address="12, rue du Canal\n54000 Nancy",
        contact_email="redaction@elan.example",
        contact_phone="+33 3 00 00 00 00",
    )

    for path in ("/fr/", "/fr/rubrique/", "/fr/rien/"):
        footer = page(lorraine, path).select_one("footer")
        hrefs = [link["href"] for link in footer.select("a")]
        assert "https://www.linkedin.com/company/elan" in hrefs
        assert "LinkedIn" in footer.get_text()
        assert "mailto:redaction@elan.example" in hrefs
        assert "tel:+33300000000" in hrefs
        assert "54000 Nancy" in footer.get_text()


def test_network_lists_only_the_other_sites(lorraine, saar):
    html = page(lorraine)
    others = {link.get_text(strip=True): link["href"] for link in html.select(".network__sites a")}

    assert others["Saar"] == "http://saar.localhost/"
    assert "Lorraine" not in others


def test_site_without_a_name_or_home_page_is_not_in_the_network(lorraine):
    """Wagtail's initial site has no name, and readers should not see its "Welcome" page."""
    lux = make_site("lux.localhost", name="Passerelle")
    make_draft(lux.home)

    names = [link.get_text(strip=True) for link in page(lorraine).select(".network__sites a")]

    assert names == ["Saar"]


def test_first_request_creates_missing_site_settings(lorraine):
    SiteSettings.objects.all().delete()

    assert lorraine.reader().get("/fr/").status_code == 200
    assert SiteSettings.objects.filter(site=lorraine.site).count() == 1
    assert lorraine.reader().get("/fr/").status_code == 200
