"""A chart in a text: refused with a reason, shown to readers with its table, and never an error."""

import pytest
from django.utils.translation import override
from wagtail.blocks.struct_block import StructBlockValidationError

from portal.content.blocks.charts import DRAWINGS, ChartBlock
from tests.builders import make_article

DATA = {"title": "Deux fois plus", "kind": "bars", "data": "Ville;Emplois\nMetz;1200,5\nNancy;600", "unit": "emplois"}


def shown(ground, **values) -> str:
    article = make_article(ground.section, body=[{"type": "chart", "value": DATA | {"source": ""} | values}])
    response = ground.reader().get(ground.address(article))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("kind", DRAWINGS)
def test_chart_is_drawn(lorraine, kind):
    data = "Jahr\tvon\tbis\n2024\t1\t2\n2025\t3\t4" if kind != "shares" else "Jahr\tAnteil\n2024\t1\n2025\t3"
    assert 'class="chart__drawing"' in shown(lorraine, kind=kind, data=data)


def test_reader_without_pictures_finds_the_numbers_in_a_table(lorraine):
    assert "<td>1\u202f200,5</td>" in shown(lorraine)


def test_source_and_unit_are_named(lorraine):
    page = shown(lorraine, source="Insee")
    assert "Insee" in page
    assert "emplois" in page


def test_chart_whose_stored_text_is_no_table_shows_only_its_title(lorraine):
    page = shown(lorraine, data="no table")
    assert "Deux fois plus" in page
    assert "chart__drawing" not in page


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("bars", "no table", "at least two lines"),
        ("stacked", "A;B\nx;-1", "below zero"),
        ("shares", "A;B;C\nx;1;2", "one column"),
        ("shares", "A;B\nx;0", "not zero"),
        ("ranges", "A;B\nx;1", "from and to"),
        ("lines", "A;B\nx;1", "two rows"),
    ],
)
def test_unsuitable_table_is_refused_at_its_field(kind, data, reason):
    block = ChartBlock()
    with override("en"), pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.to_python(DATA | {"kind": kind, "data": data}))
    assert reason in str(refused.value.block_errors["data"])
