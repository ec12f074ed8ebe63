"""Changes of settings, menus and text are visible at once in every process, although each caches them."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from wagtail.models import Locale, PageViewRestriction, Site

from home.models import HomePage
from portal.content.records.topics import Topic
from portal.content.serving import snapshot
from portal.content.serving.fragment_cache import FragmentCache
from tests.builders import (
    change,
    make_article,
    make_document,
    make_image,
    make_private,
    make_section,
    make_site,
    make_topic,
    publish,
    reader_of,
)
from tests.editorial.drafts import draft


@pytest.fixture
def elsewhere(lorraine, monkeypatch):
    """Fetches a page in another process, whose caches date from before the change."""
    memories: dict = {}
    addresses: dict = {}

    def read(path: str = "/fr/") -> BeautifulSoup:
        with monkeypatch.context() as patch:
            patch.setattr(snapshot, "_snapshots", memories)
            patch.setattr(snapshot, "_addresses", addresses)
            return BeautifulSoup(lorraine.reader().get(path).content, "html.parser")

    # The page is requested twice, because the first reader of a new site creates its settings.
    read()
    read()
    assert memories
    return read


def menu(html: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in html.select(".masthead__sections a")]


def test_snapshot_is_not_rebuilt_while_nothing_changes(lorraine, elsewhere, django_assert_num_queries):
    frame = snapshot.snapshot_of(lorraine.host, "80")
    draft(lorraine, None)

    with django_assert_num_queries(1):
        assert snapshot.snapshot_of(lorraine.host, "80") is frame


def test_new_title_of_a_section_is_in_menu_label_and_breadcrumb_at_once(lorraine, elsewhere):
    article = make_article(lorraine.section, "Une usine")
    change(lorraine.section, title="Industrie")

    html = elsewhere(lorraine.address(article))

    assert menu(html) == ["Industrie"]
    assert "Industrie" in html.select_one(".breadcrumb").get_text()
    assert "Industrie" in html.select_one(".story__label").get_text()


def test_draft_title_of_a_section_is_shown_nowhere(lorraine, elsewhere):
    lorraine.section.title = "En préparation"
    lorraine.section.save_revision()

    assert menu(elsewhere()) == ["Rubrique fr"]


def test_new_host_is_served_at_once_and_the_old_one_is_not(lorraine, elsewhere):
    lorraine.site.hostname = "grandest.localhost"
    lorraine.site.save()

    assert reader_of("grandest.localhost").get("/fr/").status_code == 200
    assert reader_of("lorraine.localhost").get("/fr/").status_code == 400


def test_new_site_of_the_network_is_shown_at_once(lorraine, elsewhere):
    ground = make_site("lux.localhost", name="Passerelle")
    assert "Passerelle" in elsewhere().select_one(".network").get_text()

    ground.site.site_name = "Passage"
    ground.site.save()
    assert "Passage" in elsewhere().select_one(".network").get_text()

    Site.objects.filter(pk=ground.site.pk).delete()
    assert "Passage" not in str(elsewhere())


def test_new_language_of_the_site_is_offered_at_once(lorraine, elsewhere):
    assert not elsewhere().select_one("a[hreflang=en]")

    english = HomePage(
        title="Lorraine",
        slug="lorraine-en",
        locale=Locale.objects.get_or_create(language_code="en")[0],
        translation_key=lorraine.home.translation_key,
    )
    publish(english, lorraine.home.get_parent())

    assert elsewhere().select_one("a[hreflang=en]")["href"] == "/en/"
    assert lorraine.reader().get("/en/").status_code == 200


def test_new_url_of_a_page_is_in_the_texts_that_link_to_it_at_once(lorraine, elsewhere):
    wood = make_section(lorraine.home, "Bois")
    target = make_article(wood, "Cible")
    body = [
        {"type": "paragraph", "value": f'<p><a linktype="page" id="{target.pk}">Lire</a></p>'},
        {"type": "button", "value": {"label": "Voir", "page": target.pk, "url": ""}},
    ]
    article = make_article(lorraine.section, body=body)
    elsewhere(lorraine.address(article))

    target.move(lorraine.section, pos="last-child")
    target.refresh_from_db()

    links = {link["href"] for link in elsewhere(lorraine.address(article)).select(".prose a")}
    assert {link.replace("http://lorraine.localhost", "") for link in links} == {lorraine.address(target)}


def test_new_title_of_a_document_and_credit_of_an_image_are_shown_at_once(lorraine, elsewhere, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    document, image = make_document("Guide"), make_image("Vue", credit="Avant")
    figure = {"image": image.pk, "alt": "Vue", "caption": "", "credit": "", "wide": False}
    body = [{"type": "download", "value": {"document": document.pk, "title": ""}}, {"type": "figure", "value": figure}]
    article = make_article(lorraine.section, body=body)
    elsewhere(lorraine.address(article))

    document.title, image.credit = "Le nouveau guide", "Après"
    document.save()
    image.save()

    text = elsewhere(lorraine.address(article)).select_one(".prose").get_text()
    assert "Le nouveau guide" in text
    assert "Après" in text


def written(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_host_changed_by_an_update_is_served_and_linked_to_at_once(lorraine, saar, elsewhere):
    target = make_article(saar.section, "Cible", slug="cible")
    body = [{"type": "paragraph", "value": f'<p><a linktype="page" id="{target.pk}">Lire</a></p>'}]
    address = lorraine.address(make_article(lorraine.section, body=body))
    assert "//saar.localhost/" in elsewhere(address).select_one(".prose a")["href"]

    Site.objects.filter(pk=saar.site.pk).update(hostname="sarre.localhost")

    assert "//sarre.localhost/" in elsewhere(address).select_one(".prose a")["href"]
    assert reader_of("sarre.localhost").get("/de/").status_code == 200
    assert reader_of("saar.localhost").get("/de/").status_code == 400


@pytest.mark.parametrize(
    "write",
    [
        lambda topic: Topic.objects.filter(pk=topic.pk).update(name="Énergies"),
        lambda topic: written("UPDATE core_topic SET name = 'Énergies' WHERE id = %s", topic.pk),
        lambda topic: Topic.objects.bulk_create([Topic(name="Énergies", slug="energies", locale=topic.locale)]),
    ],
    ids=["update", "sql", "bulk_create"],
)
def test_topic_written_without_a_signal_can_be_chosen_at_once(lorraine, elsewhere, write):
    topic = make_topic("Énergie", slug="energie")
    assert "Énergies" not in elsewhere("/fr/actualites/").select_one("select[name=topic]").get_text()

    write(topic)

    assert "Énergies" in elsewhere("/fr/actualites/").select_one("select[name=topic]").get_text()


def test_privacy_rule_written_in_bulk_holds_at_once(lorraine, elsewhere):
    assert menu(elsewhere()) == ["Rubrique fr"]
    rule = PageViewRestriction(page=lorraine.section.page_ptr, restriction_type=PageViewRestriction.LOGIN)

    PageViewRestriction.objects.bulk_create([rule])
    assert menu(elsewhere()) == []

    PageViewRestriction.objects.all()._raw_delete(connection.alias)
    assert menu(elsewhere()) == ["Rubrique fr"]


def test_snapshot_of_a_rolled_back_transaction_is_discarded(lorraine):
    """The edition is read in a transaction that fails; the next change is a view restriction."""
    article = make_article(lorraine.section, "La fonderie")
    address = lorraine.address(article)

    with pytest.raises(ValueError, match="fault"), transaction.atomic():
        Topic.objects.create(name="Bois", slug="bois", locale=lorraine.home.locale)
        snapshot.snapshot_of("lorraine.localhost", "80")
        raise ValueError("fault")
    make_private(lorraine.section, "secret")

    assert "La fonderie" not in lorraine.reader().get(address).content.decode()


def test_fragment_cache_evicts_the_oldest_entry():
    cache = FragmentCache(10)
    for key in range(5):
        cache.get_or_make((key,), lambda: "four")

    made = []
    cache.get_or_make((4,), lambda: made.append(4) or "new")
    cache.get_or_make((0,), lambda: made.append(0) or "new")

    assert made == [0]
    assert cache.used <= 10
