"""Previews of pages that are not saved or published."""

import pytest
from django.apps import apps

from portal.content.pages.pages import PortalPage
from tests.builders import make_article

PAGE_TYPES = [model for model in apps.get_models() if issubclass(model, PortalPage)]


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model.__name__)
def test_unsaved_empty_page_can_be_previewed(lorraine, model):
    home = lorraine.home
    page = model(title="Neu", slug="neu", locale=home.locale, depth=home.depth + 1, path=home.path + "9999")
    page.set_url_path(home)

    response = page.make_preview_request()

    assert response.status_code == 200
    assert "Neu" in response.content.decode()


def test_newsroom_may_frame_its_previews_and_nobody_else(lorraine, reader):
    page = make_article(lorraine.section, "Une usine")

    preview = page.make_preview_request(preview_mode="")

    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert "unsafe-inline" not in preview["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in reader.get(lorraine.address(page))["Content-Security-Policy"]
