"""Hidden pages never appear in search; see also `test_decoys`."""

import pytest
from wagtail.models import Collection, CollectionViewRestriction

from tests.builders import (
    make_article,
    make_document,
    make_draft,
    make_newsroom,
    make_person,
    make_private,
    make_section,
    newsroom_client,
    work_off,
)
from tests.search.searching import get_results, search, stories, titles

pytestmark = pytest.mark.django_db

WORD = "xylographie"


def responses(ground, reader, query=WORD) -> str:
    """The results pages for a query on this site and on all sites, and its suggestions, as text."""
    pages = [get_results(reader, query), get_results(reader, query, sites="all", languages="all")]
    text = "".join(page.content.decode() for page in pages)
    # The pages repeat the query itself.
    text = text.replace(query, "")
    return text + reader.get("/fr/recherche/suggestions.json", {"q": query}).content.decode()


def is_absent(ground, reader, title) -> bool:
    found = search(ground, WORD, sites="all", languages="all")
    return found.total == 0 and not found.facets and not found.page_results and title not in responses(ground, reader)


def test_unpublished_changes_of_a_live_page_are_absent(lorraine, reader):
    [page] = stories(lorraine, "Un article public")
    page.title = f"La {WORD} secrète"
    page.save_revision()
    assert is_absent(lorraine, reader, page.title)


@pytest.mark.parametrize("place", ["page", "section"])
def test_private_page_is_absent_until_it_is_public_again(lorraine, reader, place):
    section = make_section(lorraine.home, "Réservé")
    page = make_article(section, f"La {WORD} secrète")
    rule = make_private(page if place == "page" else section, password="x")
    assert is_absent(lorraine, reader, page.title)
    rule.delete()
    assert titles(lorraine, WORD) == [page.title]


def test_other_sites_and_languages_are_absent_unless_all_are_searched(lorraine, saar):
    here, *_others = [*stories(lorraine, f"La {WORD} d’ici"), *stories(lorraine, f"Die {WORD} heute", language="de")]
    [there] = stories(saar, f"La {WORD} de là-bas", language="fr")
    assert titles(lorraine, WORD) == [here.title]
    assert search(lorraine, WORD).total == 1
    assert set(titles(lorraine, WORD, sites="all")) == {here.title, there.title}
    assert set(titles(lorraine, WORD, languages="all")) == {here.title, f"Die {WORD} heute"}


def test_alias_is_found_as_its_original_unless_that_is_private(lorraine, saar, reader):
    [page] = stories(saar, f"La {WORD} partagée", language="fr")
    page.create_alias(parent=lorraine.section)
    assert titles(lorraine, WORD) == []
    assert titles(lorraine, WORD, sites="all") == [page.title]
    make_private(page)
    assert is_absent(lorraine, reader, page.title)


def test_public_translation_of_a_page_made_private_is_still_found(lorraine, reader):
    page = make_article(lorraine.section, f"La {WORD} secrète")
    translation = page.copy_for_translation(lorraine.calendars["de"].locale, copy_parents=True)
    assert titles(lorraine, WORD, languages="all") == [page.title]
    translation.title = f"Die {WORD}"
    translation.save_revision().publish()
    make_private(page)
    assert titles(lorraine, WORD, languages="all") == [translation.title]


def test_page_of_an_unpublished_home_page_is_absent(lorraine, saar, reader):
    page = make_article(saar.sections["fr"], f"La {WORD} de là-bas")
    make_draft(saar.homes["fr"])
    assert page.title not in titles(lorraine, WORD, sites="all", languages="all")


def test_members_of_another_newsroom_find_the_same_as_readers(lorraine, saar):
    make_draft(make_article(lorraine.section, f"La {WORD} secrète"))
    page = make_article(lorraine.section, f"Une {WORD} réservée")
    make_private(page)
    for user in make_newsroom(saar).values():
        client = newsroom_client(lorraine, user)
        assert is_absent(lorraine, client, page.title)


def test_person_without_a_public_story_is_not_suggested(lorraine, saar, reader):
    person = make_person("Zénobie Quartz")
    page = make_article(lorraine.section, "Un portrait", authors=[person])
    make_article(saar.sections["fr"], "Un autre", authors=[make_person("Zacharie Ailleurs")])
    response = reader.get("/fr/recherche/suggestions.json", {"q": "zen"}).json()
    found = [(each["label"], each["url"]) for each in response["suggestions"]]
    assert found == [("Zénobie Quartz", "/fr/auteurs/zenobie-quartz/")]
    assert reader.get("/fr/recherche/suggestions.json", {"q": "zach"}).json() == {"suggestions": []}
    make_private(page)
    assert reader.get("/fr/recherche/suggestions.json", {"q": "zen"}).json() == {"suggestions": []}


def test_page_is_not_found_by_the_text_of_a_private_document(lorraine, reader):
    document = make_document("Étude", "etude.txt", f"Une étude de la {WORD}".encode())
    closed = Collection.get_first_root_node().add_child(instance=Collection(name="Fermé"))
    page = make_article(
        lorraine.section, "Un dossier", body=[{"type": "download", "value": {"document": document.pk, "title": ""}}]
    )
    work_off()
    assert titles(lorraine, WORD) == [page.title]
    document.collection = closed
    document.save()
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    assert is_absent(lorraine, reader, WORD)
