"""A file that is replaced while it is read, or was read by an earlier version: the index has its current text."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from search.indexing import files
from search.indexing.file_tasks import read_file
from search.indexing.index import index_keys
from search.models import FileText
from search.periodic import follow_reading
from tests.builders import make_article, make_document, work_off
from tests.search.searching import titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(monkeypatch):
    """A document whose first file is read slowly: `meanwhile` runs before the reading ends."""

    def text_of(document) -> str:
        with document.open_file() as file:
            content = file.read().decode()
        if content == "old":
            document.meanwhile()
        return content

    monkeypatch.setattr(files, "document_text", text_of)
    return make_document("Tarifs", "tarifs.txt", b"old")


def while_it_is_read(monkeypatch, document, act) -> None:
    monkeypatch.setattr(type(document), "meanwhile", lambda _document: act(), raising=False)
    read_file.call(document.pk)


def test_slow_reading_of_the_former_file_does_not_replace_the_text_of_the_new_one(document, monkeypatch):
    def replace() -> None:
        new = type(document).objects.get(pk=document.pk)
        new.file, new.file_hash = ContentFile(b"new", name="tarifs.txt"), ""
        new.save()
        read_file.call(new.pk)

    while_it_is_read(monkeypatch, document, replace)

    assert FileText.objects.get(document=document).text == "new"


def test_document_that_is_deleted_while_it_is_read_leaves_no_text(document, monkeypatch):
    while_it_is_read(monkeypatch, document, lambda: type(document).objects.get(pk=document.pk).delete())

    assert not FileText.objects.exists()


def test_unchanged_file_is_read(document, monkeypatch):
    while_it_is_read(monkeypatch, document, lambda: None)

    assert FileText.objects.get(document=document).text == "old"


def test_files_read_by_another_version_are_read_again_in_batches(lorraine, monkeypatch):
    names = ["un.txt", "deux.txt", "trois.txt"]
    documents = [make_document(name, name, f"Un chevalement {name}".encode()) for name in names]
    blocks = [{"type": "download", "value": {"document": each.pk, "title": ""}} for each in documents]
    page = make_article(lorraine.section, "Dossier", body=blocks)
    work_off()
    FileText.objects.update(file_hash="a" * 40, text="Un effacement")
    index_keys([page.pk])
    monkeypatch.setattr("search.periodic.READ_AT_ONCE", 2)
    assert titles(lorraine, "effacement") == ["Dossier"]

    follow_reading(timezone.now())
    follow_reading(timezone.now())
    assert DBTaskResult.objects.ready().count() == 2
    work_off()
    follow_reading(timezone.now())
    work_off()
    follow_reading(timezone.now())

    assert not DBTaskResult.objects.ready().exists()
    assert titles(lorraine, "effacement") == []
    assert titles(lorraine, "chevalement") == ["Dossier"]
