"""A revision remains readable after objects that it refers to are deleted."""

from wagtail.models import Page

from tests.builders import make_article, make_image, make_person, make_topic


def read_again(page):
    """The latest draft, as the page editor opens it."""
    return type(page).objects.get(pk=page.pk).get_latest_revision_as_object()


def draft(page, **facts):
    page.title = "Une suite"
    for name, value in facts.items():
        setattr(page, name, value)
    page.save_revision()
    return page


def test_row_of_a_deleted_object_is_left_out(lorraine):
    gone, stays = make_person("Claire"), make_person("Anne")
    page = draft(make_article(lorraine.section, authors=[gone, stays]))
    type(page).objects.get(pk=page.pk).bylines.all().delete()
    gone.delete()

    assert [byline.person for byline in read_again(page).bylines.all()] == [stays]


def test_other_rows_remain(lorraine):
    topic, image = make_topic("Bois"), make_image()
    page = read_again(draft(make_article(lorraine.section, lead_image=image, topics=[topic])))

    assert page.lead_image == image
    assert [link.topic for link in page.page_topics.all()] == [topic]
    assert page.get_parent() == Page.objects.get(pk=lorraine.section.pk)
