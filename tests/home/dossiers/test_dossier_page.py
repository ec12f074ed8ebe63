"""A dossier shows its entries in the editor's order, and of these only what the reader may see."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.models import Page

from home.dossiers.blocks import Chapters
from portal.editorial.approval.checklist import findings
from portal.editorial.roles import Role
from portal.editorial.translations import actions
from portal.editorial.trash.deleting import put_into_trash
from tests.builders import (
    locale,
    make_article,
    make_document,
    make_draft,
    make_event,
    make_gated_document,
    make_portrait,
    make_private,
    make_section,
)
from tests.editorial.actions import publish_as_system, reload
from tests.home.dossiers.making import ReadPage, chapter, document_entry, link_to, make_dossier


def entries_of(ground, *entries) -> list[str]:
    return ReadPage(ground, make_dossier(ground.section, "Friches", chapter("Un", *entries))).entries


def test_stories_events_documents_and_links_are_in_the_order_of_the_editor(lorraine):
    wood = make_section(lorraine.home, "Bois")
    story, portrait = make_article(wood, "La scierie"), make_portrait(lorraine.section, "Le gardien")
    event = make_event(lorraine.calendar, "La visite")
    dossier = make_dossier(
        lorraine.section,
        "Friches",
        chapter("Comprendre", portrait, document_entry(make_document("Le guide")), story),
        chapter("Agir", link_to("Le plan"), event),
    )

    assert ReadPage(lorraine, dossier).chapters == {
        "Comprendre": ["Le gardien", "Le guide", "La scierie"],
        "Agir": ["Le plan", "La visite"],
    }


def test_chapter_has_its_introduction(lorraine):
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", link_to(), introduction="D’où elles viennent."))

    assert ReadPage(lorraine, dossier).html.select_one(".dossier__introduction").get_text() == "D’où elles viennent."


def test_link_leads_elsewhere_with_its_words(lorraine):
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", link_to("Le plan", text="Voté en mars.")))
    entry = ReadPage(lorraine, dossier).html.select_one(".dossier__entries li")

    assert entry.a["href"] == "https://ailleurs.example/plan"
    assert "Voté en mars." in entry.get_text()


def test_past_event_is_shown_with_its_last_date(lorraine):
    event = make_event(lorraine.calendar, "Le colloque", start=timezone.now() - timedelta(days=40))

    assert entries_of(lorraine, event) == ["Le colloque"]


def test_series_is_shown_once_with_its_next_date(lorraine):
    start = timezone.now() - timedelta(days=8)
    event = make_event(lorraine.calendar, "La ronde", start=start, recurrence="FREQ=WEEKLY;COUNT=5")
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", event))
    (link,) = ReadPage(lorraine, dossier).html.select(".dossier__entries .event-row__title a")

    assert f"{event.local_start + timedelta(days=14):%Y-%m-%d}" in link["href"]


def test_cancelled_event_says_so(lorraine):
    event = make_event(lorraine.calendar, "La visite", status="cancelled")
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", event))

    assert ReadPage(lorraine, dossier).html.select_one(".dossier__entries .event-row--cancelled")


@pytest.mark.parametrize("make", [make_article, make_portrait])
def test_story_taken_down_disappears(lorraine, make):
    story, other = make(lorraine.section, "Retirée"), make(lorraine.section, "Restée")
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", story, other))
    make_draft(story)

    assert ReadPage(lorraine, dossier).entries == ["Restée"]


def test_event_taken_down_disappears(lorraine):
    event, other = make_event(lorraine.calendar, "Retirée"), make_event(lorraine.calendar, "Restée")
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", event, other))
    make_draft(event)

    assert ReadPage(lorraine, dossier).entries == ["Restée"]


def test_private_entries_are_absent(lorraine):
    story, event = make_article(lorraine.section, "Privé"), make_event(lorraine.calendar, "Fermée")
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", story, event, link_to("Le plan")))
    make_private(story)
    make_private(event)

    assert ReadPage(lorraine, dossier).entries == ["Le plan"]


def test_story_below_a_private_section_is_absent(lorraine):
    wood = make_section(lorraine.home, "Bois")
    story = make_article(wood, "Privé")
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", story, link_to("Le plan")))
    make_private(wood)

    assert ReadPage(lorraine, dossier).entries == ["Le plan"]


def test_expired_entries_are_absent(lorraine):
    soon = timezone.now() + timedelta(hours=1)
    story = make_article(lorraine.section, "Périmé", expire_at=soon)
    event = make_event(lorraine.calendar, "Passée", expire_at=soon)
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", story, event, link_to("Le plan")))
    with travel(soon + timedelta(minutes=1)):
        assert ReadPage(lorraine, dossier).entries == ["Le plan"]


def test_story_of_a_later_publication_date_appears_when_it_has_come(lorraine):
    later = timezone.now() + timedelta(hours=2)
    story = make_article(lorraine.section, "Demain", date=later)
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", story, link_to("Le plan")))

    assert ReadPage(lorraine, dossier).entries == ["Le plan"]
    with travel(later + timedelta(minutes=1)):
        assert ReadPage(lorraine, dossier).entries == ["Demain", "Le plan"]


def test_pages_of_another_site_are_absent(lorraine, saar):
    story, event = make_article(saar.section, "Autre"), make_event(saar.calendar, "Ailleurs")

    assert entries_of(lorraine, story, event, link_to("Le plan")) == ["Le plan"]


def test_page_in_the_trash_is_absent(lorraine):
    story = make_article(lorraine.section, "Jetée")
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", story, link_to("Le plan")))
    put_into_trash(story)

    assert ReadPage(lorraine, dossier).entries == ["Le plan"]


def test_gated_document_is_absent(lorraine):
    document = make_document("Le guide")
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", document_entry(document), link_to("Le plan")))
    document.is_gated = True
    document.save()

    assert ReadPage(lorraine, dossier).entries == ["Le plan"]


def test_deleted_page_and_document_leave_no_gap(lorraine):
    story, document = make_article(lorraine.section, "Effacée"), make_document("Effacé")
    dossier = make_dossier(
        lorraine.section, "Friches", chapter("Un", story, document_entry(document), link_to("Le plan"))
    )
    story.delete()
    document.delete()

    assert len(ReadPage(lorraine, dossier).html.select(".dossier__entries li")) == 1


def test_chapter_without_a_public_entry_is_absent(lorraine):
    story = make_article(lorraine.section, "Retirée")
    dossier = make_dossier(lorraine.section, "Friches", chapter("Vide", story), chapter("Reste", link_to()))
    make_draft(story)

    assert list(ReadPage(lorraine, dossier).chapters) == ["Reste"]


def test_translated_dossier_shows_translated_pages(lorraine):
    story, event = make_article(lorraine.section, "La scierie"), make_event(lorraine.calendar, "La visite")
    make_article(lorraine.sections["de"], "Das Sägewerk", translation_key=story.translation_key)
    make_event(lorraine.calendars["de"], "Der Besuch", translation_key=event.translation_key)
    dossier = make_dossier(lorraine.sections["de"], "Brachen", chapter("Eins", story, event))

    assert ReadPage(lorraine, dossier).entries == ["Das Sägewerk", "Der Besuch"]


def test_translation_begun_in_the_newsroom_shows_translated_pages(lorraine, newsroom):
    story = make_article(lorraine.section, "La scierie")
    make_article(lorraine.sections["de"], "Das Sägewerk", translation_key=story.translation_key)
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", story, link_to("Le plan")))
    translation = actions.start(dossier, locale("de"), newsroom[Role.EDITOR])
    publish_as_system(reload(translation))

    assert ReadPage(lorraine, reload(translation)).chapters == {"Un": ["Das Sägewerk", "Le plan"]}


def test_page_without_a_translation_is_absent_from_a_translated_dossier(lorraine):
    story = make_article(lorraine.section, "La scierie")
    dossier = make_dossier(lorraine.sections["de"], "Brachen", chapter("Eins", story, link_to("Der Plan")))

    assert ReadPage(lorraine, dossier).entries == ["Der Plan"]


def test_shared_story_is_shown_on_the_other_site(lorraine, saar):
    story = make_article(saar.sections["fr"], "Commune")
    copy = story.create_alias(parent=lorraine.section, update_slug="commune")
    assert Page.objects.get(pk=copy.pk).live

    assert entries_of(lorraine, story) == ["Commune"]


def test_structured_data_lists_the_public_entries(lorraine):
    story, hidden = make_article(lorraine.section, "La scierie"), make_article(lorraine.section, "Privé")
    event = make_event(lorraine.calendar, "La visite")
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", hidden, story, event))
    make_private(hidden)
    html = ReadPage(lorraine, dossier).html
    things = json.loads(html.select_one('script[type="application/ld+json"]').text)["@graph"]
    (collection,) = (thing for thing in things if thing["@type"] == "CollectionPage")

    assert [item["name"] for item in collection["mainEntity"]["itemListElement"]] == ["La scierie", "La visite"]


def test_stories_of_the_dossier_are_not_among_the_recent_ones(lorraine):
    story, neighbour = make_article(lorraine.section, "Dedans"), make_article(lorraine.section, "Voisin")
    make_article(make_section(lorraine.home, "Bois"), "Dehors", date=timezone.now() - timedelta(days=1))
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", story, neighbour))
    recent = ReadPage(lorraine, dossier).html.select("[aria-labelledby=strip-recent] .card__title")

    assert [title.get_text(strip=True) for title in recent] == ["Dehors"]


def test_preview_of_a_draft_shows_its_new_chapters(lorraine):
    story = make_article(lorraine.section, "La scierie")
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", link_to()))
    dossier.chapters = [chapter("Deux", story)]
    response = dossier.make_preview_request()

    assert "La scierie" in response.content.decode()


def test_dossier_may_have_an_entry_that_is_not_published_yet(lorraine):
    story = make_draft(make_article(lorraine.section, "Brouillon"))
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", link_to()))
    dossier.chapters = [chapter("Un", story)]

    assert findings(dossier, timezone.now()) == []


def test_dossier_without_an_entry_cannot_be_published(lorraine):
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", link_to()))
    dossier.chapters = []

    assert [finding.code for finding in findings(dossier, timezone.now())] == ["chapters"]


def test_page_cannot_be_in_a_dossier_twice(lorraine):
    story = make_article(lorraine.section, "La scierie")
    block = Chapters()
    value = block.to_python([chapter("Un", story), chapter("Deux", story)])

    with pytest.raises(StreamBlockValidationError):
        block.clean(value)


def test_gated_document_cannot_be_chosen(lorraine):
    block = Chapters()
    value = block.to_python([chapter("Un", document_entry(make_gated_document(lorraine)))])

    with pytest.raises(StreamBlockValidationError):
        block.clean(value)
