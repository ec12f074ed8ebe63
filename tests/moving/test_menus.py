"""The main menu of the old site becomes the navigation if there is none."""

import pytest
from wagtail.models import Locale, Page

from portal.content.records.settings import SiteSettings
from portal.moving.models import ImportSource
from portal.moving.running import Options, look_at, run
from portal.moving.sources.rest import channel_of
from portal.moving.undoing import undo
from portal.moving.wordpress.records import Item
from tests.moving.conftest import page_of
from tests.moving.exports import OLD, a_tag, category, item

pytestmark = pytest.mark.usefixtures("newsroom")


def entry(title: str, order: int, menu: str = "principal", wp_id: int = 0, **meta: str) -> str:
    facts = {f"_menu_item_{name}": value for name, value in meta.items()}
    more = f'<category domain="nav_menu" nicename="{menu}">x</category>'
    return item(title, kind="nav_menu_item", order=order, meta=facts, more=more, wp_id=wp_id)


PARTS = [
    item("Contact", "Texte", "page", wp_id=9, link=f"{OLD}/contact/"),
    entry("Partenaire", 2, type="custom", url="https://partenaire.example/?utm_source=menu"),
    entry("Nous écrire", 1, type="post_type", object_id="9"),
    entry("Sous", 3, type="post_type", object_id="9", menu_item_parent="5"),
    entry("Pied", 1, menu="pied", type="post_type", object_id="9"),
]


def navigation(site) -> list:
    return [(block["type"], block["value"]) for block in SiteSettings.objects.get(site=site).navigation.raw_data]


def test_menu_becomes_the_navigation(bring, lorraine, saar):
    bring(*PARTS)

    assert navigation(lorraine.site) == [
        ("page", {"page": page_of(9).pk, "label": "Nous écrire"}),
        ("link", {"url": "https://partenaire.example/", "label": "Partenaire"}),
    ]
    assert navigation(saar.site) == []


def theme_menu(content: str, slug: str = "navigation", status: str = "publish") -> str:
    """A menu of a block theme."""
    return item("Navigation", content, "wp_navigation", slug=slug, status=status)


def test_menu_of_a_block_theme_becomes_the_navigation(bring, lorraine, saar):
    posts = [item(f"N {n}", "Texte", wp_id=n, categories=("eco",)) for n in range(1, 5)]
    link = '<!-- wp:navigation-link {"label":"Partenaire","url":"https://partenaire.example/","kind":"custom"} /-->'
    bring(
        category("eco", "Économie", number=70),
        *posts,
        item("Contact", "Texte", "page", wp_id=9, link=f"{OLD}/contact/"),
        theme_menu(
            '<!-- wp:home-link {"label":"Accueil"} /-->'
            '<!-- wp:navigation-submenu {"label":"La revue","url":"#","kind":"custom"} -->'
            '<!-- wp:navigation-link {"label":"Nous &amp; vous","type":"page","id":9,"kind":"post-type"} /-->'
            "<!-- /wp:navigation-submenu -->"
            f'<!-- wp:navigation-link {{"label":"Économie","type":"category","id":70}} /-->{link}'
        ),
    )

    page, section, partner = navigation(lorraine.site)
    assert page == ("page", {"page": page_of(9).pk, "label": "Nous & vous"})
    assert (section[0], Page.objects.get(pk=section[1]["page"]).title) == ("page", "Économie")
    assert partner == ("link", {"url": "https://partenaire.example/", "label": "Partenaire"})
    assert navigation(saar.site) == []


def test_list_of_all_pages_in_a_menu_becomes_the_pages_at_the_top(bring, lorraine):
    bring(
        item("Contact", "Texte", "page", wp_id=9, order=2),
        item("Équipe", "Texte", "page", wp_id=8, order=1),
        item("Léa", "Texte", "page", wp_id=7, parent=8),
        item("Projet", "Texte", "page", wp_id=6, status="draft"),
        theme_menu("<!-- wp:page-list /-->"),
    )

    assert navigation(lorraine.site) == [
        ("page", {"page": page_of(8).pk, "label": "Équipe"}),
        ("page", {"page": page_of(9).pk, "label": "Contact"}),
    ]


def test_entry_that_leads_nowhere_is_replaced_by_those_below_it(bring, lorraine):
    contact = item("Contact", "Texte", "page", wp_id=9, link=f"{OLD}/contact/")
    heading = entry("La revue", 1, type="custom", url="#", wp_id=80)

    bring(contact, heading, entry("Nous écrire", 2, type="post_type", object_id="9", menu_item_parent="80"))

    assert navigation(lorraine.site) == [("page", {"page": page_of(9).pk, "label": "Nous écrire"})]


