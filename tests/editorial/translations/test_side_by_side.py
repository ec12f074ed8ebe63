"""Translating beside the original."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from portal.editorial.approval.completeness import IncompleteError, missing_findings, waive
from portal.editorial.roles import Role
from portal.editorial.translations import actions
from tests.builders import make_article, make_member, newsroom_client
from tests.editorial.actions import publish_as_system, reload
from tests.editorial.side_by_side import Window, draft_of, fill_in, rich
from tests.editorial.translations.opened import (  # noqa: F401 - fixtures
    module_story,
    module_translation,
    module_window,
    story,
    translation,
    window,
)

# ruff: noqa: F811


def test_every_passage_stands_beside_its_original(window):
    assert window.states() == [
        ("Title", "missing"),
        ("Standfirst", "missing"),
        ("Alternative text", "missing"),
        ("Paragraph", "missing"),
        ("Paragraph", "missing"),
        ("Quote · Text", "missing"),
        ("Quote · Who says it", "missing"),
    ]
    assert window.count == "7 of 7 passages to translate"


LONG = "Sarrebruck et Forbach partagent une ligne, et bientôt un billet."


@pytest.fixture
def long_window(lorraine, newsroom):
    """A translator's window with a standfirst of a whole sentence."""
    story = make_article(lorraine.section, "Tramways", standfirst=LONG)
    translation = actions.start(story, lorraine.homes["de"].locale, newsroom[Role.EDITOR])
    return Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), translation)


def state_of_standfirst(window) -> str:
    return dict(window.show(window.client.get(window.send().url)).states())["Standfirst"]


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG}Zwei Städte teilen eine Linie.",
        f"Zwei Städte teilen eine Linie. {LONG}",
        LONG.replace("bientôt un billet", "bald auch ein Ticket"),
    ],
)
def test_text_that_still_contains_the_original_is_not_translated(long_window, text):
    long_window.write("Standfirst", text)

    assert state_of_standfirst(long_window) == "missing"
    assert "This still contains the original." in long_window.html.text


@pytest.mark.parametrize(
    "text", ["Saarbrücken und Forbach teilen eine Linie.", "Sarrebruck et Forbach: zwei Städte, eine Linie."]
)
def test_text_with_names_of_the_original_is_translated(long_window, text):
    long_window.write("Standfirst", text)

    assert state_of_standfirst(long_window) == "done"


def test_text_that_contains_the_original_on_purpose_can_be_confirmed(long_window):
    long_window.write("Standfirst", f"„{LONG}“, sagt der Bürgermeister.")
    long_window.show(long_window.client.get(long_window.send().url))
    long_window.confirm("Standfirst")

    assert state_of_standfirst(long_window) == "same"


def test_translated_text_is_in_the_draft_only(window, translation):
    window.write("Title", "Holz sucht Leute")
    window.write("Paragraph", rich("Und schnell."), nth=1)

    shown = window.show(window.client.get(window.send().url))

    draft = draft_of(translation)
    assert draft.title == "Holz sucht Leute"
    assert draft.slug == "holz-sucht-leute"
    assert "<b>recrute</b>" in draft.body[0].value.source
    assert 'href="https://bois.example/"' in draft.body[0].value.source
    assert "Und schnell." in draft.body[0].value.source
    assert not reload(translation).live
    assert shown.count == "5 of 7 passages to translate"


def test_autosave_saves_and_counts_remaining_passages(window, translation):
    window.write("Title", "Holz sucht Leute")

    response = window.autosave()

    assert draft_of(translation).title == "Holz sucht Leute"
    assert "<strong>6</strong> of 7" in response["html"]
    assert "6 passages are not translated yet" in response["html"]


def test_autosaves_of_one_window_are_one_version(window, translation):
    window.write("Title", "Holz sucht")
    first = window.autosave()["revision_id"]
    window.fields["overwrite_revision_id"] = str(first)
    window.fields[f"passage-{window.number('Title')}-seen"] = seen_in(
        window.client.get(window.address).content, "Title"
    )
    window.write("Title", "Holz sucht Leute")

    assert window.autosave()["revision_id"] == first


def seen_in(content, label):
    html = BeautifulSoup(content, "html.parser")
    row = next(row for row in html.select(".passage") if row.select_one(".passage__label").text == label)
    return row.select_one("[name$=-seen]")["value"]


