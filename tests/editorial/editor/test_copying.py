"""Wagtail's form copies a page or a topic, although the original's slug is taken."""

from django.urls import reverse
from wagtail.models import Page

from portal.content.records.topics import Topic
from portal.editorial.roles import Role
from tests.builders import make_article, newsroom_client


def test_page_is_copied_with_the_proposed_address(lorraine, newsroom):
    story = make_article(lorraine.section, "La forge", slug="forge")
    path = reverse("wagtailadmin_pages:copy", args=[story.pk])
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    form = client.get(path).context["form"]
    proposed = {name: form[name].value() for name in ("new_title", "new_slug")}

    client.post(path, proposed | {"new_parent_page": lorraine.section.pk})

    slugs = Page.objects.child_of(lorraine.section).filter(title="La forge").values_list("slug", flat=True)
    assert {*slugs} == {"forge", "forge-2"}


def test_topic_is_copied_with_the_proposed_address(lorraine, newsroom):
    topic = Topic.objects.create(name="Bois", slug="bois", site=lorraine.site, locale=lorraine.home.locale)
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    form = client.get(reverse("wagtailsnippets_core_topic:copy", args=[topic.pk])).context["form"]
    proposed = {name: form[name].value() or "" for name in form.fields}

    client.post(reverse("wagtailsnippets_core_topic:add"), proposed)

    assert {*Topic.objects.filter(name="Bois").values_list("slug", flat=True)} == {"bois", "bois-2"}
