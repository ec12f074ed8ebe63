"""Restoring a topic, a person, a picture or a document puts back every row that its deletion changed."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from wagtail_localize.models import (
    RelatedObjectSegment,
    SegmentOverride,
    StringTranslation,
    Translation,
    TranslationContext,
    TranslationLog,
    TranslationSource,
)

from articles.models import ArticlePage
from home.forms.records import FormRecord, SentFile
from home.periodic import delete_expired_messages
from portal.content.records.outlines import MapOutline
from portal.content.records.people import Person
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import Topic
from portal.content.records.trash import DeletedRecord
from portal.editorial.roles import Role
from portal.media.models import Document, Image
from portal.newsletter.models import Delivery
from portal.readership.models import DownloadDay
from portal.sheets.records import ConsentText, SheetRequest
from tests.builders import (
    fill_in,
    make_article,
    make_document,
    make_event,
    make_form_page,
    make_image,
    make_person,
    make_topic,
    media_collection,
    newsroom_client,
    work_off,
)
from tests.editorial.drafts import rewrite
from tests.editorial.trash.acts import address_of_deletion, delete, restore, restore_records
from tests.editorial.trash.dump import differences, dump
from tests.maps.makers import make_outline, map_value
from tests.newsletter.makers import make_issue, make_newsletter, make_subscriber

# Notices to the approvers about changes of what readers see; copies of a picture, drawn again at the first request; and
# the combinations of topics that have occurred so far.
LEFT_OUT = ("editorial.PublicChange", "media.Rendition", "search.TopicSet")


@pytest.fixture(autouse=True)
def scanner(settings):
    settings.UPLOAD_SCANNER = "portal.media.scanning.unscanned"


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
def translated_topic(topic, lorraine, newsrooms):
    """A topic with everything that wagtail-localize stores: as a source, translated, and used by a page that is one."""
    german = lorraine.homes["de"].locale
    source, _created = TranslationSource.update_or_create_from_instance(topic)
    Translation.objects.create(source=source, target_locale=german)
    segment = source.stringsegment_set.get(context__path="name")
    chief = newsrooms.lorraine[Role.SITE_ADMINISTRATOR]
    StringTranslation.objects.create(
        translation_of=segment.string,
        locale=german,
        context=segment.context,
        data="Schmieden",
        last_translated_by=chief,
    )
    TranslationLog.objects.create(source=source, locale=german)
    SegmentOverride.objects.create(locale=german, context=segment.context, data_json='"Schmiede"')
    story = ArticlePage.objects.get(title="La forge")
    page_source, _created = TranslationSource.update_or_create_from_instance(story)
    context, _created = TranslationContext.objects.get_or_create(object=page_source.object, path="topics")
    RelatedObjectSegment.objects.create(source=page_source, context=context, object=source.object, order=99)
    StringTranslation.objects.update(updated_at=timezone.now() - timedelta(days=3))
    return topic


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
    body = [{"type": "image", "value": {"image": picture.pk, "caption": ""}}]
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
    body = [{"type": "download", "value": {"document": document.pk, "title": ""}}]
    make_article(lorraine.section, "La forge", body=body)
    purpose = ConsentText.objects.create(site=lorraine.site, language="fr", text="Pour cela.", content_hash="x")
    SheetRequest.objects.create(
        site=lorraine.site,
        document=document,
        purpose=purpose,
        link_expires_at=timezone.now() + timedelta(days=1),
        delete_at=timezone.now() + timedelta(days=9),
    )
    DownloadDay.objects.create(site=lorraine.site, document=document, day=timezone.localdate().toordinal())
    return document


@pytest.fixture
def outline(lorraine):
    outline = make_outline(site=lorraine.site)
    make_article(lorraine.section, "La forge", body=[{"type": "map", "value": map_value(outline)}])
    return outline


@pytest.fixture(params=["topic", "translated_topic", "person", "outline", "picture", "document"])
def record(request, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        found = request.getfixturevalue(request.param)
        found.save()
    work_off()
    return found


FILES = {"file_types": "documents", "max_files": 2, "max_megabytes": 1}
# What a deletion changes besides the record, or its undoing would be proved by nothing.
CHANGED = {
    Topic: {"core.PageTopic", "search.DraftEntry", "wagtailcore.ReferenceIndex"},
    Person: {"core.Byline", "search.EntryText", "wagtailcore.ReferenceIndex"},
    MapOutline: {"wagtailcore.ReferenceIndex"},
    Image: {"core.Person", "core.SiteSettings", "taggit.TaggedItem", "wagtailcore.ReferenceIndex"},
    Document: {"readership.DownloadDay", "sheets.SheetRequest", "taggit.TaggedItem", "wagtailcore.ReferenceIndex"},
}


def test_all_tables_are_as_before_except_for_logs(record, chief, django_capture_on_commit_callbacks):
    model, key = type(record), record.pk
    before = dump()
    with django_capture_on_commit_callbacks(execute=True):
        chief.post(address_of_deletion(record))
    work_off()
    assert not model.objects.filter(pk=key).exists()
    assert differences(before, dump()).keys() >= CHANGED[model]
    with django_capture_on_commit_callbacks(execute=True):
        restore_records(chief)
    work_off()

    changed = differences(before, dump())
    assert {label: rows for label, rows in changed.items() if label not in LEFT_OUT} == {}


BOOKKEEPING = {
    f"wagtail_localize.{name}"
    for name in (
        *("TranslatableObject", "TranslationSource", "TranslationContext", "Translation", "TranslationLog"),
        *("StringSegment", "StringTranslation", "SegmentOverride", "RelatedObjectSegment"),
    )
}


def test_translation_of_a_topic_is_deleted_and_comes_back(translated_topic, chief):
    before = dump()
    chief.post(address_of_deletion(translated_topic))
    assert differences(before, dump()).keys() >= BOOKKEEPING

    restore_records(chief)

    assert differences(before, dump()).keys() & BOOKKEEPING == set()


def test_translation_begun_again_since_stays(lorraine, translated_topic, chief):
    german = lorraine.homes["de"].locale
    copy = Topic.objects.get(translation_key=translated_topic.translation_key, locale=german)
    chief.post(address_of_deletion(translated_topic))
    source, _created = TranslationSource.update_or_create_from_instance(copy)
    Translation.objects.create(source=source, target_locale=translated_topic.locale)

    restore_records(chief)

    assert set(Translation.objects.values_list("source__locale", "target_locale")) == {
        (german.pk, translated_topic.locale_id),
        (translated_topic.locale_id, german.pk),
    }


def test_translations_of_other_records_stay_as_they_are(lorraine, translated_topic, chief):
    """Those of another topic are neither copied nor written again."""
    decoy = make_topic("Charbon")
    source, _created = TranslationSource.update_or_create_from_instance(decoy)
    chief.post(address_of_deletion(translated_topic))
    TranslationSource.objects.filter(pk=source.pk).update(object_repr="Charbon, plus tard")

    restore_records(chief)

    assert not DeletedRecord.objects.exists()
    assert TranslationSource.objects.get(pk=source.pk).object_repr == "Charbon, plus tard"


def test_form_keeps_its_answers_and_files(lorraine, chief, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    form = make_form_page(
        lorraine.home, fields=[("Nom", "singleline"), ("Adresse", "email"), ("Dossier", "file", FILES)]
    )
    dossier = SimpleUploadedFile("dossier.pdf", b"%PDF-1.4 dossier", "application/pdf")
    fill_in(lorraine.reader(), lorraine.address(form), nom="Anna", adresse="anna@reader.example", dossier=dossier)
    work_off()
    assert SentFile.objects.filter(record__page=form).exists()

    assert_back_as_before(chief, form)


def test_newsletter_keeps_its_issues_and_sendings(lorraine, chief):
    newsletter = make_newsletter(lorraine)
    make_subscriber(lorraine)
    issue = make_issue(newsletter)
    work_off()
    assert Delivery.objects.filter(sending__issue=issue, state=Delivery.State.SENT).exists()

    assert_back_as_before(chief, newsletter)


def assert_back_as_before(chief, page):
    before = dump()
    delete(chief, page)
    work_off()
    restore(chief, page)
    work_off()
    assert differences(before, dump()) == {}


def test_answers_are_deleted_in_time_in_the_trash(lorraine, chief):
    form = make_form_page(lorraine.home)
    fill_in(lorraine.reader(), lorraine.address(form), nom="Anna", adresse="anna@reader.example")
    delete(chief, form)
    answers = FormRecord.objects.filter(page=form)
    assert answers.exists()
    delete_expired_messages(answers.get().delete_at + timedelta(minutes=1))

    assert not answers.exists()
