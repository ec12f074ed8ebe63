"""One record in the trash: deleted for ever by an administrator, its file moved with the others, restored by whom."""

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.content.files.missing import look_for_missing_files
from portal.content.records.people import Person
from portal.content.records.trash import DeletedRecord
from portal.editorial.roles import Role
from portal.editorial.trash.deleting import TrashRefusedError
from portal.editorial.trash.records import put_record_into_trash, restore_record
from portal.media.models import Image
from portal.media.moving import named_files
from tests.builders import make_article, make_image, make_person, media_collection, newsroom_client


@pytest.fixture
def entry(lorraine):
    return put_record_into_trash(make_image("Feu", collection=media_collection(lorraine.site)))


def test_administrator_deletes_one_record_for_ever(chief, entry, django_capture_on_commit_callbacks):
    address, name = reverse("delete_record_for_ever", args=[entry.pk]), entry.file.name
    assert address in chief.get(reverse("trash")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        chief.post(address)

    assert not DeletedRecord.objects.exists()
    assert not default_storage.exists(name)
    assert ModelLogEntry.objects.filter(action="wagtail.delete", label="Feu", deleted=True).exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_others_delete_no_record_for_ever(lorraine, newsroom, entry, role):
    client, address = newsroom_client(lorraine, newsroom[role]), reverse("delete_record_for_ever", args=[entry.pk])

    assert client.post(address).status_code == 404
    assert address not in client.get(reverse("trash")).content.decode()
    assert DeletedRecord.objects.exists()


def test_administrator_of_another_site_deletes_no_record_for_ever(saar, newsrooms, entry):
    client = newsroom_client(saar, newsrooms.saar[Role.SITE_ADMINISTRATOR])

    assert client.post(reverse("delete_record_for_ever", args=[entry.pk])).status_code == 404
    assert DeletedRecord.objects.exists()


def test_picture_of_a_person_who_is_public_now_is_restored_by_publishers_only(lorraine, newsroom):
    editor = newsroom[Role.EDITOR]
    picture = make_image("Portrait", collection=media_collection(lorraine.site), uploaded_by_user=editor)
    person = make_person("Claire Humbert", site=lorraine.site, picture=picture)
    entry = put_record_into_trash(picture, editor)
    make_article(lorraine.section, "La forge", authors=[person])

    with pytest.raises(TrashRefusedError):
        restore_record(entry, editor)
    assert not Image.objects.filter(pk=entry.key).exists()
    restore_record(entry, newsroom[Role.APPROVER])
    assert Person.objects.get(pk=person.pk).picture_id == entry.key


def test_file_in_the_trash_is_moved_to_another_storage(entry):
    assert entry.file.name in set(named_files())


def test_file_that_is_missing_in_the_trash_is_reported(entry):
    default_storage.delete(entry.file.name)

    assert entry.file.name in look_for_missing_files()
