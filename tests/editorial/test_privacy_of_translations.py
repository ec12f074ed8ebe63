"""A private page is private in its aliases, its translations are asked about, and taking it down says which stay."""

import json

import pytest
from django.urls import reverse

from portal.editorial.roles import Role
from portal.editorial.translations import actions
from tests.builders import (
    change,
    make_article,
    make_private,
    make_section,
    make_settings,
    newsroom_client,
)
from tests.editorial.actions import again, let_out

SECRET = "Plan secret"


@pytest.fixture
def german(lorraine):
    return lorraine.homes["de"].locale


@pytest.fixture
def approver(newsroom):
    return newsroom[Role.APPROVER]


@pytest.fixture
def client(lorraine, approver):
    return newsroom_client(lorraine, approver)


@pytest.fixture
def pair(lorraine):
    story = make_article(lorraine.section, SECRET, slug="plan")
    twin = make_article(lorraine.sections["de"], "Geheimer Plan", slug="plan-de", translation_key=story.translation_key)
    return story, twin


def asks(ground, page) -> bool:
    """Whether a reader is asked for a password, and no list shows the title."""
    reader = ground.reader()
    word = {"fr": "actualites", "de": "nachrichten"}[page.locale.language_code]
    shown = page.title in reader.get(f"/{page.locale.language_code}/{word}/").content.decode()
    asked = 'type="password"' in reader.get(ground.address(page)).content.decode()
    assert asked != shown
    return asked


def set_privacy(client, page, kind="password", **data):
    facts = {"restriction_type": kind, "password": "sésame" if kind == "password" else "", **data}
    response = client.post(reverse("wagtailadmin_pages:set_privacy", args=[page.pk]), facts)
    assert response.status_code == 200
    return json.loads(response.content)


class TestForm:
    def test_it_names_the_translations_and_chooses_them(self, client, pair):
        story, twin = pair

        form = json.loads(client.get(reverse("wagtailadmin_pages:set_privacy", args=[story.pk])).content)["html"]

        assert "Geheimer Plan" in form
        assert f'value="{twin.pk}"' in form
        assert "checked" in form.split(f'value="{twin.pk}"')[1].split(">")[0]

    def test_chosen_translation_becomes_private_with_the_page_and_public_with_it(self, lorraine, client, pair):
        story, twin = pair

        set_privacy(client, story, translations=[twin.pk])
        assert asks(lorraine, story)
        assert asks(lorraine, twin)

        set_privacy(client, story, kind="none", translations=[twin.pk])
        assert not asks(lorraine, story)
        assert not asks(lorraine, twin)

    def test_translation_that_is_not_chosen_stays_public(self, lorraine, client, pair):
        story, twin = pair

        set_privacy(client, story)

        assert asks(lorraine, story)
        assert not asks(lorraine, twin)

    def test_translation_with_a_rule_of_its_own_is_not_chosen_beforehand(self, client, pair):
        story, twin = pair
        make_private(twin, password="anderes")

        form = json.loads(client.get(reverse("wagtailadmin_pages:set_privacy", args=[story.pk])).content)["html"]

        assert "checked" not in form.split(f'value="{twin.pk}"')[1].split(">")[0]

    def test_translation_elsewhere_is_not_asked_about_and_not_changed(self, lorraine, saar, client):
        story = make_article(lorraine.section, SECRET)
        foreign = make_article(saar.sections["de"], "Anderswo", translation_key=story.translation_key)

        assert "Anderswo" not in client.get(reverse("wagtailadmin_pages:set_privacy", args=[story.pk])).content.decode()
        set_privacy(client, story, translations=[foreign.pk])

        assert not foreign.view_restrictions.exists()

    def test_mistake_changes_nothing(self, lorraine, client, pair):
        story, twin = pair

        answer = set_privacy(client, story, password="", translations=[twin.pk])

        assert answer["step"] == "set_privacy"
        assert not asks(lorraine, story)
        assert not asks(lorraine, twin)

    def test_editor_sets_no_privacy(self, lorraine, newsroom, pair):
        story, twin = pair
        editor = newsroom_client(lorraine, newsroom[Role.EDITOR])

        response = editor.post(
            reverse("wagtailadmin_pages:set_privacy", args=[story.pk]),
            {"restriction_type": "login", "translations": [twin.pk]},
        )

        assert response.status_code in (302, 403)
        assert not asks(lorraine, story)
        assert not asks(lorraine, twin)


class TestTranslationOfAPrivatePage:
    """Private before it is translated, by its own rule or by that of a section whose translation is public."""

    @pytest.mark.parametrize("rule_on", ["page", "section"])
    def test_it_is_private_from_the_start(self, lorraine, approver, german, rule_on):
        section = make_section(lorraine.home, "Comité")
        story = make_article(section, SECRET)
        actions.start(section, german, approver)
        twin = actions.start(story, german, approver)
        assert not twin.get_view_restrictions().exists()
        twin.delete()
        make_private(story if rule_on == "page" else section, password="sésame")

        twin = actions.start(again(story), german, approver)

        assert twin.view_restrictions.get().password == "sésame"
        let_out(twin.get_parent().specific)
        let_out(twin)
        assert asks(lorraine, again(twin))

    def test_update_makes_it_private_too_and_never_public(self, lorraine, approver, german, pair):
        story, twin = pair
        rule = make_private(story, password="sésame")
        change(story, title="Plan plus secret")

        actions.update(twin, approver)
        assert asks(lorraine, twin)

        rule.delete()
        change(story, title="Plan public")
        actions.update(twin, approver)
        assert asks(lorraine, twin)