def test_two_translators_write_in_different_passages(lorraine, newsroom, window, translation):
    other = Window(newsroom_client(lorraine, newsroom[Role.APPROVER]), translation)
    window.write("Title", "Holz sucht Leute")
    other.write("Standfirst", "Hundert Stellen.")

    window.send()
    other.send()

    draft = draft_of(translation)
    assert (draft.title, draft.standfirst) == ("Holz sucht Leute", "Hundert Stellen.")


class TestTwoTranslatorsOfOnePassage:
    @pytest.fixture
    def second(self, lorraine, newsroom, window, translation):
        other = Window(newsroom_client(lorraine, newsroom[Role.APPROVER]), translation)
        window.write("Title", "Holz sucht Leute")
        window.send()
        other.write("Title", "Die Holzbranche stellt ein")
        return other

    def test_second_translator_sees_both_texts(self, second, translation):
        second.show(second.send())

        assert draft_of(translation).title == "Holz sucht Leute"
        assert second.html.select_one(".passage__conflict blockquote").text == "Holz sucht Leute"
        assert second.fields[f"passage-{second.number('Title')}-text"] == "Die Holzbranche stellt ein"

    def test_autosave_overwrites_nothing(self, second, translation):
        response = second.autosave()

        assert draft_of(translation).title == "Holz sucht Leute"
        assert "Somebody else has since changed this" in response["html"]

    def test_unsaved_text_is_named_and_restored_later(self, second):
        response = second.autosave()
        assert (response["is_partial"], response["note"]) == (True, "1 passage is not saved: see why beside it.")

        back = Window(second.client, second.page)

        assert back.fields[f"passage-{back.number('Title')}-text"] == "Die Holzbranche stellt ein"
        assert back.html.select_one(".passage__conflict blockquote").text == "Holz sucht Leute"
        assert "1 passage is not saved" in back.html.select_one("[data-save-state=partly]").text

    def test_second_translator_may_accept_the_first_text(self, second, translation):
        second.autosave()
        second.show(second.client.get(second.address))
        drop = second.html.select_one("button[name=drop]")
        second.write("Standfirst", "Hundert Stellen.")

        shown = second.show(second.client.get(second.send(button="drop", value=drop["value"]).url))

        assert shown.fields[f"passage-{shown.number('Title')}-text"] == "Holz sucht Leute"
        assert not shown.html.select(".passage__conflict")
        assert draft_of(translation).standfirst == "Hundert Stellen."

    def test_second_translator_may_replace_the_first_text(self, second, translation):
        second.show(second.send())
        box = second.html.select_one("[name$=-replaces]")
        second.fields[box["name"]] = box["value"]
        second.send()

        assert draft_of(translation).title == "Die Holzbranche stellt ein"
        assert not Window(second.client, translation).html.select(".passage__conflict")


def test_picture_is_shown_beside_its_text_with_a_link_to_change_it(window, translation):
    link = window.html.select_one(".passage__picture a")

    assert link["href"] == f"{reverse('wagtailadmin_pages:edit', args=[translation.pk])}#:w:contentpath=lead_image"
    assert link.find_parent(class_="passage").select_one(".passage__label").text == "Alternative text"


def test_translation_of_a_removed_passage_is_shown(window, translation, editor):
    draft = draft_of(translation)
    draft.body = draft.body.stream_block.to_python([])
    draft.save_revision(user=editor)
    window.write("Quote · Text", "Wir stellen ein.")

    window.show(window.send())

    assert "Wir stellen ein." in window.html.select_one("#translation-orphaned").text


def test_second_paragraph_in_a_field_stays_beside_its_original(window, translation):
    window.write("Paragraph", rich("Und schnell.", "Sehr schnell."), nth=1)
    window.send()

    assert "Und schnell.<br/>Sehr schnell." in draft_of(translation).body[0].value.source
    assert [label for label, _state in Window(window.client, translation).states()].count("Paragraph") == 2


def test_identical_passage_can_be_confirmed_and_unconfirmed(window, translation):
    window.confirm("Quote · Who says it")
    window.show(window.client.get(window.send().url))
    assert ("Quote · Who says it", "same") in window.states()

    del window.fields[f"passage-{window.number('Quote · Who says it')}-confirmed"]
    window.show(window.client.get(window.send().url))
    assert ("Quote · Who says it", "missing") in window.states()


