"""Aliases of a private page are private, the form offers its translations, and unpublishing lists those that stay."""

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
from tests.checkers.refusals import is_refused
from tests.editorial.actions import publish_as_system, reload

SECRET = "Plan secret"


@pytest.fixture
def client(lorraine, approver):
    return newsroom_client(lorraine, approver)


@pytest.fixture
def pair(lorraine):
    story = make_article(lorraine.section, SECRET, slug="plan")
    translation = make_article(
        lorraine.sections["de"], "Geheimer Plan", slug="plan-de", translation_key=story.translation_key
    )
    return story, translation


def is_private(ground, page) -> bool:
    """Whether readers get the password form. If so, no list shows the title; otherwise, one does."""
    reader = ground.reader()
    word = {"fr": "actualites", "de": "nachrichten"}[page.locale.language_code]
    shown = page.title in reader.get(f"/{page.locale.language_code}/{word}/").content.decode()
    is_asked = 'type="password"' in reader.get(ground.address(page)).content.decode()
    assert is_asked != shown
    return is_asked


def set_privacy(client, page, kind="password", **data):
    facts = {"restriction_type": kind, "password": "sésame" if kind == "password" else "", **data}
    response = client.post(reverse("wagtailadmin_pages:set_privacy", args=[page.pk]), facts)
    assert response.status_code == 200
    return json.loads(response.content)


class TestForm:
    def test_form_preselects_the_translations(self, client, pair):
        story, translation = pair

        form = json.loads(client.get(reverse("wagtailadmin_pages:set_privacy", args=[story.pk])).content)["html"]

        assert "Geheimer Plan" in form
        assert f'value="{translation.pk}"' in form
        assert "checked" in form.split(f'value="{translation.pk}"')[1].split(">")[0]

    def test_chosen_translation_becomes_private_with_the_page_and_public_with_it(self, lorraine, client, pair):
        story, translation = pair

        set_privacy(client, story, translations=[translation.pk])
        assert is_private(lorraine, story)
        assert is_private(lorraine, translation)

        set_privacy(client, story, kind="none", translations=[translation.pk])
        assert not is_private(lorraine, story)
        assert not is_private(lorraine, translation)

    def test_translation_that_is_not_chosen_stays_public(self, lorraine, client, pair):
        story, translation = pair

        set_privacy(client, story)

        assert is_private(lorraine, story)
        assert not is_private(lorraine, translation)

    def test_translation_with_another_restriction_is_not_preselected(self, client, pair):
        story, translation = pair
        make_private(translation, password="anderes")

        form = json.loads(client.get(reverse("wagtailadmin_pages:set_privacy", args=[story.pk])).content)["html"]

        assert "checked" not in form.split(f'value="{translation.pk}"')[1].split(">")[0]

    def test_translation_on_another_site_is_not_offered_and_not_changed(self, lorraine, saar, client):
        story = make_article(lorraine.section, SECRET)
        foreign = make_article(saar.sections["de"], "Anderswo", translation_key=story.translation_key)

        assert "Anderswo" not in client.get(reverse("wagtailadmin_pages:set_privacy", args=[story.pk])).content.decode()
        set_privacy(client, story, translations=[foreign.pk])

        assert not foreign.view_restrictions.exists()

    def test_invalid_form_changes_nothing(self, lorraine, client, pair):
        story, translation = pair

        response = set_privacy(client, story, password="", translations=[translation.pk])

        assert response["step"] == "set_privacy"
        assert not is_private(lorraine, story)
        assert not is_private(lorraine, translation)

    def test_editor_sets_no_privacy(self, lorraine, newsroom, pair):
        story, translation = pair
        editor = newsroom_client(lorraine, newsroom[Role.EDITOR])

        response = editor.post(
            reverse("wagtailadmin_pages:set_privacy", args=[story.pk]),
            {"restriction_type": "login", "translations": [translation.pk]},
        )

        assert is_refused(response)
        assert not is_private(lorraine, story)
        assert not is_private(lorraine, translation)


