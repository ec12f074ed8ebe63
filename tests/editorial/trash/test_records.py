"""Topics, people, pictures and documents in the trash: deleting, undoing, the list, emptying."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from wagtail.permissions import policy_registry

from portal.content.extension_points import after_records_return
from portal.content.personal_data import personal_data_sources
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.content.records.trash import DeletedRecord
from portal.editorial.models import PublicChange
from portal.editorial.periodic import empty_trash
from portal.editorial.roles import Role
from portal.editorial.trash.access import restorable_records
from portal.editorial.trash.copies import copy_of
from portal.editorial.trash.deleting import TrashRefusedError
from portal.editorial.trash.records import KINDS, put_record_into_trash, restore_record
from portal.media.models import Image
from portal.sites.deletion import delete_site
from tests.builders import (
    content_of,
    make_article,
    make_document,
    make_image,
    make_member,
    make_person,
    make_topic,
    media_collection,
    newsroom_client,
)
from tests.editorial.actions import messages_of, publish_as_system
from tests.editorial.drafts import rewrite
from tests.editorial.trash.acts import address_of_deletion, restore_records
from tests.maps.makers import make_outline


def records_of(ground, word: str) -> list:
    """One record of each kind that belongs to the site."""
    topic = make_topic(f"Forges {word}")
    Topic.objects.filter(pk=topic.pk).update(site=ground.site)
    folder = media_collection(ground.site)
    document = make_document(f"Plan {word}", f"{word}.pdf")
    document.collection = folder
    document.save()
    return [
        Topic.objects.get(pk=topic.pk),
        make_person(f"Claire {word}", site=ground.site),
        make_image(f"Feu {word}", collection=folder),
        document,
    ]


@pytest.fixture
def records(lorraine):
    return records_of(lorraine, "lorraine")


@pytest.fixture
def decoys(saar):
    return records_of(saar, "sarre")


def text_of(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def exists(model, key) -> bool:
    return model._default_manager.filter(pk=key).exists()


def test_question_says_until_when_a_record_can_be_restored(chief, records, settings):
    settings.TRASH_DAYS = 60
    until = timezone.localtime(timezone.now() + timedelta(days=60))
    for record in records:
        text = text_of(chief.get(address_of_deletion(record)))
        assert "it can be restored from the trash" in text, record
        assert f"{until.day} {until:%B %Y}" in text, record


def test_undo_in_the_message_restores_a_record(chief, records):
    for record in records:
        model, key = type(record), record.pk
        page = chief.get(chief.post(address_of_deletion(record))["Location"])
        form = BeautifulSoup(page.content, "html.parser").select_one(f'form[action="{reverse("restore_from_trash")}"]')
        assert not exists(model, key)
        chief.post(form["action"], {each["name"]: each["value"] for each in form.select("input[type=hidden]")})
        assert exists(model, key)


@pytest.mark.parametrize("index", range(4))
def test_several_records_are_deleted_and_restored_together(lorraine, chief, records, index):
    one, other = records[index], records_of(lorraine, "bis")[index]
    model, keys = type(one), [one.pk, other.pk]
    path = reverse("wagtail_bulk_action", args=[*model._meta.label_lower.split("."), "delete"])
    path += f"?id={keys[0]}&id={keys[1]}"
    assert "they can be restored from the trash" in text_of(chief.get(path))
    response = chief.post(path)
    assert "2 entries are in the trash." in messages_of(response)
    assert not any(exists(model, key) for key in keys)

    restore_records(chief)
    assert all(exists(model, key) for key in keys)


def test_list_names_the_record_its_kind_and_the_site_and_no_other_site(lorraine, chief, newsroom, records, decoys):
    for record in (*records, *decoys):
        put_record_into_trash(record, newsroom[Role.SITE_ADMINISTRATOR])
    page = BeautifulSoup(chief.get(reverse("trash")).content, "html.parser")
    rows = [" ".join(row.get_text(" ").split()) for row in page.select("table.listing tbody tr")]

    assert len(rows) == 4
    assert rows[0].startswith(f"Plan lorraine Document {lorraine.site.site_name}")
    assert rows[3].startswith("Forges lorraine Topic")
    assert "60" in rows[0]
    assert "sarre" not in page.get_text()


def test_administrator_of_the_other_site_restores_nothing(saar, newsrooms, records):
    entries = [put_record_into_trash(record) for record in records]
    client = newsroom_client(saar, newsrooms.saar[Role.SITE_ADMINISTRATOR])
    codes = {restore_records(client, entry).status_code for entry in entries}

    assert DeletedRecord.objects.count() == 4
    assert all(code in (302, 403) for code in codes)
    assert "lorraine" not in client.get(reverse("trash")).content.decode()


ROLES = (Role.EDITOR, Role.APPROVER, Role.ORGANISER, Role.SITE_ADMINISTRATOR)


@pytest.mark.parametrize("role", [*ROLES, None])
@pytest.mark.parametrize("is_used", [False, True])
def test_whoever_could_delete_a_record_can_restore_it(lorraine, newsroom, records, decoys, role, is_used):
    user = newsroom[role] if role else make_member("root", is_superuser=True)
    own = make_image("À moi", collection=media_collection(lorraine.site), uploaded_by_user=user)
    network = [make_topic("Réseau"), make_person("Du réseau"), make_image("Du réseau")]
    topic, person, picture, document = records
    if is_used:
        body = [
            {"type": "image", "value": {"image": picture.pk, "caption": ""}},
            {"type": "download", "value": {"document": document.pk, "title": ""}},
        ]
        make_article(lorraine.section, "La forge", topics=[topic], authors=[person], body=body)
    everything = [own, *network, *records, *decoys]
    deletable = {
        str(each)
        for each in everything
        if policy_registry.get_by_type(type(each)).user_has_permission_for_instance(user, "delete", each)
    }
    for each in everything:
        put_record_into_trash(each)

    assert {entry.title for entry in restorable_records(user)} == deletable


def test_file_stays_until_its_time_in_the_trash_ends(lorraine, chief, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        picture = make_image("Feu", collection=media_collection(lorraine.site))
        name = picture.file.name
        put_record_into_trash(picture)
    assert default_storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        restore_records(chief)
    assert default_storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        put_record_into_trash(Image.objects.get(file=name))
        empty_trash(timezone.now() + timedelta(days=61))

    assert not DeletedRecord.objects.exists()
    assert not default_storage.exists(name)


def test_file_that_is_deleted_for_ever_at_once_leaves_the_storage(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        picture = make_image("Feu")
        name = picture.file.name
        picture.delete()

    assert not default_storage.exists(name)


def test_site_is_deleted_with_its_records_and_files_in_the_trash(saar, decoys, django_capture_on_commit_callbacks):
    name = decoys[2].file.name
    for record in decoys:
        put_record_into_trash(record)
    with django_capture_on_commit_callbacks(execute=True):
        delete_site(saar.site)

    assert not DeletedRecord.objects.exists()
    assert not default_storage.exists(name)


def test_trash_is_emptied_after_its_time_and_not_before(records, settings):
    settings.TRASH_DAYS = 60
    old, new = put_record_into_trash(records[0]), put_record_into_trash(records[1])
    now = timezone.now()
    DeletedRecord.objects.filter(pk=old.pk).update(deleted_at=now - timedelta(days=60))
    DeletedRecord.objects.filter(pk=new.pk).update(deleted_at=now - timedelta(days=59))
    empty_trash(now)

    assert list(DeletedRecord.objects.values_list("pk", flat=True)) == [new.pk]


def test_administrator_empties_the_trash_of_one_site(lorraine, chief, records, decoys):
    for record in (*records, *decoys):
        put_record_into_trash(record)
    address = reverse("empty_trash", args=[lorraine.site.pk])
    page = text_of(chief.get(address))
    assert "Forges lorraine" in page
    assert "sarre" not in page
    chief.post(address)

    assert {entry.title.split()[-1] for entry in DeletedRecord.objects.all()} == {"sarre"}


def test_record_whose_address_was_taken_is_refused_in_words(lorraine, chief, records):
    slug, site = records[0].slug, lorraine.site
    entry = put_record_into_trash(records[0])
    other = make_topic("Autres forges", slug=slug)
    Topic.objects.filter(pk=other.pk).update(site=site)
    response = restore_records(chief, entry)

    assert "another record has taken its place. Another topic has this word in its address." in messages_of(response)
    assert DeletedRecord.objects.filter(pk=entry.pk).exists()
    other.delete()
    restore_records(chief, entry)
    assert Topic.objects.filter(slug=slug).exists()


def test_page_published_since_stays_as_it_is(lorraine, newsroom, chief, records):
    topic, author = records[:2]
    changed = make_article(lorraine.section, "La forge", topics=[topic], authors=[author])
    unchanged = make_article(lorraine.section, "La mine", topics=[topic], authors=[author])
    keys = topic.pk, author.pk
    for record in (topic, author):
        put_record_into_trash(record)
    publish_as_system(rewrite(changed, newsroom[Role.EDITOR], title="La forge, corrigée"))
    response = restore_records(chief)

    def tied(page):
        ties = page.page_topics.filter(topic=keys[0]), page.bylines.filter(person=keys[1])
        return [rows.exists() for rows in ties]

    assert tied(changed) == [False, False]
    assert tied(unchanged) == [True, True]
    assert "1 page was published since without it, and stays as it is." in messages_of(response)


def test_failed_restoring_changes_nothing(lorraine, records, monkeypatch):
    topic = records[0]
    story = make_article(lorraine.section, "La forge", topics=[topic])
    entry = put_record_into_trash(topic)

    def fail(pages):
        raise RuntimeError

    monkeypatch.setattr("portal.editorial.trash.records.after_records_return", [*after_records_return, fail])
    with pytest.raises(RuntimeError):
        restore_record(entry)

    assert DeletedRecord.objects.filter(pk=entry.pk).exists()
    assert not exists(Topic, entry.key)
    assert not story.page_topics.exists()


def test_failed_deletion_leaves_the_record_and_no_entry(records, monkeypatch):
    def fail(action):
        raise RuntimeError

    monkeypatch.setattr("portal.editorial.trash.records.DeleteAction._delete", fail)
    key = records[1].pk
    with pytest.raises(RuntimeError):
        put_record_into_trash(records[1])

    assert exists(Person, key)
    assert not DeletedRecord.objects.exists()


def test_second_restoring_is_refused_in_words(records):
    entry = put_record_into_trash(records[0])
    restore_record(entry)

    with pytest.raises(TrashRefusedError, match="plus dans la corbeille"):
        restore_record(entry)


def test_lead_picture_of_a_page_is_still_refused(lorraine, chief):
    picture = make_image("Une", collection=media_collection(lorraine.site))
    make_article(lorraine.section, "La forge", lead_image=picture)
    chief.post(address_of_deletion(picture))

    assert exists(Image, picture.pk)
    assert not DeletedRecord.objects.exists()


def test_folder_of_a_file_in_the_trash_is_not_deleted(lorraine, records):
    root = newsroom_client(lorraine, make_member("root", is_superuser=True))
    folder = media_collection(lorraine.site).add_child(name="Forges")
    put_record_into_trash(make_image("Feu", collection=folder))
    address = reverse("wagtailadmin_collections:delete", args=[folder.pk])
    assert "1 file in the trash" in text_of(root.get(address))
    root.post(address)

    assert exists(type(folder), folder.pk)


def test_readers_get_no_document_in_the_trash(lorraine, chief, records):
    document = records[3]
    body = [{"type": "download", "value": {"document": document.pk, "title": ""}}]
    make_article(lorraine.section, "La forge", body=body)
    reader, url = lorraine.reader(), document.url
    assert content_of(reader.get(url)).startswith(b"%PDF")
    chief.post(address_of_deletion(document))
    assert reader.get(url).status_code == 404
    restore_records(chief)

    assert content_of(reader.get(url)).startswith(b"%PDF")


def test_approvers_hear_of_a_published_record_that_is_restored(lorraine, records):
    make_article(lorraine.section, "La forge", authors=[records[1]])
    user = make_member("root", is_superuser=True)
    restore_record(put_record_into_trash(records[1], user), user)

    assert [change.kind for change in PublicChange.objects.order_by("pk")] == ["deleted", "created"]


def test_copies_have_no_rows_about_people_outside_the_newsroom(records):
    """The export and the erasure of a person's data need not read the copies."""
    personal = {model._meta.label for source in personal_data_sources() for model in source.models}
    of_each_kind = [*records, make_outline()]

    assert {type(record) for record in of_each_kind} == set(KINDS)
    assert [set(copy_of(record)["rows"]) & personal for record in of_each_kind] == [set()] * 5
