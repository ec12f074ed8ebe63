"""The reference index follows each publication."""

from wagtail.models import ReferenceIndex

from portal.content.records.people import Byline
from portal.content.records.topics import PageTopic
from tests.builders import change, make_article, make_image, make_person, make_topic


def referred_to(page) -> set[str]:
    return {str(row.to_object_id) for row in ReferenceIndex.get_references_for_object(page)}


def test_publication_indexes_topics_authors_and_pictures(lorraine):
    page, topic, person, image = make_article(lorraine.section), make_topic(), make_person(), make_image()
    before = referred_to(page)

    change(
        page,
        page_topics=[PageTopic(topic=topic)],
        bylines=[Byline(person=person)],
        lead_image=image,
        lead_image_alt="Une scierie",
    )

    records = {f"{type(record).__name__}-{record.pk}" for record in (topic, person, image)}
    noted = ReferenceIndex.get_references_for_object(page)
    assert records <= {f"{row.to_content_type.model_class().__name__}-{row.to_object_id}" for row in noted}
    assert referred_to(page) != before


def test_removed_topic_is_removed_from_the_index(lorraine):
    topic = make_topic()
    page = make_article(lorraine.section, topics=[topic])

    change(page, page_topics=[])

    assert not ReferenceIndex.get_references_to(topic).exists()


def test_draft_does_not_change_the_index(lorraine):
    topic = make_topic()
    page = make_article(lorraine.section, topics=[topic])

    page.page_topics = []
    page.save_revision()

    assert ReferenceIndex.get_references_to(topic).exists()
