"""A map in a text: refused with a reason, shown to readers with a list of its points, and never an error."""

import json

import pytest
from bs4 import BeautifulSoup
from django.utils.translation import override
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from portal.content.blocks.maps import MOST_POINTS, MapBlock
from portal.content.records.outlines import MapOutline
from portal.moving.exporting.gutenberg import Gutenberg
from search.indexing.streams import stream_content
from tests.builders import make_article, make_draft, make_private
from tests.maps.makers import make_outline, map_value, point


def shown(ground, *points, outline=None, value=None, **facts) -> BeautifulSoup:
    body = [{"type": "map", "value": value or map_value(outline, *points, **facts)}]
    article = make_article(ground.section, body=body)
    response = ground.reader().get(ground.address(article))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser").select_one("figure.map")


def test_map_and_list_have_the_same_order(lorraine):
    figure = shown(lorraine, point("Metz"), point("Nancy", "48.69, 6.18"), outline=make_outline())
    assert [each["aria-label"] for each in figure.select(".map__point")] == ["1. Metz", "2. Nancy"]
    assert [each.string for each in figure.select("ol .map__name")] == ["Metz", "Nancy"]


def test_outline_is_drawn_behind_the_points(lorraine):
    assert len(shown(lorraine, outline=make_outline()).select("path.map__land")) == 1


def test_source_and_licence_are_named(lorraine):
    figure = shown(lorraine, outline=make_outline(credit="© OpenStreetMap"), source="Insee")
    text = figure.select_one(".map__source").get_text(" ", strip=True)
    assert "Insee" in text
    assert "© OpenStreetMap" in text


def test_point_links_to_a_public_page(lorraine):
    page = make_article(lorraine.section, "Le port de Metz")
    link = shown(lorraine, point(page=page.pk)).select_one(".map__places a")
    assert link["href"] == lorraine.address(page)


def test_point_does_not_reveal_a_draft_or_a_private_page(lorraine):
    draft = make_draft(make_article(lorraine.section, "Brouillon"))
    private = make_article(lorraine.section, "Interne")
    make_private(private)
    figure = shown(lorraine, point("Metz", page=draft.pk), point("Nancy", page=private.pk))
    assert figure.select(".map__places a") == []
    assert [each.string for each in figure.select(".map__name")] == ["Metz", "Nancy"]


def test_map_is_shown_without_its_deleted_outline(lorraine):
    outline = make_outline()
    value = map_value(outline)
    MapOutline.objects.all().delete()
    figure = shown(lorraine, value=value)
    assert figure.select(".map__land") == []
    assert len(figure.select(".map__point")) == 1


def test_stored_outline_that_is_no_geojson_is_left_out(lorraine):
    outline = make_outline()
    MapOutline.objects.update(geojson="{")
    assert shown(lorraine, outline=outline).select(".map__land") == []


def test_point_without_a_place_is_left_out_of_a_draft(lorraine):
    figure = shown(lorraine, point("Metz", ""), point("Nancy", "48.69, 6.18"))
    assert [each["aria-label"] for each in figure.select(".map__point")] == ["1. Nancy"]
    assert [each.string for each in figure.select("ol .map__name")] == ["Nancy"]


def test_text_of_points_is_found_by_the_search_without_coordinates(lorraine):
    article = make_article(
        lorraine.section, body=[{"type": "map", "value": map_value(None, point(text="Un port céréalier"))}]
    )
    texts = stream_content(article.body).texts
    assert "Un port céréalier" in texts
    assert not any("6.1757" in text for text in texts)


def test_api_has_the_points_and_the_outline(lorraine):
    article = make_article(lorraine.section, body=[{"type": "map", "value": map_value(make_outline())}])
    response = lorraine.reader().get(f"/api/v2/pages/{article.pk}/")
    (block,) = response.json()["blocks"]
    assert block["value"]["points"][0]["coordinates"] == "49.1193, 6.1757"
    assert json.loads(block["value"]["outline"]["geojson"])["type"] == "Polygon"


def test_maps_of_a_page_load_their_outlines_with_one_query(lorraine, django_assert_max_num_queries):
    outlines = [make_outline(name) for name in ("Lorraine", "Sarre", "Luxembourg")]
    article = make_article(
        lorraine.section, body=[{"type": "map", "value": map_value(outline)} for outline in outlines]
    )
    body = type(article).objects.get(pk=article.pk).body
    with django_assert_max_num_queries(1):
        assert [block.value["outline"] for block in body] == outlines


def refused(value) -> StructBlockValidationError:
    block = MapBlock()
    with override("en"), pytest.raises(StructBlockValidationError) as found:
        block.clean(block.to_python(value))
    return found.value


def refused_point(value) -> str:
    error = refused(value).block_errors["points"]
    assert isinstance(error, ListBlockValidationError)
    with override("en"):
        return str(error.block_errors[0].block_errors)


def test_coordinates_are_stored_in_one_form(db):
    block = MapBlock()
    cleaned = block.clean(block.to_python(map_value(make_outline(), point(coordinates="49,1193° N; 6,1757° E"))))
    assert cleaned["points"][0]["coordinates"] == "49.1193, 6.1757"


@pytest.mark.parametrize(
    ("coordinates", "reason"),
    [("Metz", "latitude first"), ("95, 6", "latitude first"), ("6.1757, 49.1193", "far from the outline")],
)
def test_unusable_coordinates_are_refused_at_their_field(db, coordinates, reason):
    message = refused_point(map_value(make_outline(), point(coordinates=coordinates)))
    assert "coordinates" in message
    assert reason in message


def test_page_and_address_at_once_are_refused(lorraine):
    value = map_value(make_outline(), point(page=lorraine.section.pk, url="https://example.org/"))
    assert "not both" in refused_point(value)


def test_too_many_points_are_refused(db):
    assert "points" in refused(map_value(make_outline(), *[point()] * (MOST_POINTS + 1))).block_errors


def test_wordpress_export_has_the_list_of_points(lorraine):
    block = MapBlock()
    value = block.to_python(map_value(None, point(text="Un port", url="https://example.org/"), source="Insee"))
    written = Gutenberg(None).map(value)
    assert '<a href="https://example.org/">Metz</a>' in written
    assert "Un port" in written
    assert "Insee" in written