def test_too_long_text_is_a_form_error(window, translation):
    window.write("Title", "Holz " * 80)

    window.show(window.send())

    assert "too long" in window.html.select_one(".passage__problem").text
    assert window.fields[f"passage-{window.number('Title')}-text"].startswith("Holz Holz")


def test_numbers_and_addresses_are_not_passages(lorraine, german, editor):
    facts = [("call_out", {"tone": "note", "title": "2026", "text": "<p>12 %</p>"})]
    story = make_article(lorraine.section, "Le bois", body=facts)
    page = actions.start(story, german, editor)

    shown = Window(newsroom_client(lorraine, editor), page).states()

    assert "Call-out" not in " ".join(label for label, _state in shown)


class TestChecklist:
    def test_page_with_untranslated_passages_is_not_submitted(self, window, translation):
        window.write("Title", "Holz sucht Leute")

        shown = window.client.get(window.send("action-submit").url).content.decode()

        assert "6 passages are not translated yet" in shown
        assert draft_of(translation).title == "Holz sucht Leute"
        assert not reload(translation).workflow_in_progress

    def test_untranslated_page_is_not_submitted_from_its_own_form(self, window, translation, lorraine, editor):
        with pytest.raises(IncompleteError, match="7 passages"):
            reload(translation).get_workflow().start(reload(translation), editor)

    def test_translated_page_is_sent_for_review(self, window, translation):
        fill_in(window)

        shown = window.client.get(window.send("action-submit").url).content.decode()

        assert "for review" in shown
        assert reload(translation).workflow_in_progress

    def test_waiver_covers_these_passages_only(self, window, translation, newsroom):
        page = draft_of(translation)
        [finding] = missing_findings(page, timezone.now())
        waive(page, newsroom[Role.APPROVER], {finding.key}, "Reste en français")
        assert missing_findings(page, timezone.now()) == []

        window.write("Title", "Holz sucht Leute")
        window.send()
        assert [each.code for each in missing_findings(draft_of(translation), timezone.now())] == ["untranslated"]

    def test_board_says_that_a_page_is_published_with_untranslated_passages(self, window, translation, lorraine):
        window.write("Title", "Holz sucht Leute")
        window.send()
        publish_as_system(translation)

        board = window.client.get(reverse("translation_board")).content.decode()

        assert "6 of 7 passages to translate" in " ".join(board.split())
        assert "published so" in board


class TestPermission:
    def test_original_has_no_side_by_side_page(self, lorraine, editor, story):
        client = newsroom_client(lorraine, editor)
        assert client.get(reverse("translate_page", args=[story.pk])).status_code == 404

    def test_page_in_review_is_read_only(self, window, translation):
        fill_in(window)
        window.send("action-submit")
        html = BeautifulSoup(window.client.get(window.address).content, "html.parser")
        assert not html.select("button[name=save]")

        window.write("Title", "Anders")
        window.send()
        assert draft_of(translation).title == "Holz"

    def test_nobody_publishes_an_unread_version(self, window, translation, lorraine, newsroom):
        fill_in(window)
        window.send()
        admin = make_member("admin", is_superuser=True)
        publisher = Window(newsroom_client(lorraine, admin), translation)
        late = Window(window.client, translation)
        late.write("Quote · Text", "Ganz anders.")
        late.send()

        publisher.send("action-publish")

        assert not reload(translation).live
        Window(publisher.client, translation).send("action-publish")
        assert reload(translation).live

    def test_nobody_approves_their_own_translation(self, lorraine, newsroom, translation):
        approver = newsroom[Role.APPROVER]
        window = Window(newsroom_client(lorraine, approver), translation)
        fill_in(window)
        window.send("action-publish")

        assert not reload(translation).live


def test_forty_passages_cost_few_queries(lorraine, german, editor, django_assert_max_num_queries):
    body = [("paragraph", f"<p>Le bois numéro {number} recrute.</p>") for number in range(40)]
    page = actions.start(make_article(lorraine.section, "Le bois", body=body), german, editor)
    client = newsroom_client(lorraine, editor)
    client.get(reverse("translate_page", args=[page.pk]))

    with django_assert_max_num_queries(50):
        response = client.get(reverse("translate_page", args=[page.pk]))

    assert response.content.count(b'class="passage"') >= 40