class TestAliases:
    """What shows a page elsewhere, made before or after the page became private."""

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("rule_on", ["page", "section"])
    def test_alias_in_another_section(self, lorraine, when, rule_on):
        story = make_article(lorraine.section, SECRET)
        elsewhere = make_section(lorraine.home, "Bois")
        place = story if rule_on == "page" else lorraine.section
        if when == "before":
            make_private(place, password="sésame")
        alias = story.create_alias(parent=elsewhere, update_slug="copie")
        if when == "after":
            assert not asks(lorraine, alias)
            make_private(place, password="sésame")

        assert asks(lorraine, alias)

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_alias_in_another_language(self, lorraine, german, when):
        story = make_article(lorraine.section, SECRET)
        if when == "before":
            make_private(story, password="sésame")
        alias = story.copy_for_translation(german, alias=True)
        if when == "after":
            assert not asks(lorraine, alias)
            make_private(story, password="sésame")

        assert asks(lorraine, alias)

    def test_alias_of_an_alias(self, lorraine, german):
        story = make_article(lorraine.section, SECRET)
        first = story.create_alias(parent=make_section(lorraine.home, "Bois"), update_slug="copie")
        second = first.create_alias(parent=make_section(lorraine.home, "Fer"), update_slug="copie")

        make_private(story, password="sésame")

        assert asks(lorraine, first)
        assert asks(lorraine, second)


class TestTakingDown:
    def test_confirmation_names_the_translations_that_stay(self, lorraine, client, pair):
        story, twin = pair

        page = client.get(reverse("wagtailadmin_pages:unpublish", args=[story.pk])).content.decode()
        assert "translations stay" in page
        assert "Geheimer Plan" in page
        assert reverse("wagtailadmin_pages:unpublish", args=[twin.pk]) in page

        client.post(reverse("wagtailadmin_pages:unpublish", args=[story.pk]))
        assert not again(story).live
        assert again(twin).live
        assert lorraine.reader().get(lorraine.address(twin)).status_code == 200

    def test_draft_of_a_translation_is_no_translation_that_stays(self, client, lorraine, approver, german):
        story = make_article(lorraine.section, SECRET)
        actions.start(story, german, approver)

        page = client.get(reverse("wagtailadmin_pages:unpublish", args=[story.pk])).content.decode()

        assert "translations stay" not in page

    def test_confirmation_names_the_copies_that_go(self, lorraine, client):
        story = make_article(lorraine.section, SECRET)
        alias = story.create_alias(parent=make_section(lorraine.home, "Bois"), update_slug="copie")

        page = client.get(reverse("wagtailadmin_pages:unpublish", args=[story.pk])).content.decode()
        assert alias.full_url in page

        client.post(reverse("wagtailadmin_pages:unpublish", args=[story.pk]))
        assert lorraine.reader().get(lorraine.address(alias)).status_code in (404, 410)


def test_untranslated_page_is_no_page_of_another_language(lorraine, german):
    """Nothing is put into other languages by itself: neither when it is published nor when its section is translated."""
    story = make_article(make_section(lorraine.home, "Bois"), "Sans traduction")
    change(story, title="Toujours sans traduction")

    assert not story.get_translations().exists()
    assert not story.get_parent().get_translations().exists()


class TestSiteThatShowsUntranslatedPages:
    @pytest.fixture(autouse=True)
    def chosen(self, lorraine):
        make_settings(lorraine, shows_untranslated=True)

    def test_page_is_shown_in_the_other_language_of_its_section_as_that_of_the_original(self, lorraine, german):
        story = make_article(lorraine.section, "Sans traduction", slug="sans")

        page = lorraine.reader().get("/de/rubrique/sans/").content.decode()

        assert story.get_translation(german).alias_of_id == story.pk
        assert "Sans traduction" in page
        assert f'rel="canonical" href="{lorraine.site.root_url}/fr/rubrique/sans/"' in page

    def test_other_site_shows_none(self, saar):
        story = make_article(saar.sections["fr"], "Sans traduction")

        assert not story.get_translations().exists()

    def test_page_below_a_section_that_is_not_translated_is_not_shown(self, lorraine):
        story = make_article(make_section(lorraine.sections["de"], "Holz"), "Ohne Übersetzung")

        assert not story.get_translations().exists()

    def test_its_translation_takes_its_place(self, lorraine, approver, german):
        story = make_article(lorraine.section, "Sans traduction", slug="sans")
        alias = story.get_translation(german)

        twin = actions.start(story, german, approver)

        assert (twin.pk, twin.alias_of_id, twin.live) == (alias.pk, None, True)
        change(story, title="Autre titre")
        assert "Sans traduction" in lorraine.reader().get("/de/rubrique/sans/").content.decode()
        assert again(twin).has_unpublished_changes

    def test_private_page_is_private_there_too(self, lorraine, german):
        story = make_article(lorraine.section, SECRET)
        make_private(story, password="sésame")

        assert asks(lorraine, story.get_translation(german))
