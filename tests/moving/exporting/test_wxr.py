"""A site as WXR: our own import reads it and has the same titles, texts, topics, authors, dates and pictures."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from unittest import mock
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.utils.translation import override
from wagtail.models import Locale, Page

from events.importing.fetch import Fetched
from portal.media.models import Image
from portal.moving.models import ImportedItem
from portal.moving.running import Options, look_at, run
from portal.moving.sources.opening import records_of
from portal.moving.wordpress.reading import read_wxr
from portal.moving.wordpress.records import Author, Item, Term
from tests.builders import content_of, make_article, make_document, make_draft, make_standard_page
from tests.conftest import Network, rolled_back
from tests.home.dossiers.making import chapter, document_entry, link_to, make_dossier
from tests.moving.exporting.conftest import HIDDEN, START, ExportOfSite, exported


@pytest.fixture(scope="module")
def found(module_site, tmp_path_factory) -> ExportOfSite:
    return exported(module_site, tmp_path_factory.mktemp("wxr") / "site.xml", "wxr")


def words(page: Any) -> set[str]:
    texts = [text for block in page.body for text in block.block.get_searchable_content(block.value)]
    return set(re.findall(r"\w+", " ".join(texts)))


def records(found: ExportOfSite) -> list[Any]:
    return list(read_wxr(BytesIO(found.to.read_bytes())))


def item_of(found: ExportOfSite, page: Any) -> Item:
    return next(each for each in records(found) if isinstance(each, Item) and each.wp_id == page.pk)


def test_story_has_its_facts(found):
    item = item_of(found, found.site.article)

    assert (item.kind, item.status, item.title, item.slug) == ("post", "publish", "L’atelier rouvre", "atelier")
    assert item.link == f"{found.site.ground.site.root_url}/fr/rubrique/atelier/"
    assert f"{item.date:%Y-%m-%d %H:%M}" == "2026-05-17 09:30"
    assert f"{item.date_gmt:%Y-%m-%d %H:%M}" == "2026-05-17 07:30"
    assert item.slugs("post_tag") == ["bois"]
    assert item.slugs("author") == ["cap-anna-weiss", "cap-bea-roy"]
    assert item.slugs("language") == ["fr"]


def test_body_has_the_blocks_of_the_editor(found):
    content = item_of(found, found.site.article).content

    assert '<!-- wp:heading -->\n<h2 class="wp-block-heading">Un atelier ]]&gt; rouvre</h2>' in content
    assert "<!-- wp:list-item -->\n<li>une chose</li>" in content
    address = f"{found.site.ground.site.root_url}{found.site.ground.address(found.site.second)}"
    assert f'<a href="{address}">un lien</a>' in content


def test_formats_of_stories_keep_their_words(module_site, tmp_path, db):
    value = {"question": "Pourquoi ?", "speaker": "", "answer": "<p>Pour l’eau.</p>"}
    body = [{"type": "exchange", "value": value}]
    section = module_site.ground.section
    interview = make_article(section, "L’écluse", format="interview", body=body, key_points="Il dure.")
    link = make_article(section, "La carte", format="link", link="https://ailleurs.example/")
    found = exported(module_site, tmp_path / "site.xml", "wxr")

    content = item_of(found, interview).content
    places = [content.index(words) for words in ("Il dure.", "<strong>Pourquoi ?</strong>", "<p>Pour l’eau.</p>")]
    assert places == sorted(places)
    assert "interview" in item_of(found, interview).slugs("category")
    assert 'href="https://ailleurs.example/"' in item_of(found, link).content


def test_dossier_leads_to_its_entries(module_site, tmp_path, db):
    ground = module_site.ground
    story, hidden = make_article(ground.section, "La scierie"), make_draft(make_article(ground.section, "Brouillon"))
    entries = [story, hidden, link_to("Le plan"), document_entry(make_document("Le guide"))]
    dossier = make_dossier(ground.section, "Friches", chapter("Comprendre", *entries))

    content = item_of(exported(module_site, tmp_path / "site.xml", "wxr"), dossier).content

    places = [content.index(words) for words in ("Comprendre", ">La scierie</a>", 'ailleurs.example/plan"', "Le guide")]
    assert places == sorted(places)
    assert "Brouillon" not in content


def test_blocks_are_as_the_editor_saves_them(found):
    """Otherwise the editor reports unexpected or invalid content of a block."""
    content = item_of(found, found.site.article).content

    assert '<figure class="wp-block-table"><table class="has-fixed-layout"><thead>' in content
    assert '"showDownloadButton": false} -->\n<div class="wp-block-file"><a href="' in content


def test_attachment_has_an_address_at_which_readers_get_it(found, db):
    pictures = [each for each in records(found) if isinstance(each, Item) and each.title == "Le hall"]
    address = urlsplit(pictures[0].file_address)

    response = found.site.ground.reader().get(address.path)

    assert (pictures[0].kind, response.status_code) == ("attachment", 200)
    assert content_of(response)[:4] == b"\x89PNG"
    assert response["Content-Type"] == "image/png"
    assert pictures[0].value("_wp_attachment_image_alt") == "Un hall vide"


def test_pages_have_their_tree(found):
    page, below = (item_of(found, each) for each in (found.site.page, found.site.below))

    assert (page.kind, page.parent, below.kind, below.parent) == ("page", 0, "page", page.wp_id)


def test_deep_tree_of_pages_comes_in_order(module_site, tmp_path, db):
    page = module_site.page
    for number in range(12):
        page = make_standard_page(page, f"Niveau {number}")

    items = [each for each in records(exported(module_site, tmp_path / "deep.xml", "wxr")) if isinstance(each, Item)]

    places = {each.wp_id: place for place, each in enumerate(items)}
    pages = [each for each in items if each.kind == "page" and each.parent]
    assert len(pages) >= 13
    assert all(places[each.parent] < places[each.wp_id] for each in pages)


def test_event_is_a_post_with_its_date_in_the_text_and_in_the_fields_of_the_plugin(found, db):
    item = item_of(found, found.site.event)

    assert item.kind == "post"
    with override("fr"):
        assert found.site.event.only_date.when in item.content
    assert "<li>Lieu\u00a0: La Halle</li>" in item.content
    assert '<a href="https://example.org/direct">https://example.org/direct</a></li>' in item.content
    assert item.value("_EventStartDate") == f"{START:%Y-%m-%d} 09:30:00"
    assert item.value("_EventEndDate") == f"{START:%Y-%m-%d} 11:30:00"
    assert item.value("_EventTimezone") == "Europe/Paris"
    assert item.value("_EventCost") == "12 €"


def test_title_with_control_characters_leaves_the_file_readable(module_site, tmp_path, db):
    page = make_article(module_site.ground.section, "Un\x0b titre\x01 ]]> <b>")

    found = exported(module_site, tmp_path / "site.xml", "wxr")

    ET.parse(found.to)
    assert item_of(found, page).title == "Un titre ]]> <b>"


def test_sections_are_categories_and_topics_are_tags(found):
    terms = [each for each in records(found) if isinstance(each, Term)]

    assert ("category", "Rubrique fr") in {(each.taxonomy, each.name) for each in terms}
    assert ("post_tag", "Bois") in {(each.taxonomy, each.name) for each in terms}
    slugs = [(each.taxonomy, each.slug) for each in terms]
    assert len(slugs) == len(set(slugs))


def test_authors_are_named(found):
    assert {"Anna Weiß", "Béa Roy"} <= {each.name for each in records(found) if isinstance(each, Author)}


def test_drafts_private_pages_and_other_sites_are_not_public_posts(found):
    items = {each.title: each.status for each in records(found) if isinstance(each, Item)}

    assert [items.get(title) for title in HIDDEN] == [None, "private", "private", None]


def test_drafts_are_exported_as_drafts_on_request(module_site, tmp_path):
    found = exported(module_site, tmp_path / "drafts.xml", "wxr", "--drafts")

    items = {each.title: each.status for each in records(found) if isinstance(each, Item)}
    assert items["Brouillon caché"] == "draft"
    assert items["L’atelier rouvre"] == "publish"


def test_one_language_is_exported_on_request(module_site, tmp_path):
    found = exported(module_site, tmp_path / "de.xml", "wxr", "--language", "de")

    titles = [each.title for each in records(found) if isinstance(each, Item)]
    assert "Die Werkstatt" in titles
    assert "L’atelier rouvre" not in titles


def test_content_that_wordpress_cannot_hold_is_named(found):
    assert "not in the file: 1 × form" in found.output


@pytest.fixture(scope="class")
def again(found, module_network: Network, module_newsrooms) -> Iterator[dict[str, Any]]:
    """The result of our own import of the file on the other site, with the pictures that the site serves."""
    saar = module_network.saar
    reader = found.site.ground.reader()
    addresses = [each.file_address for each in records(found) if isinstance(each, Item) and each.file_address]
    # The pictures are read before the import, because its threads are outside the test's transaction.
    contents = {address: b"".join(reader.get(urlsplit(address).path)) for address in addresses}

    def served(address: str, **_facts: Any) -> Fetched:
        return Fetched(body=contents[address])

    with mock.patch("portal.moving.writing.files.fetch", served), rolled_back():
        source, locale = records_of(found.to), Locale.objects.get(language_code="fr")
        survey, mapping = look_at(source, saar.site, locale)
        run(source, saar.site, locale, survey, mapping, Options())
        rows = ImportedItem.objects.filter(kind="page").select_related("page")
        yield {row.title: row.page.specific.get_latest_revision_as_object() for row in rows}


@pytest.mark.usefixtures("db")
class TestOwnImport:
    def test_own_import_reads_the_same_story(self, found, again):
        before, after = found.site.article, again["L’atelier rouvre"]

        assert after.standfirst == before.standfirst
        assert after.publication_date == before.publication_date
        assert [row.topic.name for row in after.page_topics.all()] == ["Bois"]
        assert [row.person.name for row in after.bylines.all()] == ["Anna Weiß", "Béa Roy"]
        assert [block.block_type for block in after.body] == [block.block_type for block in before.body]

    def test_own_import_has_the_same_code(self, found, again):
        before, after = (
            [block.value for block in page.body if block.block_type == "code"]
            for page in (found.site.article, again["L’atelier rouvre"])
        )

        assert after == before

    def test_own_import_has_every_word_of_the_text(self, found, again):
        assert sorted(words(found.site.article) - words(again["L’atelier rouvre"])) == []

    def test_own_import_has_the_same_pictures(self, found, again):
        before, after = found.site.article.lead_image, again["L’atelier rouvre"].lead_image

        assert (after.title, after.description, after.credit) == (before.title, before.description, before.credit)
        assert (after.width, after.height) == (before.width, before.height)
        assert Image.objects.filter(title="Le hall").count() == 2

    def test_own_import_has_the_tree_of_pages_and_the_kinds(self, found, again):
        assert again["Équipe"].get_parent().title == "Qui sommes-nous"
        assert again["Portrait lorrain fr"].kind.name == "portrait"
        assert "Voisin caché" not in again

    def test_own_import_has_no_translation_in_the_wrong_language(self, again):
        assert "Die Werkstatt" not in again
        assert Page.objects.filter(title="Die Werkstatt").count() == 1
