"""A file that is replaced while it is read: the text of the new one stays, whichever reading ends first."""

import pytest
from django.core.files.base import ContentFile

from search.indexing import files
from search.indexing.file_tasks import read_file
from search.models import FileText
from tests.builders import make_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(monkeypatch):
    """A document of which the first file is read slowly: `meanwhile` happens before its reading ends."""

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


def test_file_that_stays_is_read(document, monkeypatch):
    while_it_is_read(monkeypatch, document, lambda: None)

    assert FileText.objects.get(document=document).text == "old"
