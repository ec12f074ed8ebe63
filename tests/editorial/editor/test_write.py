"""The menu “Write” offers the page types and the sections in which the user may write, and no others."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import Page

from portal.editorial.roles import Role
from tests.builders import locale, make_article, newsroom_client


def address(kind: str, query: str = "") -> str:
    return reverse("write_kind", args=kind.split(".")) + query


def menu_of(client) -> list[str]:
    """The addresses in the menu “Write”."""
    html = client.get(reverse("wagtailadmin_home")).content.decode()
    kinds = [
        "articles.articlepage",
        "articles.livepage",
        "articles.portraitpage",
        "events.eventpage",
        "events.recappage",
        "home.dossierpage",
        "home.standardpage",
    ]
    return [kind for kind in kinds if address(kind) in html]


@pytest.fixture
def editor(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


def test_editor_is_offered_every_kind(editor):
    assert len(menu_of(editor)) == 7


def test_organiser_is_offered_events_and_recaps_only(lorraine, newsroom):
    assert menu_of(newsroom_client(lorraine, newsroom[Role.ORGANISER])) == ["events.eventpage", "events.recappage"]


def test_first_page_requires_a_choice_among_the_own_sections(editor, lorraine, saar):
    html = editor.get(address("articles.articlepage")).content.decode()

    assert reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk]) in html
    assert reverse("wagtailadmin_pages:add", args=["articles", "articlepage", saar.section.pk]) not in html


def test_last_section_is_remembered(editor, lorraine, newsroom):
    make_article(lorraine.section, owner=newsroom[Role.EDITOR])

    response = editor.get(address("articles.articlepage"))

    assert response.url == reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])


def test_page_after_a_translation_begins_in_the_language_of_the_original(editor, lorraine, newsroom):
    article = make_article(lorraine.section, owner=newsroom[Role.EDITOR])
    article.copy_for_translation(locale("de")).save_revision(user=newsroom[Role.EDITOR])

    response = editor.get(address("articles.articlepage"))

    assert response.url == reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])


def test_page_after_a_colleagues_page_was_edited_begins_in_the_own_section(editor, lorraine, newsroom):
    make_article(lorraine.section, owner=newsroom[Role.EDITOR])
    make_article(lorraine.sections["de"]).save_revision(user=newsroom[Role.EDITOR])

    response = editor.get(address("articles.articlepage"))

    assert response.url == reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])


@pytest.mark.parametrize("before", [1, 2])
def test_page_after_one_in_a_less_usual_language_requires_a_choice(editor, lorraine, newsroom, before):
    for _number in range(before):
        make_article(lorraine.section, owner=newsroom[Role.EDITOR])
    make_article(lorraine.sections["de"], owner=newsroom[Role.EDITOR])

    html = editor.get(address("articles.articlepage")).content.decode()

    assert reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk]) in html


@pytest.mark.parametrize(("code", "leads_on"), [("fr", True), ("de", False), ("en", True)])
def test_first_page_of_an_owner_who_began_none_requires_a_choice_if_the_newsroom_has_another_language(
    lorraine, newsroom, code, leads_on
):
    article = make_article(lorraine.section)
    Page.objects.filter(pk=article.pk).update(owner=newsroom[Role.EDITOR])
    client = lorraine.reader(accept_language=code)
    client.force_login(newsroom[Role.EDITOR])

    response = client.get(address("articles.articlepage"))

    assert (response.status_code == 302) == leads_on


def test_page_after_one_begun_in_the_newsroom_begins_in_its_section(lorraine, newsroom):
    make_article(lorraine.section, owner=newsroom[Role.EDITOR])
    client = lorraine.reader(accept_language="de")
    client.force_login(newsroom[Role.EDITOR])

    response = client.get(address("articles.articlepage"))

    assert response.url == reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])


def test_another_section_can_be_chosen(editor, lorraine, newsroom):
    make_article(lorraine.section, owner=newsroom[Role.EDITOR])

    html = editor.get(address("articles.articlepage", "?choose")).content.decode()

    assert "where you last began a page" in html


def test_new_page_says_where_it_belongs(editor, lorraine):
    html = editor.get(
        reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])
    ).content.decode()

    assert address("articles.articlepage", "?choose") in html


@pytest.mark.parametrize("kind", ["home.homepage", "core.topic", "x.y"])
def test_other_kinds_are_not_found(editor, kind):
    assert editor.get(address(kind)).status_code == 404


@pytest.mark.parametrize(("code", "languages"), [("fr", ["Français", "Allemand"]), ("de", ["Deutsch", "Französisch"])])
def test_sections_are_grouped_by_language_with_the_own_first(lorraine, newsroom, code, languages):
    client = lorraine.reader(accept_language=code)
    client.force_login(newsroom[Role.EDITOR])
    html = BeautifulSoup(client.get(address("articles.articlepage")).content, "html.parser")

    assert [heading.text for heading in html.select(".write h3")] == languages
    first = html.select_one(".write__places").text
    assert f"Rubrique {code}" in first
    assert f"Rubrique {'de' if code == 'fr' else 'fr'}" not in first


def test_form_of_an_event_says_in_which_calendar_it_begins(lorraine, editor):
    place = lorraine.calendars["de"]
    form = editor.get(reverse("wagtailadmin_pages:add", args=["events", "eventpage", place.pk]))

    message = BeautifulSoup(form.content, "html.parser").select_one(".checklist__place strong").get_text()
    assert message == f"{lorraine.sections['de'].title} › {place.title} (German)"
