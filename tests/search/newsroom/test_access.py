"""A person finds the pages of the explorer; in a chooser, also other pages, by their public text and not by drafts."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import GroupPagePermission, Page
from wagtail.permissions import page_permission_policy

from portal.editorial.roles import Role
from search.newsroom.access import choosable
from search.newsroom.find import search_pages
from tests.builders import (
    make_article,
    make_draft,
    make_member,
    make_private,
    make_section,
    make_section_member,
    newsroom_client,
)
from tests.search.newsroom.drafts import draft, found, index_pages, rewrite
from tests.search.searching import paragraph

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(lorraine, saar):
    """Drafts in two sections of a site and one on another site, all with the same rare words."""
    beside = make_section(lorraine.home, "Coulisses")
    index_pages(beside)
    return [
        draft(place, f"Obsidienne {number}", f"Le gisement de zirconium {number}.")
        for number, place in enumerate((lorraine.section, beside, saar.sections["fr"]))
    ]


@pytest.fixture
def writer(lorraine):
    group = Group.objects.create(name="Une rubrique")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page"):
        GroupPagePermission.objects.create(
            group=group, page=lorraine.section, permission=Permission.objects.get(codename=codename)
        )
    return make_member("rubrique", group)


@pytest.mark.parametrize("role", [*Role, None])
def test_person_finds_exactly_the_pages_of_the_explorer(lorraine, saar, newsroom, places, role):
    people = {None: make_member("network", is_superuser=True), **newsroom}
    person = people.get(role) or make_section_member(lorraine, role)
    shown = {page.pk for page in search_pages(person, "")}
    opened = page_permission_policy.explorable_instances(person).filter(depth__gt=1)
    opened = opened.exclude(content_type=ContentType.objects.get_for_model(Page))
    assert shown == set(opened.values_list("pk", flat=True))
    assert search_pages(person, "").total == len(shown)


def test_nothing_is_found_without_permissions(lorraine, places):
    assert (
        found(make_member("nobody"), "zirconium")
        == found(make_member("gone", is_active=False, is_superuser=True), "")
        == []
    )


def test_drafts_of_other_sites_and_sections_change_neither_counts_nor_corrections(lorraine, writer, places):
    for words in ("zirconium", "zirconnium", "obsidienne", "gisement zirconium"):
        assert found(writer, words) == ["Obsidienne 0"], words
        assert search_pages(writer, words).total == 1
    hidden = rewrite(places[1], body=paragraph("Le vanadium."))
    results = search_pages(writer, "vanadum")
    assert (results.total, results.used.searched, results.words.suggestion) == (0, "", "")
    assert found(make_member("network", is_superuser=True), "vanadum") == [hidden.draft_title]


def test_page_that_moved_away_is_found_by_its_new_newsroom_only(
    lorraine, saar, newsrooms, places, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        Page.objects.get(pk=places[0].pk).specific.move(saar.calendars["fr"], pos="last-child")
    assert "Obsidienne 0" not in found(newsrooms.lorraine[Role.EDITOR], "zirconium")
    assert "Obsidienne 0" in found(newsrooms.saar[Role.EDITOR], "zirconium")


def chosen(person, words):
    return sorted(page.draft_title for page in search_pages(person, words, access=choosable))


def test_chooser_finds_a_draft_beside_by_its_title_only(writer, places):
    assert chosen(writer, "obsidienne") == ["Obsidienne 0", "Obsidienne 1"]
    assert chosen(writer, "zirconium") == ["Obsidienne 0"]
    # An excluded word that appears only in its text does not exclude it.
    assert "Obsidienne 1" in chosen(writer, "obsidienne -zirconium")


def test_chooser_finds_a_published_page_beside_by_its_text_until_a_draft_differs(lorraine, writer, places):
    page = make_article(places[1].get_parent().specific, "Un four", body=paragraph("On y fond du germanium."))
    index_pages(page)
    assert chosen(writer, "germanium") == ["Un four"]
    rewrite(page, body=paragraph("On y fond du germanium et du tungstène."))
    assert chosen(writer, "tungstène") == chosen(writer, "germanium") == []
    assert chosen(writer, "four") == ["Un four"]


def test_chooser_finds_public_pages_of_sites_that_offer_them(lorraine, saar, newsroom, places):
    pages = [make_article(saar.sections["fr"], f"Un four {n}", body=paragraph("Le germanium.")) for n in range(4)]
    make_draft(pages[1])
    make_private(pages[2])
    rewrite(pages[3], body=paragraph("Le germanium et le tungstène."))
    index_pages(*pages)
    editor = newsroom[Role.EDITOR]
    assert chosen(editor, "germanium") == []
    offer(saar)
    assert chosen(editor, "germanium") == ["Un four 0"]
    assert chosen(editor, "tungstène") == []
    assert "Obsidienne 2" not in chosen(editor, "Obsidienne")


def offer(ground):
    from portal.content.records.settings import SiteSettings

    SiteSettings.objects.filter(site=ground.site).update(offers_its_pages=True)


def test_words_of_drafts_do_not_correct_a_person_who_may_open_no_page(lorraine, saar, places):
    pages = [make_article(saar.sections["fr"], "Un four", body=paragraph("Le germanium."))]
    index_pages(*pages)
    draft(lorraine.section, "Un secret", "Le vanadium.")
    offer(saar)

    results = search_pages(make_member("nobody"), "germanium vanadum", access=choosable)

    assert [page.draft_title for page in results] == ["Un four"]
    assert results.used.searched == ""


def test_search_of_the_page_chooser_shows_these_pages_of_the_chosen_type(lorraine, writer, places):
    client = newsroom_client(lorraine, writer)
    for kind, is_found in (
        ("", True),
        ("articles.articlepage", True),
        ("events.eventpage", False),
        ("home.homepage", False),
    ):
        html = client.get("/admin/choose-page/search/", {"q": "obsidienne", "page_type": kind}).content.decode()
        assert ("Obsidienne 0" in html, "Obsidienne 1" in html, "Obsidienne 2" in html) == (
            is_found,
            is_found,
            False,
        ), kind