class TestTranslationOfAPrivatePage:
    """The page is private before its translation, by its own rule or by that of a section with a public translation."""

    @pytest.mark.parametrize("rule_on", ["page", "section"])
    def test_translation_of_a_private_page_is_private_from_the_start(self, lorraine, approver, german, rule_on):
        section = make_section(lorraine.home, "Comité")
        story = make_article(section, SECRET)
        actions.start(section, german, approver)
        translation = actions.start(story, german, approver)
        assert not translation.get_view_restrictions().exists()
        translation.delete()
        rule = make_private(story if rule_on == "page" else section, password="sésame")

        translation = actions.start(reload(story), german, approver)

        assert translation.view_restrictions.get().password == rule.password
        publish_as_system(translation.get_parent().specific)
        publish_as_system(translation)
        assert is_private(lorraine, reload(translation))

    def test_update_makes_translation_private_and_never_public(self, lorraine, approver, german, pair):
        story, translation = pair
        rule = make_private(story, password="sésame")
        change(story, title="Plan plus secret")

        actions.update(translation, approver)
        assert is_private(lorraine, translation)

        rule.delete()
        change(story, title="Plan public")
        actions.update(translation, approver)
        assert is_private(lorraine, translation)


class TestAliases:
    """Aliases created before or after the page became private."""

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
            assert not is_private(lorraine, alias)
            make_private(place, password="sésame")

        assert is_private(lorraine, alias)

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_alias_in_another_language(self, lorraine, german, when):
        story = make_article(lorraine.section, SECRET)
        if when == "before":
            make_private(story, password="sésame")
        alias = story.copy_for_translation(german, alias=True)
        if when == "after":
            assert not is_private(lorraine, alias)
            make_private(story, password="sésame")

        assert is_private(lorraine, alias)

    def test_alias_of_an_alias(self, lorraine, german):
        story = make_article(lorraine.section, SECRET)
        first = story.create_alias(parent=make_section(lorraine.home, "Bois"), update_slug="copie")
        second = first.create_alias(parent=make_section(lorraine.home, "Fer"), update_slug="copie")

        make_private(story, password="sésame")

        assert is_private(lorraine, first)
        assert is_private(lorraine, second)


class TestTakingDown:
    def test_confirmation_names_the_translations_that_stay(self, lorraine, client, pair):
        story, translation = pair

        page = client.get(reverse("wagtailadmin_pages:unpublish", args=[story.pk])).content.decode()
        assert "translations stay" in page
        assert "Geheimer Plan" in page
        assert reverse("wagtailadmin_pages:unpublish", args=[translation.pk]) in page

        client.post(reverse("wagtailadmin_pages:unpublish", args=[story.pk]))
        assert not reload(story).live
        assert reload(translation).live
        assert lorraine.reader().get(lorraine.address(translation)).status_code == 200

    def test_draft_translation_is_not_listed_as_staying(self, client, lorraine, approver, german):
        story = make_article(lorraine.section, SECRET)
        actions.start(story, german, approver)

        page = client.get(reverse("wagtailadmin_pages:unpublish", args=[story.pk])).content.decode()

        assert "translations stay" not in page

    def test_confirmation_names_the_aliases_that_go_offline(self, lorraine, client):
        story = make_article(lorraine.section, SECRET)
        alias = story.create_alias(parent=make_section(lorraine.home, "Bois"), update_slug="copie")

        page = client.get(reverse("wagtailadmin_pages:unpublish", args=[story.pk])).content.decode()
        assert alias.full_url in page

        client.post(reverse("wagtailadmin_pages:unpublish", args=[story.pk]))
        assert lorraine.reader().get(lorraine.address(alias)).status_code == 410


def test_untranslated_page_does_not_exist_in_another_language(lorraine, german):
    """Neither publication nor the section's translation creates pages in other languages."""
    story = make_article(make_section(lorraine.home, "Bois"), "Sans traduction")
    change(story, title="Toujours sans traduction")

    assert not story.get_translations().exists()
    assert not story.get_parent().get_translations().exists()


class TestSiteThatShowsUntranslatedPages:
    @pytest.fixture(autouse=True)
    def chosen(self, lorraine):
        make_settings(lorraine, shows_untranslated=True)

    def test_untranslated_page_is_shown_as_an_alias(self, lorraine, german):
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

    def test_translation_replaces_the_alias(self, lorraine, approver, german):
        story = make_article(lorraine.section, "Sans traduction", slug="sans")
        alias = story.get_translation(german)

        translation = actions.start(story, german, approver)

        assert (translation.pk, translation.alias_of_id, translation.live) == (alias.pk, None, True)
        change(story, title="Autre titre")
        assert "Sans traduction" in lorraine.reader().get("/de/rubrique/sans/").content.decode()
        assert reload(translation).has_unpublished_changes

    def test_private_page_is_private_there_too(self, lorraine, german):
        story = make_article(lorraine.section, SECRET)
        make_private(story, password="sésame")

        assert is_private(lorraine, story.get_translation(german))
