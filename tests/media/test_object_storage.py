"""Files in object storage: readers and newsroom see no difference, except for a 503 when it is unavailable."""

import socket
from io import StringIO
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from portal.connections import storages
from portal.editorial.roles import Role, media_collection
from portal.media import object_storage
from portal.media.models import Document, Image
from portal.media.moving import move
from portal.media.object_storage import ObjectStorage
from portal.media.picture import sources
from portal.media.stored import StorageUnavailableError, files_in, names_in
from portal.moving.models import ImportRun
from portal.moving.periodic import RETENTION, delete_old_exports
from portal.platform.status.installation import object_storage as object_storage_condition
from tests.builders import (
    change,
    content_of,
    make_article,
    make_document,
    make_image,
    make_newsroom,
    newsroom_client,
    picture,
)
from tests.object_storage import KEY, SECRET, client, make_bucket, object_server

PLAN = b"%PDF-1.4 the plan"


def content(storage, name: str) -> bytes:
    with storage.open(name) as file:
        return file.read()


@pytest.fixture(scope="module")
def endpoint():
    with object_server() as address:
        yield address


def use(settings, address: str, bucket: str) -> None:
    settings.OBJECT_STORAGE = {
        "bucket_name": bucket,
        "location": "files",
        "access_key": KEY,
        "secret_key": SECRET,
        "endpoint_url": address,
        "region_name": "us-east-1",
    }
    settings.STORAGES = {**settings.STORAGES, "default": storages(settings.OBJECT_STORAGE, hashed=False)["default"]}


