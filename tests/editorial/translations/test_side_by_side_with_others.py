"""Side-by-side translation: later changes to the original, machine translation, review, and ancestors."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from portal.editorial.approval.completeness import missing_findings
from portal.editorial.roles import Role
from portal.editorial.translations import actions
from tests.builders import (
    change,
    locale,
    make_article,
    make_section,
    newsroom_client,
)
from tests.editorial.actions import reload
from tests.editorial.side_by_side import Window, draft_of, fill_in
from tests.editorial.translations.opened import (  # noqa: F401 - fixtures
    module_story,
    module_translation,
    module_window,
    story,
    translation,
    window,
)

DUMMY = {"CLASS": "wagtail_localize.machine_translators.dummy.DummyTranslator"}

# ruff: noqa: F811


class TestOriginalHasChanged:
    @pytest.fixture
    def changed(self, window, translation, story):
        fill_in(window)
        window.send()
        change(story, standfirst="Deux cents postes.")

    def test_changes_of_the_original_are_shown_before_an_update(self, window, changed):
        html = BeautifulSoup(window.client.get(window.address).content, "html.parser")

        assert html.select_one(".source-changes__label").text == "Standfirst"
        assert html.select_one(".source-changes del").text == "Cent"
        assert html.select_one(".source-changes ins").text == "Deux cents"

    def test_changed_passage_stands_first_with_its_difference(self, window, changed, translation):
        window.client.post(window.address, {"take-over": "1"})
        window.show(window.client.get(window.address))

        assert window.states()[0] == ("Standfirst", "changed")
        assert window.html.select_one(".passage__change ins").text == "Deux cents"
        assert draft_of(translation).standfirst == "Hundert Stellen."

    @pytest.mark.parametrize("act", ["write", "confirm"])
    def test_changed_passage_is_done_once_translated_or_confirmed(self, window, changed, act):
        window.client.post(window.address, {"take-over": "1"})
        window.show(window.client.get(window.address))
        if act == "write":
            window.write("Standfirst", "Zweihundert Stellen.")
        else:
            window.confirm("Standfirst")
        window.show(window.client.get(window.send().url))

        assert {state for _label, state in window.states()} == {"done", "same"}

    def test_form_opened_before_the_change_loses_nothing(self, window, changed, translation):
        window.write("Title", "Ganz anders")

        html = BeautifulSoup(window.send().content, "html.parser")

        assert "Ganz anders" in html.select_one("#translation-orphaned").text
        assert draft_of(translation).title == "Holz"

    def test_untranslated_passage_follows_the_original(self, lorraine, german, editor):
        story = make_article(lorraine.section, "Le fer", standfirst="Cent postes.")
        page = actions.start(story, german, editor)
        change(story, standfirst="Deux cents postes.")
        actions.update(reload(page), editor)

        window = Window(newsroom_client(lorraine, editor), page)
        assert draft_of(page).standfirst == "Deux cents postes."
        assert ("Standfirst", "missing") in window.states()


class TestMachine:
    @pytest.fixture
    def filled(self, settings, window, translation):
        settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = DUMMY
        window.write("Title", "Holz sucht Leute")
        window.client.get(window.send("machine").url)
        return Window(window.client, translation)

    def test_machine_translation_is_hidden_without_a_translator(self, window):
        assert not window.html.select("[name=machine]")

    def test_machine_fills_empty_passages_and_marks_them(self, filled, translation):
        draft = draft_of(translation)
        assert (draft.title, draft.standfirst) == ("Holz sucht Leute", "postes. Cent")
        assert 'href="https://bois.example/"' in draft.body[0].value.source
        assert dict(filled.states())["Title"] == "done"
        assert {state for label, state in filled.states() if label != "Title"} == {"machine"}

    def test_checklist_counts_unread_machine_passages(self, filled, translation):
        [finding] = missing_findings(draft_of(translation), timezone.now())
        assert finding.message == "6 passages are by machine: read them over."

    def test_machine_mark_is_removed_once_somebody_reads_or_edits(self, filled, translation):
        filled.confirm("Standfirst")
        filled.write("Quote · Text", "Wir stellen ein.")
        filled.send()

        states = dict(Window(filled.client, translation).states())
        assert (states["Standfirst"], states["Quote · Text"], states["Alternative text"]) == ("done", "done", "machine")

    def test_machine_mark_is_removed_by_an_edit_in_the_page_form(self, filled, translation, editor):
        draft = draft_of(translation)
        draft.standfirst = "Hundert Stellen."
        draft.save_revision(user=editor)

        assert dict(Window(filled.client, translation).states())["Standfirst"] == "done"

    def test_machine_translated_page_is_marked(self, settings, lorraine, german, editor):
        settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = DUMMY
        story, client = make_article(lorraine.section, "Le fer recrute"), newsroom_client(lorraine, editor)
        client.post(reverse("translation_board"), {"pages": [story.pk], "start": "1", "by_machine": "on"})

        assert {state for _label, state in Window(client, story.get_translation(german)).states()} == {"machine"}


class TestReview:
    """A reviewer reads a translation beside its original."""

    @pytest.fixture
    def read(self, lorraine, newsroom, window, translation):
        fill_in(window)
        window.send("action-submit")

        def page():
            state = reload(translation).current_workflow_task_state
            client = newsroom_client(lorraine, newsroom[Role.APPROVER])
            return client, BeautifulSoup(
                client.get(reverse("editorial:answer", args=[state.pk])).content, "html.parser"
            )

        return page

    def test_each_passage_stands_beside_its_original_with_the_answer_there(self, read):
        _client, html = read()

        title = html.select_one(".passage")
        assert "La filière bois" in title.select_one(".passage__source").text
        assert "Holz" in title.select_one(".passage__target").text
        assert len(html.select(".passage")) == 7
        assert html.select("button[name=approve]")
        assert html.select("button[name=reject]")
        assert not html.select(".passage :is(input, textarea, a)")

    def test_changes_since_the_last_review_are_marked(self, read, window, translation):
        client, html = read()
        seen = html.select_one("input[name=seen]")["value"]
        state = reload(translation).current_workflow_task_state
        client.post(
            reverse("editorial:answer", args=[state.pk]), {"seen": seen, "comment": "Zu knapp.", "reject": "yes"}
        )
        again = Window(window.client, translation)
        again.write("Standfirst", "Hundert gute Stellen.")
        again.send("action-submit")

        _client, html = read()

        [news] = [row for row in html.select(".passage") if row.select(".passage__target ins")]
        assert news.select_one(".passage__label").text == "Standfirst"
        assert news.select_one("ins").text.strip() == "gute"
        assert "1 passage is new since it was read last." in html.select_one(".reading").text


class TestParents:
    @pytest.fixture
    def inside(self, lorraine):
        return make_article(make_section(make_section(lorraine.home, "Bois"), "Scieries"), "Dedans")

    def test_untranslated_parents_are_listed_and_started_with_one_click(self, lorraine, editor, german, inside):
        client = newsroom_client(lorraine, editor)
        address = reverse("wagtail_localize:submit_page_translation", args=[inside.pk])
        html = BeautifulSoup(client.get(address).content, "html.parser")
        assert "Bois, Scieries" in html.select_one(".help-info").text
        [chosen] = html.select("[name=locales]:checked")

        response = client.post(address, {"locales": [chosen["value"]]})

        translation = inside.get_translation(german)
        assert response.url == reverse("translate_page", args=[translation.pk])
        assert [page.live for page in translation.get_ancestors().filter(depth__gt=2)] == [False, False]

    def test_board_links_to_the_untranslated_parents(self, lorraine, editor, inside):
        client = newsroom_client(lorraine, editor)
        client.post(reverse("translation_board"), {"pages": [inside.pk], "start": "1"})

        board = client.get(reverse("translation_board")).content.decode()

        assert reverse("wagtail_localize:submit_page_translation", args=[inside.pk]) in board

    def test_only_languages_of_the_site_are_offered(self, db, editor, lorraine):
        locale("it")
        story = make_article(lorraine.section)
        address = reverse("wagtail_localize:submit_page_translation", args=[story.pk])
        html = BeautifulSoup(newsroom_client(lorraine, editor).get(address).content, "html.parser")

        assert [box.parent.text.strip() for box in html.select("[name=locales]")] == ["German"]
