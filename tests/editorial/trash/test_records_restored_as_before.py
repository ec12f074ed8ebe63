"""Restoring a topic, a person, a picture or a document puts back every row that its deletion changed."""

from datetime import date, timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from portal.content.records.people import Person
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import Topic
from portal.content.records.trash import DeletedRecord
from portal.editorial.roles import Role
from portal.media.models import Document, Image
from portal.readership.models import DownloadDay
from tests.builders import (
    make_article,
    make_document,
    make_event,
    make_image,
    make_person,
    make_topic,
    media_collection,
    newsroom_client,
    work_off,
)
from tests.editorial.drafts import rewrite
from tests.editorial.trash.dump import differences, dump

# The approvers are mailed about each change of what readers see.
NOTICES = "editorial.PublicChange"


def address_of_deletion(record) -> str:
    match record:
        case Image():
            return reverse("wagtailimages:delete", args=[record.pk])
        case Document():
            return reverse("wagtaildocs:delete", args=[record.pk])
        case _:
            return reverse(f"wagtailsnippets_core_{record._meta.model_name}:delete", args=[record.pk])


@pytest.fixture
def chief(lorraine, newsrooms):
    client = newsroom_client(lorraine, newsrooms.lorraine[Role.SITE_ADMINISTRATOR])
    client.get("/admin/")
    return client


@pytest.fixture
def topic(lorraine):
    topic = make_topic("Forges")
    Topic.objects.filter(pk=topic.pk).update(site=lorraine.site, former_slugs=" fonte ", picture=make_image("Feu"))
    german = topic.copy_for_translation(lorraine.homes["de"].locale)
    german.name, german.slug = "Schmieden", "schmieden"
    german.save()
    story = make_article(lorraine.section, "La forge", topics=[topic, make_topic("Mines")])
    rewrite(story, story.owner, title="La forge, plus tard")
    make_article(lorraine.sections["de"], "Die Schmiede", topics=[german])
    make_event(lorraine.calendars["fr"], "Visite de la forge", topics=[topic])
    return Topic.objects.get(pk=topic.pk)


@pytest.fixture
def person(lorraine):
    person = make_person("Claire Humbert", site=lorraine.site, picture=make_image("Claire"))
    other = make_person("Jean Roth")
    make_article(lorraine.section, "La forge", authors=[other, person])
    make_article(lorraine.section, "La mine", authors=[person])
    return person


@pytest.fixture
def picture(lorraine):
    picture = make_image("Forge", collection=media_collection(lorraine.site), licence_ends=date(2099, 1, 1))
    picture.tags.add("acier", "feu")
    picture.get_rendition("width-20")
    body = [("image", {"image": picture, "alt_text": "Une forge", "caption": ""})]
    make_article(lorraine.section, "La forge", body=body)
    Person.objects.create(name="Claire Humbert", picture=picture)
    SiteSettings.objects.filter(site=lorraine.site).update(logo=picture)
    return Image.objects.get(pk=picture.pk)


@pytest.fixture
def document(lorraine):
    document = make_document("Plan")
    document.collection = media_collection(lorraine.site)
    document.save()
    document.tags.add("acier")
    body = [("text", f'<p><a linktype="document" id="{document.pk}">Le plan</a></p>')]
    make_article(lorraine.section, "La forge", body=body)
    DownloadDay.objects.create(site=lorraine.site, document=document, day=timezone.localdate().toordinal())
    return document


@pytest.fixture(params=["topic", "person", "picture", "document"])
def record(request):
    found = request.getfixturevalue(request.param)
    found.save()
    work_off()
    return found


def restore(client, record=None):
    keys = DeletedRecord.objects.values_list("pk", flat=True)
    return client.post(reverse("restore_from_trash"), {"record": list(keys)})


def test_all_tables_are_as_before_except_for_logs(record, chief):
    model, key = type(record), record.pk
    before = dump()
    chief.post(address_of_deletion(record))
    work_off()
    assert not model.objects.filter(pk=key).exists()
    restore(chief)
    work_off()

    changed = differences(before, dump())
    changed.pop(NOTICES, None)
    changed.pop("media.Rendition", None)
    assert changed == {}