@pytest.fixture(autouse=True)
def bucket(settings, endpoint, tmp_path):
    """A folder that must stay empty, and the name of a new bucket for uploaded files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    name = make_bucket(endpoint)
    use(settings, endpoint, name)
    return name


@pytest.fixture
def gone(settings, bucket):
    """Stop the object storage for the rest of the test."""

    def end() -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            use(settings, f"http://127.0.0.1:{free.getsockname()[1]}", bucket)

    return end


@pytest.fixture
def story(lorraine):
    """A page on which readers see a picture and a document."""
    image = make_image("Atelier", collection=media_collection(lorraine.site))
    document = make_document("Plan", "plan.pdf", PLAN)
    body = [{"type": "download", "value": {"document": document.pk, "title": ""}}]
    page = make_article(lorraine.section, "La fonderie", lead_image=image, body=body)
    return lorraine.address(page), sources(image, "text").src, document.url


def test_reader_gets_the_picture_and_the_document_of_a_page(reader, story, settings):
    page, image, document = story

    assert reader.get(page).status_code == 200
    assert content_of(reader.get(image)).startswith(b"\xff\xd8")
    assert content_of(reader.get(document)) == PLAN
    assert not settings.MEDIA_ROOT.exists()


def test_file_of_a_draft_is_for_the_newsroom_only(lorraine, saar, reader, endpoint, bucket):
    image = make_image("Entwurf", collection=media_collection(lorraine.site))
    address = image.get_rendition("width-100").url
    theirs, others = (newsroom_client(ground, make_newsroom(ground)[Role.EDITOR]) for ground in (lorraine, saar))

    assert content_of(theirs.get(address)).startswith(b"\x89PNG")
    assert others.get(address).status_code == 404
    assert reader.get(sources(image, "text").src).status_code == 404
    with pytest.raises(HTTPError, match="403"):
        urlopen(f"{endpoint}/{bucket}/files/{image.file.name}")


def test_editor_uploads_a_picture_or_gets_a_503(lorraine, reader, gone):
    editor = newsroom_client(lorraine, make_newsroom(lorraine)[Role.EDITOR])

    def upload(title: str) -> int:
        form = {
            "title": title,
            "file": SimpleUploadedFile("atelier.png", picture(), content_type="image/png"),
            "collection": media_collection(lorraine.site).pk,
            "focal_point_x": "",
        }
        return editor.post(reverse("wagtailimages:add"), form).status_code

    assert upload("Atelier") == 302
    assert content(default_storage, Image.objects.get(title="Atelier").file.name).startswith(b"\x89PNG")

    editor.raise_request_exception = False
    gone()

    assert upload("Halle") == 503
    assert not Image.objects.filter(title="Halle").exists()


def test_deleted_document_is_gone_from_the_storage(lorraine, django_capture_on_commit_callbacks):
    document = make_document("Plan", "plan.pdf", PLAN)
    name = document.file.name
    with django_capture_on_commit_callbacks(execute=True):
        document.delete()

    assert not default_storage.exists(name)


def test_uploaded_exports_are_deleted_after_their_retention(lorraine):
    facts = {"site": lorraine.site, "locale": lorraine.home.locale, "state": ImportRun.State.DONE}
    old, new = (ImportRun.objects.create(file=ContentFile(b"<rss>", "export.xml"), **facts) for _run in range(2))
    later = timezone.now() + RETENTION * 2
    ImportRun.objects.filter(pk=new.pk).update(started_at=later)

    delete_old_exports(later)

    assert not default_storage.exists(old.file.name)
    assert default_storage.exists(new.file.name)


def test_share_image_of_an_earlier_title_is_deleted(lorraine):
    page, other = (make_article(lorraine.section, title, lead_image=None) for title in ("Avant", "Autre"))
    for title in ("Avant", "Après"):
        change(page, title=title)
        for each in (page, other):
            image = BeautifulSoup(lorraine.reader().get(lorraine.address(each)).content, "html.parser")
            content_of(lorraine.reader().get(image.select_one("meta[property='og:image']")["content"]))

    assert [len(names_in(default_storage, f"share/{each.pk}")) for each in (page, other)] == [1, 1]


def test_file_uploaded_by_another_process_is_not_overwritten(monkeypatch):
    default_storage.save("documents/plan.pdf", ContentFile(b"hers"))
    # Both check the name before either writes.
    monkeypatch.setattr(ObjectStorage, "get_available_name", once(lambda name: name, ObjectStorage.get_available_name))

    name = default_storage.save("documents/plan.pdf", ContentFile(b"his"))

    assert name != "documents/plan.pdf"
    assert content(default_storage, "documents/plan.pdf") == b"hers"
    assert content(default_storage, name) == b"his"


def once(first, then):
    """A method that calls `first` on its first call, and `then` afterwards."""
    calls = []

    def answer(self, name, max_length=None):
        calls.append(name)
        return first(name) if len(calls) == 1 else then(self, name, max_length)

    return answer


def test_missing_files_cause_no_server_error(reader, story):
    page, image, document = story
    for file in files_in(default_storage):
        default_storage.delete(file.name)

    assert reader.get(page).status_code == 200
    assert reader.get(image).status_code == 410
    assert reader.get(document).status_code == 404


def test_page_is_served_while_the_storage_is_unavailable(reader, story, gone, caplog):
    page, image, document = story
    content_of(reader.get(image))
    reader.raise_request_exception = False
    gone()

    assert reader.get(page).status_code == 200
    for address in (image, document):
        response = reader.get(address)
        assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "30", "no-store")
    # The file was not recorded as missing.
    assert Image.objects.get(title="Atelier").renditions.count() == 1


def test_story_with_a_document_is_published_while_the_storage_is_unavailable(lorraine, reader, gone):
    document, page = make_document("Plan", "plan.pdf", PLAN), make_article(lorraine.section, "La fonderie")
    gone()
    change(page, body=[{"type": "download", "value": {"document": document.pk, "title": ""}}])

    assert document.url in reader.get(lorraine.address(page)).content.decode()


def test_unresponsive_storage_is_not_tried_for_a_while(gone, monkeypatch):
    gone()
    with pytest.raises(StorageUnavailableError, match="EndpointConnectionError"):
        default_storage.exists("documents/plan.pdf")
    monkeypatch.setattr(
        object_storage.S3Storage, "exists", lambda *arguments: pytest.fail("There was another request to the storage.")
    )

    with pytest.raises(StorageUnavailableError):
        default_storage.exists("documents/plan.pdf")


def test_missing_bucket_is_reported(settings, endpoint):
    use(settings, endpoint, "no-such-bucket")
    with pytest.raises(StorageUnavailableError, match="NoSuchBucket"):
        default_storage.save("documents/plan.pdf", ContentFile(PLAN))


def test_status_says_whether_the_storage_responds_and_is_public(bucket, endpoint, gone):
    make_document("Plan", "plan.pdf", PLAN)
    condition = object_storage_condition(timezone.now())
    assert condition.is_well
    assert bucket in condition.text

    client(endpoint).put_object(Bucket=bucket, Key="files/a-public.txt", Body=b"", ACL="public-read")
    with override("en"):
        assert "by anybody" in object_storage_condition(timezone.now()).text
    gone()
    assert "does not respond" in object_storage_condition(timezone.now()).text


@pytest.mark.parametrize(
    ("byte_range", "status", "part"),
    [("bytes=5-7", 206, PLAN[5:8]), ("bytes=-3", 206, PLAN[-3:]), ("bytes=90-", 416, b""), ("pages=1-2", 200, PLAN)],
)
def test_range_request_fetches_only_its_part(reader, story, monkeypatch, byte_range, status, part):
    fetched = []
    fetch = ObjectStorage.fetch
    monkeypatch.setattr(ObjectStorage, "fetch", lambda *words: fetched.append(words[2:]) or fetch(*words))
    response = reader.get(story[2], headers={"Range": byte_range})

    assert (response.status_code, response.getvalue()) == (status, part)
    assert len(fetched) == (status != 416)


def test_head_of_a_document_fetches_nothing(reader, story, monkeypatch):
    monkeypatch.setattr(ObjectStorage, "fetch", None)
    response = reader.head(story[2])

    assert (response.status_code, response["Content-Length"]) == (200, str(len(PLAN)))


def move_media(to: str, **options) -> str:
    written = StringIO()
    call_command("move_media", to=to, stdout=written, **options)
    return written.getvalue()


def in_folder(settings, *contents: bytes) -> list[Document]:
    """Documents with files in the folder, as before the move."""
    objects = settings.STORAGES
    settings.STORAGES = {**objects, "default": storages({}, hashed=False)["default"]}
    documents = [make_document(f"Plan {number}", f"plan-{number}.pdf", each) for number, each in enumerate(contents)]
    settings.STORAGES = objects
    return documents


def test_files_move_into_the_storage_and_back(settings, endpoint, bucket):
    documents = in_folder(settings, b"one", b"two")
    (settings.MEDIA_ROOT / "documents" / "unnamed.pdf").write_bytes(b"of no record")

    assert move_media("s3", dry_run=True).startswith("2 files would be copied, 0 existed")
    assert list(files_in(default_storage)) == []
    assert move_media("s3").startswith("2 files were copied, 0 existed")
    assert [content(default_storage, each.file.name) for each in documents] == [b"one", b"two"]

    folder = FileSystemStorage()
    folder.delete(documents[0].file.name)
    assert move_media("local").startswith("1 files were copied, 1 existed")
    assert content(folder, documents[0].file.name) == b"one"


def test_interrupted_move_resumes_without_partial_files(settings, monkeypatch):
    in_folder(settings, b"one", b"two", b"three")
    folder, objects = FileSystemStorage(), ObjectStorage(**settings.OBJECT_STORAGE)
    move(folder, objects, dry_run=False)
    elsewhere = FileSystemStorage(settings.MEDIA_ROOT.parent / "elsewhere")
    fetched = ObjectStorage.fetch

    def breaks_off(self, name):
        if "plan-1" in name:
            raise StorageUnavailableError("The object storage does not respond.")
        return fetched(self, name)

    with monkeypatch.context() as broken, pytest.raises(StorageUnavailableError):
        broken.setattr(ObjectStorage, "fetch", breaks_off)
        move(objects, elsewhere, dry_run=False)
    (settings.MEDIA_ROOT.parent / "elsewhere/documents/plan-1.pdf.unfinished").write_bytes(b"t")
    again = move(objects, elsewhere, dry_run=False)

    assert (len(again.same), len(again.copied)) == (1, 2)
    assert content(elsewhere, "documents/plan-1.pdf") == b"two"
    assert not elsewhere.exists("documents/plan-1.pdf.unfinished")


def test_file_that_was_replaced_after_the_move_is_not_overwritten(settings):
    (document,) = in_folder(settings, b"old")
    move_media("s3")
    default_storage.delete(document.file.name)
    default_storage.save(document.file.name, ContentFile(b"new and longer"))

    assert "1 have been replaced in the target since" in move_media("s3")
    assert content(default_storage, document.file.name) == b"new and longer"


def test_move_without_an_address_says_what_is_missing(settings):
    settings.OBJECT_STORAGE = {}

    with pytest.raises(CommandError, match="Set STORAGE_URL"):
        move_media("s3")
