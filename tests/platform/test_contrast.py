"""Contrast is measured as WCAG defines it, and an unreadable colour gets its nearest readable tint."""

import pytest
from hypothesis import given, strategies as st

from portal.platform.contrast import NIGHT, PAPER, READABLE, ratio, readable_tint

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("colour", "expected"),
    # Examples from the WCAG working group and from common checkers.
    [("#767676", 4.54), ("#777777", 4.48), ("#ff0000", 4.0), ("#0000ff", 8.59), ("#008000", 5.14)],
)
def test_known_ratios_on_white(colour, expected):
    assert ratio(colour, "#ffffff") == pytest.approx(expected, abs=0.01)


@given(colours, st.sampled_from([PAPER, NIGHT, "#ffffff", "#000000"]))
def test_readable_tint_has_enough_contrast(colour, background):
    assert ratio(readable_tint(colour, background), background) >= READABLE
