"""Translations are started and updated as drafts, without losing what translators wrote."""

import pytest
from wagtail.models import Page

from portal.content.publication import PublicationRefusedError
from portal.editorial.records.translations import Basis
from portal.editorial.translations import actions, changes
from tests.builders import change, make_article, make_event, make_image, make_portrait, make_topic
from tests.editorial.actions import publish_as_system, reload

WOOD = {"type": "paragraph", "id": "11111111-1111-4111-8111-111111111111", "value": "<p>Le bois <b>recrute</b>.</p>"}
IRON = {"type": "paragraph", "id": "22222222-2222-4222-8222-222222222222", "value": "<p>Le fer aussi.</p>"}
QUOTE = {
    "type": "quote",
    "id": "33333333-3333-4333-8333-333333333333",
    "value": {"text": "On embauche.", "name": "Ada"},
}


@pytest.fixture
def story(lorraine):
    return make_article(
        lorraine.section, "La filière bois", slug="bois", standfirst="Cent postes.", body=[WOOD, IRON, QUOTE]
    )


@pytest.fixture
def translated(story, german, editor):
    """A German draft of the story with its title, standfirst and first paragraph translated."""
    translation = actions.start(story, german, editor)
    draft = reload(translation).get_latest_revision_as_object()
    draft.title, draft.slug, draft.standfirst = "Holz sucht Leute", "holz", "Hundert Stellen."
    draft.body = with_block(draft, WOOD["id"], "<p>Das Holz <b>stellt ein</b>.</p><p>Und wie.</p>")
    draft.save_revision(user=editor)
    return reload(translation)


def with_block(draft, block, value):
    raw = [dict(each) for each in draft.body.raw_data]
    for each in raw:
        if each["id"] == block:
            each["value"] = value
    return draft.body.stream_block.to_python(raw)


def texts(page: Page) -> dict[str, str]:
    return changes.texts_of(reload(page).get_latest_revision_as_object())


def test_start_creates_a_draft_owned_by_the_translator(story, german, editor):
    translation = actions.start(story, german, editor)

    assert (translation.live, translation.owner, translation.alias_of) == (False, editor, None)
    assert texts(translation)["title"] == "La filière bois"
    assert Basis.objects.get(translation=translation.pk).source_id == story.pk


def test_update_keeps_translated_texts(story, translated, editor):
    change(story, standfirst="Deux cents postes.", body=[IRON, WOOD, QUOTE])

    actions.update(translated, editor)

    found = texts(translated)
    assert found["title"] == "Holz sucht Leute"
    assert reload(translated).get_latest_revision_as_object().slug == "holz"
    assert found["standfirst"] == "Hundert Stellen."
    assert found[f"body.{WOOD['id']}"] == "Das Holz <b>stellt ein</b>.\nUnd wie."
    assert [block.id for block in reload(translated).get_latest_revision_as_object().body] == [
        IRON["id"],
        WOOD["id"],
        QUOTE["id"],
    ]


def test_update_adds_new_blocks_and_removes_deleted_ones(story, translated, editor):
    new = {"type": "paragraph", "id": "44444444-4444-4444-8444-444444444444", "value": "<p>Le verre.</p>"}
    change(story, body=[WOOD, new, QUOTE])

    actions.update(translated, editor)

    assert set(texts(translated)) >= {f"body.{WOOD['id']}", f"body.{new['id']}"}
    assert f"body.{IRON['id']}" not in texts(translated)


def test_block_that_only_the_translation_has_stays(story, translated, editor):
    own = {"type": "paragraph", "id": "55555555-5555-4555-8555-555555555555", "value": "<p>Nur hier.</p>"}
    draft = translated.get_latest_revision_as_object()
    draft.body = draft.body.stream_block.to_python([*draft.body.raw_data[:1], own, *draft.body.raw_data[1:]])
    draft.save_revision(user=editor)
    change(story, body=[WOOD, QUOTE])

    actions.update(translated, editor)

    ids = [block.id for block in reload(translated).get_latest_revision_as_object().body]
    assert ids == [WOOD["id"], own["id"], QUOTE["id"]]


def test_readers_see_nothing_of_a_start_or_an_update(lorraine, story, translated, editor):
    publish_as_system(translated)
    change(story, title="Le bois recrute encore", body=[WOOD])

    actions.update(translated, editor)

    page = lorraine.reader().get("/de/rubrique/holz/").content.decode()
    assert "Holz sucht Leute" in page
    assert "Le fer aussi." in page
    assert reload(translated).has_unpublished_changes


