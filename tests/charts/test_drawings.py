"""Charts show each value at its place, in the reader's language, and fit the narrowest phone."""

from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.utils.translation import override
from hypothesis import given, strategies as st

from portal.charts import lines, rows, words
from portal.charts.data import read
from portal.charts.scales import ticks


def soup(svg) -> BeautifulSoup:
    return BeautifulSoup(svg, "html.parser")


def widths(svg) -> list[float]:
    return [float(bar["width"].rstrip("%")) for bar in soup(svg).select("rect.chart__bar")]


def texts(svg) -> list[str]:
    return [text.string for text in soup(svg).select("text")]


def test_bars_are_as_long_as_their_values():
    full, half = widths(rows.bars(read("A\tB\nx\t10\ny\t5"), "Title", ""))
    assert half == pytest.approx(full / 2, abs=0.02)


def test_bar_below_zero_is_left_of_the_one_above_zero():
    above, below = soup(rows.bars(read("A\tB\nx\t10\ny\t-5"), "Title", "")).select("rect.chart__bar")
    end = float(below["x"].rstrip("%")) + float(below["width"].rstrip("%"))
    assert end == pytest.approx(float(above["x"].rstrip("%")), abs=0.02)


def test_stacked_bars_name_their_sum():
    assert "7,5" in texts(rows.stacked(read("A\tB\tC\nx\t5\t2.5"), "Title", "euros"))


def test_shares_add_up_to_a_hundred():
    assert rows.percentages([Decimal(1), Decimal(1), Decimal(1)]) == [34, 33, 33]


@given(st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=40).filter(any))
def test_shares_of_any_values_add_up_to_a_hundred(values):
    assert sum(rows.percentages([Decimal(value) for value in values])) == 100


def test_dots_of_two_series_say_from_which_value_to_which():
    assert "35\u00a0% → 58\u00a0%" in texts(rows.dots(read("A\tB\tC\nx\t35\t58"), "Title", "%"))


def test_range_shows_both_values():
    assert {"24,0", "41,5"} <= set(texts(rows.ranges(read("A\tfrom\tto\nx\t24.0\t41.5"), "Title", "")))


def test_missing_value_interrupts_a_line():
    drawn = soup(lines.lines(read("A\tB\na\t1\nb\t2\nc\t\nd\t2\ne\t1"), "Title", ""))
    assert len(drawn.select(".chart__line")) == 2


def test_dates_stand_at_their_distance_in_time():
    drawn = soup(lines.lines(read("A\tB\n2025-01-01\t1\n2025-01-02\t2\n2025-01-11\t3"), "Title", ""))
    first, second, third = (float(point["cx"].rstrip("%")) for point in drawn.select(".chart__point"))
    assert (third - second) / (second - first) == pytest.approx(9, abs=0.1)


def test_small_charts_have_the_same_scale():
    (_name, low), (_other, high) = lines.multiples(read("A\tB\tC\nx\t1\t100\ny\t2\t90"), "")
    assert texts(low) == texts(high)


@pytest.mark.parametrize(
    ("language", "written"), [("fr", "1\u202f234,5\u00a0%"), ("de", "1.234,5\u00a0%"), ("en", "1,234.5%")]
)
def test_numbers_are_written_in_the_language_of_the_page(language, written):
    with override(language):
        assert words.number(Decimal("1234.5"), 1, "%") == written


@pytest.mark.parametrize(("language", "written"), [("fr", "mars 2026"), ("de", "März 2026"), ("en", "March 2026")])
def test_months_are_written_in_the_language_of_the_page(language, written):
    with override(language):
        assert words.label(read("M\tA\n2026-03\t1").labels[0]) == written


def test_long_label_is_broken_instead_of_cut():
    name = "Ameublement, scieries et charpentes de toute la montagne vosgienne"
    drawn = texts(rows.bars(read(f"A\tB\n{name}\t1"), "Title", ""))
    assert " ".join(drawn[:-1]) == name


def test_label_cannot_bring_markup():
    assert "<script>" not in rows.bars(read("A\tB\n<script>\t1"), "<b>", "")


@given(st.lists(st.decimals(-(10**15) + 1, 10**15 - 1, places=10), min_size=2, max_size=6), st.sampled_from(["%", ""]))
def test_every_table_that_is_read_is_drawn(values, unit):
    data = read("Year\tfrom\tto\n" + "\n".join(f"{2000 + place}\t{value:f}\t1" for place, value in enumerate(values)))

    for draw in (rows.bars, rows.ranges, rows.dots, lines.lines):
        assert draw(data, "Title", unit).endswith("</svg>")


@given(
    st.floats(min_value=-1e9, max_value=1e9, allow_subnormal=False),
    st.floats(min_value=0.001, max_value=1e9, allow_subnormal=False),
)
def test_scale_holds_all_values(low, extent):
    found = ticks(low, low + extent)
    assert found[0] <= low + extent * 1e-6
    assert found[-1] >= (low + extent) - extent * 1e-6
    assert 2 <= len(found) <= 7
