"""A forged value costs at most its item: the rest is imported, and the report names the item."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from wagtail.models import Locale, Page

from portal.moving.models import ImportedItem
from portal.moving.planning import survey as surveying
from portal.moving.running import Options, look_at, run
from portal.moving.sources.feeds import parsed_time
from portal.moving.sources.opening import records_of
from portal.moving.sources.spool import record_as_line, record_from_line, write_records
from portal.moving.wordpress.records import Channel, ExportError, Item
from portal.moving.writing.pages import PageBuilder
from tests.moving.conftest import page_of
from tests.moving.exports import export, item, written

pytestmark = pytest.mark.usefixtures("newsroom", "english")
NEVER, LAST = "0001-01-01 00:00:00", "9999-12-31 23:59:59"
DATES = {"published_at": "9999-12-31T23:59:59.000-10:00"}


def bring_file(ground: Any, path: Any) -> None:
    records, locale = records_of(path), Locale.objects.get(language_code="fr")
    survey, mapping = look_at(records, ground.site, locale)
    run(records, ground.site, locale, survey, mapping, Options())


def notes(key: str = "1") -> list[list[str]]:
    return ImportedItem.objects.get(kind="page", key=key).notes


def test_pages_nested_too_deeply_are_placed_at_the_deepest_level(bring, lorraine):
    report = bring(*[item(f"Page {n}", "Texte", "page", wp_id=n, parent=n - 1) for n in range(1, 61)])

    assert report.problems == []
    assert page_of(51).depth == page_of(60).depth == lorraine.home.depth + 51
    assert page_of(60).get_parent().pk == page_of(50).pk
    assert ["nested too deeply", ""] in notes("60")
    assert ["nested too deeply", ""] not in notes("51")


def test_level_of_a_page_is_computed_once():
    facts = {"kind": "page", "status": "publish", "slug": "", "title": "", "link": "", "is_sticky": False}
    survey = surveying.Survey(None)  # type: ignore[arg-type]
    asked = []

    class Items(dict[int, Any]):
        def get(self, key: int, default: Any = None) -> Any:
            asked.append(key)
            return super().get(key, default)

    survey.items = Items({n: surveying.ItemFacts(wp_id=n, parent=n - 1, **facts) for n in range(1, 3_000)})

    assert max(survey.depth_of(n) for n in reversed(range(1, 3_000))) == surveying.MOST_LEVELS
    assert len(asked) < 10_000


def test_pages_that_are_each_others_parents_are_imported(bring):
    bring(*[item(f"Page {n}", "Texte", "page", wp_id=n, parent=n % 3 + 1) for n in range(1, 4)], item("Un", wp_id=9))

    assert Page.objects.filter(title__in=["Page 1", "Page 2", "Page 3"]).count() == 3


@pytest.mark.parametrize("kind", ["post", "tribe_events"])
@pytest.mark.parametrize("date", [NEVER, LAST])
def test_date_outside_our_time_is_left_out_with_a_note(bring, kind, date):
    meta = {"_EventStartDate": date, "_EventEndDate": date, "_EventTimezone": "Asia/Tokyo"}
    bring(item("Un", "Texte", kind, wp_id=1, date=date, gmt=date, meta=meta), live=True)

    page = page_of(1)
    assert (page.start if kind == "tribe_events" else page.publication_date) is None
    assert "date left out" in [code for code, _detail in notes()]


def test_zero_date_of_a_draft_needs_no_note(bring):
    bring(item("Un", "Texte", wp_id=1, date="0000-00-00 00:00:00", gmt="0000-00-00 00:00:00", status="draft"))

    assert "date left out" not in [code for code, _detail in notes()]


def test_spreadsheet_with_dates_outside_our_time_is_imported(lorraine, saar, media, tmp_path):
    rows = "Titre;Texte;Date\nUn;a;01/01/0001\nDeux;b;31/12/9999\nTrois;c;9999-12-31T23:59:59-10:00\n"
    bring_file(lorraine, written(tmp_path, rows, "a.csv"))

    assert Page.objects.filter(title__in=["Un", "Deux", "Trois"]).count() == 3


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+10:00"])
def test_time_that_overflows_in_utc_is_read(text):
    assert parsed_time(text) == datetime.fromisoformat(text)


def test_time_of_a_feed_is_in_utc():
    assert parsed_time("Fri, 17 May 2024 09:30:00 +0200") == datetime(2024, 5, 17, 7, 30, tzinfo=UTC)


def test_export_of_ghost_with_objects_for_keys_is_imported(lorraine, saar, media, tmp_path):
    post = {"title": "Un", "id": [1], "html": "<p>Texte</p>", "slug": "un", "status": "published", **DATES}
    tags = {
        "posts_tags": [{"sort_order": "x", "post_id": [1], "tag_id": {"a": 1}}],
        "tags": [{"id": {"a": 1}, "name": "Eau"}],
    }
    path = written(tmp_path, json.dumps({"db": [{"data": {"posts": [post], **tags}}]}), "a.json")
    bring_file(lorraine, path)

    (found,) = [record for record in records_of(path)() if getattr(record, "kind", "") == "post"]
    assert ("post_tag", "eau") in found.terms
    assert Page.objects.filter(title="Un").exists()


@pytest.mark.parametrize(("name", "value"), [("parent", [1]), ("wp_id", "1"), ("content", 7), ("title", None)])
def test_stored_responses_of_a_site_with_a_value_of_the_wrong_type_are_refused(name, value):
    facts = json.loads(record_as_line(Item(wp_id=1, kind="page", title="Un"))) | {name: value}

    with pytest.raises(ValueError, match=f"“{name}” has a value of the wrong type"):
        record_from_line(json.dumps(facts))


def test_item_with_an_endless_number_is_reported(lorraine, saar, media, tmp_path):
    channel = Channel("Ancien", "https://ancien.example", "fr", "rest", "")
    items = [Item(wp_id=n, kind="post", title=f"Titre {n}", status="publish", content="x") for n in (10**80, 2)]
    write_records([channel, *items], tmp_path / "site.gz")

    bring_file(lorraine, tmp_path / "site.gz")

    assert Page.objects.filter(title="Titre 2").exists()


def test_address_of_a_site_that_is_too_long_is_refused_with_a_reason(lorraine, saar, tmp_path):
    path = written(tmp_path, export(item("Un", wp_id=1), address="https://a.example/" + "x" * 600))

    with pytest.raises(ExportError, match="the address of its site is longer than 500 characters"):
        bring_file(lorraine, path)


def test_menu_nested_two_thousand_levels_deep_is_read(bring, lorraine):
    def entry(number: int) -> str:
        meta = {"_menu_item_type": "custom", "_menu_item_menu_item_parent": str(number - 1 if number > 1 else 0)}
        meta["_menu_item_url"] = "https://autre.example/" if number == 2_000 else ""
        menu = '<category domain="nav_menu" nicename="main">x</category>'
        return item("Entrée", kind="nav_menu_item", wp_id=number, meta=meta, more=menu)

    report = bring(*[entry(n) for n in range(1, 2_001)], item("Un", "Texte", wp_id=9_000))

    assert report.counts["entries of the menu"] == 1


@pytest.mark.parametrize("step", ["convert", "draft", "slug_of"])
@pytest.mark.parametrize("error", [OverflowError, ValueError])
def test_item_that_cannot_be_converted_is_reported_and_the_rest_imported(bring, monkeypatch, step, error):
    unchanged = getattr(PageBuilder, step)

    def failing(self: PageBuilder, found: Any, *words: Any) -> Any:
        if found.wp_id == 2:
            raise error("no such value")
        return unchanged(self, found, *words)

    monkeypatch.setattr(PageBuilder, step, failing)
    report = bring(*[item(f"Titre {n}", "Texte", "page", wp_id=n, parent=n // 3 * 2) for n in range(1, 4)])

    assert [problem.rpartition(": ")[2] for problem in report.problems] == ["no such value"]
    assert [page_of(n).title for n in (1, 3)] == ["Titre 1", "Titre 3"]
    assert not Page.objects.filter(title="Titre 2").exists()