def test_changed_values_follow_the_original_and_others_stay(lorraine, german, editor):
    first, second, own = make_image("Un"), make_image("Deux"), make_image("Eins")
    story = make_portrait(
        lorraine.section, "Ada", lead_image=first, lead_image_alt="Une femme", website="https://a.example/"
    )
    translation = actions.start(story, german, editor)
    draft = translation.get_latest_revision_as_object()
    draft.lead_image, draft.website = own, "https://de.example/"
    draft.save_revision(user=editor)

    change(story, website="https://b.example/")
    actions.update(translation, editor)
    newest = reload(translation).get_latest_revision_as_object()
    assert (newest.lead_image, newest.website) == (own, "https://b.example/")

    change(story, lead_image=second)
    actions.update(translation, editor)
    assert reload(translation).get_latest_revision_as_object().lead_image == second


def test_topics_are_those_of_the_language(lorraine, german, editor):
    wood = make_topic("Bois")
    holz = wood.copy_for_translation(german)
    holz.name, holz.slug = "Holz", "holz"
    holz.save()
    story = make_article(lorraine.section, topics=[wood])

    translation = actions.start(story, german, editor)

    assert [link.topic for link in translation.get_latest_revision_as_object().page_topics.all()] == [holz]


def test_dates_of_an_event_are_the_same_in_every_language(lorraine, german, editor):
    event = make_event(lorraine.calendar, "Salon", place="")
    translation = actions.start(event, german, editor)
    draft = translation.get_latest_revision_as_object()
    draft.title, draft.start = "Messe", event.start.replace(minute=59)
    draft.save_revision(user=editor)
    change(event, place="Metz")

    actions.update(translation, editor)

    newest = reload(translation).get_latest_revision_as_object()
    assert (newest.title, newest.place, newest.start) == ("Messe", "Metz", event.start)


class TestWhatChanged:
    def test_publication_of_a_changed_text_outdates_the_translation(self, story, translated):
        change(story, standfirst="Deux cents postes.")

        basis = Basis.objects.get(translation=translated.pk)
        [found] = changes.parse_changes(basis.changes)
        assert basis.outdated_at
        assert (found.field, found.before, found.after) == ("standfirst", "Cent postes.", "Deux cents postes.")
        assert found.label(type(story)) == "Chapô"

    def test_publication_without_changes_does_not_outdate_the_translation(self, story, translated):
        change(story, slug="autre-adresse")

        assert Basis.objects.get(translation=translated.pk).outdated_at is None

    def test_draft_of_the_original_does_not_outdate_the_translation(self, story, translated):
        story.title = "Brouillon"
        story.save_revision()

        assert Basis.objects.get(translation=translated.pk).outdated_at is None

    def test_reverted_change_does_not_outdate_the_translation(self, story, translated):
        change(story, standfirst="Deux cents postes.")
        change(story, standfirst="Cent postes.")

        basis = Basis.objects.get(translation=translated.pk)
        assert (basis.outdated_at, basis.changes) == (None, [])

    def test_untranslated_changes_are_listed_until_the_translation_is_published(self, story, translated, editor):
        change(story, standfirst="Deux cents postes.")
        actions.update(translated, editor)

        basis = Basis.objects.get(translation=translated.pk)
        assert basis.outdated_at is None
        assert [each.after for each in changes.parse_changes(basis.changes)] == ["Deux cents postes."]

        publish_as_system(translated)
        assert Basis.objects.get(translation=translated.pk).changes == []

    def test_translation_can_be_marked_as_up_to_date(self, story, translated, editor):
        change(story, standfirst="Deux cents postes.")

        actions.settle(translated, editor)

        basis = Basis.objects.get(translation=translated.pk)
        assert (basis.outdated_at, basis.changes) == (None, [])

    def test_translation_made_by_hand_is_tracked_after_its_publication(self, lorraine, story):
        translation = make_article(lorraine.sections["de"], "Von Hand", translation_key=story.translation_key)
        change(story, title="Autre titre")

        assert Basis.objects.get(translation=translation.pk).outdated_at


def test_second_start_is_refused(story, german, editor, translated):
    with pytest.raises(PublicationRefusedError):
        actions.start(story, german, editor)
