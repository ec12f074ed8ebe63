"""A response is rendered again if the content changes meanwhile, so that it never mixes two versions."""

from unittest import mock

import pytest

from portal.content.serving.middleware import ClosedSite
from tests.builders import change, make_article


@pytest.fixture
def story(lorraine):
    return make_article(lorraine.section, "Avant")


def changed_while_rendered(story, number: int, headers=None):
    """Publish a change after each of the first `number` renderings. Also returns the paths rendered."""
    renderings: list[str] = []
    original = ClosedSite.__call__

    def call(self, request):
        response = original(self, request)
        for name, value in (headers or {}).items():
            response.headers[name] = value
        if len(renderings) < number:
            change(story, title=f"Après {len(renderings)}")
        renderings.append(request.path)
        return response

    return mock.patch.object(ClosedSite, "__call__", call), renderings


def test_change_during_the_rendering_is_seen(lorraine, reader, story):
    changed, renderings = changed_while_rendered(story, 1)
    with changed:
        html = reader.get(lorraine.address(lorraine.section)).content.decode()

    assert "Après 0" in html
    assert "Avant" not in html
    assert len(renderings) == 2


def test_response_is_rendered_once_without_a_change(lorraine, reader, story):
    changed, renderings = changed_while_rendered(story, 0)
    with changed:
        reader.get(lorraine.address(story))

    assert len(renderings) == 1


def test_constantly_changing_content_is_still_served(lorraine, reader, story):
    changed, renderings = changed_while_rendered(story, 9)
    with changed:
        response = reader.get(lorraine.address(story))

    assert response.status_code == 200
    assert len(renderings) == 3


def test_cached_response_has_the_etag_of_its_content(lorraine, reader, story):
    changed, _renderings = changed_while_rendered(story, 1)
    with changed:
        first = reader.get(lorraine.address(story))
    second = reader.get(lorraine.address(story))

    assert first.content == second.content
    assert first["ETag"] == second["ETag"]


def test_form_is_not_submitted_again(lorraine, reader, story):
    changed, renderings = changed_while_rendered(story, 1)
    with changed:
        reader.post(lorraine.address(story), {"x": "y"})

    assert len(renderings) == 1


def test_uncacheable_response_is_rendered_once(lorraine, reader, story):
    changed, renderings = changed_while_rendered(story, 1, {"Cache-Control": "private, no-store"})
    with changed:
        reader.get(lorraine.address(story))

    assert len(renderings) == 1