@pytest.mark.parametrize("target", [{"type": "post_type", "object_id": "8"}, {"type": "custom", "url": f"{OLD}/"}])
def test_entry_for_the_old_front_page_is_replaced_by_those_below_it(bring, lorraine, target):
    front = item("Accueil", "Texte", "page", wp_id=8, link=f"{OLD}/")
    contact = item("Contact", "Texte", "page", wp_id=9, link=f"{OLD}/contact/")
    home = entry("Accueil", 1, wp_id=80, **target)

    bring(front, contact, home, entry("Contact", 2, type="post_type", object_id="9", menu_item_parent="80"))

    assert navigation(lorraine.site) == [("page", {"page": page_of(9).pk, "label": "Contact"})]


def test_menu_whose_entries_lead_nowhere_is_ignored(bring, lorraine):
    contact = item("Contact", "Texte", "page", wp_id=9, link=f"{OLD}/contact/")
    empty = [entry(f"Rien {n}", n, menu="principal", type="custom", url="#") for n in range(4)]
    social = [entry(f"Réseau {n}", n, menu="social", type="custom", url=f"https://r.example/{n}") for n in range(4)]

    bring(contact, *empty, *social, entry("Nous écrire", 1, menu="pages", type="post_type", object_id="9"))

    assert navigation(lorraine.site) == [("page", {"page": page_of(9).pk, "label": "Nous écrire"})]


@pytest.mark.parametrize("bar", ["top-header-menu", "top-bar", "topmenu"])
def test_bar_above_the_main_menu_is_not_taken_for_the_menu(bring, lorraine, bar):
    pages = [item(f"Page {n}", "Texte", "page", wp_id=n) for n in (7, 8, 9)]
    above = entry("Page 9", 1, menu=bar, type="post_type", object_id="9")
    main = [entry(f"Page {n}", n, menu="menu", type="post_type", object_id=str(n)) for n in (7, 8)]

    bring(*pages, above, *main)

    assert [value["label"] for _kind, value in navigation(lorraine.site)] == ["Page 7", "Page 8"]


PAGES = [item(f"Page {n}", "Texte", "page", wp_id=n) for n in (7, 8, 9)]


def entries(menu: str, *numbers: int, below: int = 0) -> list[str]:
    """A menu with these pages; the first has the others below it if it has a number itself."""
    facts = [{"wp_id": below}, *([{"menu_item_parent": str(below)}] * (len(numbers) - 1))] if below else [{}] * 3
    return [
        entry(f"Page {n}", order, menu=menu, type="post_type", object_id=str(n), **more)
        for order, (n, more) in enumerate(zip(numbers, facts, strict=False))
    ]


@pytest.mark.parametrize("other", ["short-navigation", "domaine", "z"])
def test_menu_with_the_name_of_a_main_menu_comes_before_a_larger_one(bring, lorraine, other):
    bring(*PAGES, *entries("main-navigation", 7), *entries(other, 8, 9))

    assert [value["label"] for _kind, value in navigation(lorraine.site)] == ["Page 7"]


def test_menu_with_more_entries_on_all_levels_comes_first(bring, lorraine):
    bring(*PAGES, *entries("long", 7, 8, 9, below=80), *entries("short-navigation", 8, 9))

    assert [value["label"] for _kind, value in navigation(lorraine.site)] == ["Page 7"]


@pytest.mark.parametrize("target", [{"type": "post_type", "object_id": "6"}, {"type": "custom", "url": f"{OLD}/vide/"}])
def test_empty_page_is_not_in_the_menu_but_those_below_it_are(bring, lorraine, target):
    empty = item("Vide", "", "page", wp_id=6, link=f"{OLD}/vide/")
    under = entry("Page 7", 2, type="post_type", object_id="7", menu_item_parent="80")

    bring(*PAGES, empty, entry("Vide", 1, wp_id=80, **target), under, live=True)

    assert [value["label"] for _kind, value in navigation(lorraine.site)] == ["Page 7"]


