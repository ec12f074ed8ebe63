"""The bench of readership says what a view costs, and leaves nothing behind."""

import pytest

from portal.readership.models import PageDay
from tests.bench import readership

pytestmark = pytest.mark.django_db


def test_bench_says_what_a_view_costs_and_leaves_nothing(lorraine, monkeypatch):
    monkeypatch.setattr(readership, "VIEWS_A_DAY", 1000)
    monkeypatch.setattr(readership, "PAGES", 200)
    said = readership.measure(3000)
    assert "sums of 3,000 views (3 days of 1,000 views of 200 pages)" in said
    assert "µs in the request" in said
    assert not PageDay.objects.exists()
