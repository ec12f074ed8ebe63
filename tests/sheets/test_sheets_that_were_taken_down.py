"""A link to a document by mail gives no file once its page or folder was taken back."""

import pytest
from wagtail.models import CollectionViewRestriction

from tests.builders import make_draft, make_private


def unpublish(offered):
    make_draft(offered.article)


def hide(offered):
    make_private(offered.article, password="sésame")


def hide_folder(offered):
    CollectionViewRestriction.objects.create(collection=offered.document.collection, restriction_type="login")


@pytest.mark.parametrize("take_down", [unpublish, hide, hide_folder])
def test_link_gives_no_file_after_it_was_taken_down(reader, sheet, take_down):
    sheet.ask()
    link = sheet.link()
    take_down(sheet)

    response = reader.get(link)

    assert response.status_code == 410