@pytest.mark.parametrize("target", [{"type": "post_type", "object_id": "9"}, {"type": "custom", "url": f"{OLD}/blog/"}])
def test_entry_for_the_page_with_the_newest_posts_leads_to_all_news(lorraine, saar, media, target):
    facts = {f"_menu_item_{name}": [value] for name, value in target.items()}
    root = {"name": "Ancien", "home": OLD, "show_on_front": "page", "page_for_posts": 9}
    found = [
        channel_of(root, OLD),
        Item(wp_id=9, kind="page", title="Blog", link=f"{OLD}/blog/", slug="blog", status="publish"),
        Item(wp_id=80, kind="nav_menu_item", title="Blog", status="publish", terms=[("nav_menu", "main")], meta=facts),
    ]
    locale = Locale.objects.get(language_code="fr")

    run(lambda: iter(found), lorraine.site, locale, *look_at(lambda: iter(found), lorraine.site, locale), Options())

    ((_kind, value),) = navigation(lorraine.site)
    assert (value["label"], value["url"]) == ("Blog", f"{lorraine.site.root_url}/fr/actualites/")
    assert lorraine.reader().get("/fr/actualites/").status_code == 200
    assert lorraine.reader().get("/?page_id=9").headers["Location"] == "/fr/actualites/"
    assert navigation(saar.site) == []


def test_first_of_two_entries_for_the_same_page_stays(bring, lorraine):
    labels = [
        entry(label, n, type="post_type", object_id="7") for n, label in enumerate(["Italien", "Cuisine italienne"])
    ]

    bring(*PAGES, *labels)

    assert [value["label"] for _kind, value in navigation(lorraine.site)] == ["Italien"]


def test_sole_menu_may_be_in_the_top_bar(bring, lorraine):
    contact = item("Contact", "Texte", "page", wp_id=9)

    bring(contact, entry("Contact", 1, menu="top", type="post_type", object_id="9"))

    assert [value["label"] for _kind, value in navigation(lorraine.site)] == ["Contact"]


def test_entries_for_archives_lead_to_what_replaces_them(bring, lorraine):
    posts = [item(f"N {n}", "Texte", wp_id=n, categories=("eco",), tags=("bois",)) for n in range(1, 5)]
    bring(
        category("eco", "Économie", number=70),
        a_tag("bois", "Bois"),
        *posts,
        entry("Économie", 1, type="taxonomy", object_id="70"),
        entry("Bois", 2, type="custom", url=f"{OLD}/tag/bois/"),
        entry("Rien", 3, type="taxonomy", object_id="99"),
    )

    section, topic = navigation(lorraine.site)
    assert (section[0], Page.objects.get(pk=section[1]["page"]).title) == ("page", "Économie")
    assert topic[1]["url"] == f"{lorraine.site.root_url}/fr/themes/bois/"


def test_existing_navigation_is_unchanged(bring, lorraine):
    settings = SiteSettings.for_site(lorraine.site)
    settings.navigation = [{"type": "page", "value": {"page": lorraine.section.pk, "label": ""}}]
    settings.save()

    report = bring(*PARTS)

    assert [value["page"] for _kind, value in navigation(lorraine.site)] == [lorraine.section.pk]
    assert ("entries of menus", 4, "") in report.left_out


def test_entry_for_a_part_of_the_old_front_page_is_left_out(bring, lorraine):
    bring(*PARTS, entry("À propos", 3, type="custom", url="/#apropos"))

    assert [value["label"] for _kind, value in navigation(lorraine.site)] == ["Nous écrire", "Partenaire"]


def set_navigation(site, *blocks: dict) -> None:
    settings = SiteSettings.for_site(site)
    settings.navigation = [*settings.navigation.raw_data, *blocks]
    settings.save()


def test_undo_removes_imported_entries(bring, lorraine):
    bring(*PARTS)

    undo(ImportSource.objects.get())

    assert navigation(lorraine.site) == []


def test_undo_leaves_entries_made_here(bring, lorraine, saar):
    bring(*PARTS)
    ours = {"type": "link", "value": {"url": "https://ici.example/", "label": "Ici"}}
    set_navigation(lorraine.site, ours)
    # The same entry as that of the import.
    theirs = {"type": "link", "value": {"url": "https://partenaire.example/", "label": "Partenaire"}}
    set_navigation(saar.site, theirs)

    undo(ImportSource.objects.get())

    assert navigation(lorraine.site) == [("link", ours["value"])]
    assert navigation(saar.site) == [("link", theirs["value"])]


def test_undo_leaves_the_entry_that_somebody_renamed(bring, lorraine):
    bring(*PARTS)
    settings = SiteSettings.for_site(lorraine.site)
    blocks = list(settings.navigation.raw_data)
    blocks[1]["value"]["label"] = "Nos partenaires"
    settings.navigation = blocks
    settings.save()

    undo(ImportSource.objects.get())

    assert [value["label"] for _kind, value in navigation(lorraine.site)] == ["Nos partenaires"]


def test_undo_leaves_the_entry_of_a_page_that_stays(bring, lorraine):
    bring(*PARTS)
    page = page_of(9)
    page.title = "Nous joindre"
    page.save_revision()

    undo(ImportSource.objects.get())

    assert [kind for kind, _value in navigation(lorraine.site)] == ["page"]
