"""Exports that would fill the memory are refused; large honest ones are read."""

import tracemalloc
from collections.abc import Callable

import pytest
from django.urls import reverse

from portal.moving.models import ImportRun
from portal.moving.newsroom import tasks
from portal.moving.planning import survey as planning
from portal.moving.planning.survey import survey_of
from portal.moving.sources.opening import records_of
from portal.moving.wordpress import reading
from portal.moving.wordpress.records import ExportError
from tests.builders import work_off
from tests.moving.conftest import shown, upload
from tests.moving.exports import OLD, attachment, author, category, export, item, written

pytestmark = pytest.mark.usefixtures("english")

LONG = "x" * 10_000
SIZES = 'a:1:{{s:4:"file";s:40:"{name}-{n}.jpg";}}'
FORGED: dict[str, Callable[[int], str]] = {
    "reusable blocks": lambda n: item("Un", LONG, kind="wp_block", wp_id=n),
    "titles": lambda n: item(LONG, wp_id=n),
    "menu entries": lambda n: item("Un", kind="nav_menu_item", wp_id=n, meta={"_menu_item_url": LONG}),
    "navigation blocks": lambda n: item(
        "Un", f'<!-- wp:navigation-link {{"url":"{LONG}"}} /-->', kind="wp_navigation", wp_id=n
    ),
    "venues": lambda n: item("Lieu", kind="tribe_venue", wp_id=n, meta={"_VenueAddress": LONG}),
    "organisers": lambda n: item(LONG, kind="tribe_organizer", wp_id=n),
    "guest authors": lambda n: item("Anna", kind="guest-author", wp_id=n, meta={"cap-display_name": LONG}),
    "files": lambda n: attachment("Photo", f"/{n}.jpg", wp_id=n, excerpt=LONG),
    "sizes of a file": lambda n: attachment(
        "Photo", f"/{n}.jpg", wp_id=n, meta={"_wp_attachment_metadata": SIZES.format(name=LONG, n=n)}
    ),
    "types": lambda n: item("Un", kind=f"{LONG}{n}", wp_id=n),
    "terms of posts": lambda n: item("Un", wp_id=n, categories=(f"{LONG}{n}",)),
    "categories": lambda n: category(f"eco-{n}", LONG),
    "authors": lambda n: author(f"anna-{n}", LONG),
    "translations": lambda n: item("Un", wp_id=n, meta={"_wpml_import_translation_group": f"{LONG}{n}"}),
    "languages": lambda n: item("Un", wp_id=n, meta={"_wpml_import_language_code": f"{LONG}{n}"}),
}


@pytest.mark.parametrize("part", FORGED.values(), ids=FORGED)
def test_export_that_would_fill_the_memory_is_refused(part, tmp_path, monkeypatch):
    monkeypatch.setattr(planning, "MOST_BYTES", 1_000_000)
    few, many = (records_of(written(tmp_path, export(*map(part, range(1, most))), f"{most}.xml")) for most in (20, 150))

    survey_of(few(), "fr")
    with pytest.raises(ExportError, match="take more than 1 MB of memory"):
        survey_of(many(), "fr")


def test_endless_items_in_another_language_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(planning, "MOST_BYTES", 50_000)
    parts = (item("Eins", meta={"_wpml_import_language_code": "de"}) for _n in range(300))
    records = records_of(written(tmp_path, export(*parts)))

    with pytest.raises(ExportError, match="of memory"):
        survey_of(records(), "fr")


def test_refusal_of_a_forged_export_names_its_line(tmp_path, monkeypatch):
    monkeypatch.setattr(planning, "MOST_BYTES", 100_000)
    records = records_of(written(tmp_path, export(*(item(LONG, wp_id=n) for n in range(1, 30)))))

    with pytest.raises(ExportError, match=r"^line \d\d: its posts"):
        survey_of(records(), "fr")


def test_newsroom_says_why_it_refuses_a_forged_export(administrator, lorraine, media, monkeypatch):
    monkeypatch.setattr(planning, "MOST_BYTES", 1_000_000)
    upload(administrator, lorraine, *(item(LONG, wp_id=n) for n in range(1, 150)))
    work_off()

    page = shown(administrator, "moving_run", ImportRun.objects.get().pk)
    assert "its posts, files, terms and menus together take more than 1 MB of memory" in page


def test_texts_of_venues_and_menus_are_not_held_in_memory(tmp_path):
    kinds = ("tribe_venue", "tribe_organizer", "nav_menu_item", "guest-author")
    parts = [item("Un", f"{n} {LONG}", kind=kind, meta={"_other": f"{n} {LONG}"}) for n in range(50) for kind in kinds]
    records = records_of(written(tmp_path, export(*parts)))
    survey_of(records(), "fr")

    tracemalloc.start()
    found = survey_of(records(), "fr")
    kept, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(found.others) == 200
    assert kept < 1_000_000


def test_large_honest_export_is_read(tmp_path, monkeypatch):
    """A hundredth of 100,000 posts, 50,000 pictures, 500 reusable blocks, 2,000 menu entries and 5,000 venues."""
    monkeypatch.setattr(planning, "MOST_BYTES", planning.MOST_BYTES // 100)
    name = "photographie-de-la-fete-du-village"
    widths = range(100, 1300, 100)
    sizes = "".join(f's:4:"file";s:50:"{name}-{width}x{width}.jpg";' for width in widths)
    values = {f"_Venue{key}": "Une valeur ordinaire" for key in ("Address", "City", "Zip", "Country", "URL", "Phone")}
    target = {f"_menu_item_{key}": "une valeur" for key in ("type", "object_id", "object", "url", "target", "classes")}
    parts = [
        *(item(f"Un titre de longueur ordinaire pour la nouvelle {n}", LONG, wp_id=n) for n in range(1, 1001)),
        *(
            attachment(f"{name}-{n}", f"{OLD}/2024/05/{name}-{n}.jpg", meta={"_wp_attachment_metadata": sizes})
            for n in range(500)
        ),
        *(item("Bloc", LONG * 2, kind="wp_block") for _n in range(5)),
        *(item(f"Entrée {n}", kind="nav_menu_item", meta=target) for n in range(20)),
        *(item(f"Salle {n}", LONG, kind="tribe_venue", meta=values) for n in range(50)),
    ]

    found = survey_of(records_of(written(tmp_path, export(*parts)))(), "fr")

    assert (len(found.items), len(found.files), len(found.others)) == (1000, 500, 70)


def test_smaller_copies_are_found_under_names_of_other_plugins_too(tmp_path):
    sizes = 's:4:"file";s:16:"salle-300x200.jpg";s:4:"file";s:16:"salle-vignette.jpg";'
    part = attachment("Salle", f"{OLD}/2024/05/salle-scaled.jpg", wp_id=7, meta={"_wp_attachment_metadata": sizes})
    found = survey_of(records_of(written(tmp_path, export(part)))(), "fr")

    for name in ("salle-scaled", "salle", "salle-300x200", "salle-vignette"):
        assert getattr(found.file_at(f"{OLD}/2024/05/{name}.jpg"), "wp_id", None) == 7


def test_endless_elements_outside_items_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_OTHER_ELEMENTS", 1_000)
    few, many = (records_of(written(tmp_path, export(item("Un"), "<x/>" * n), f"{n}.xml")) for n in (900, 1_100))

    assert len(list(few())) == 2
    with pytest.raises(ExportError, match="more than 1000 elements that belong to no post"):
        list(many())


def test_elements_of_many_items_are_not_counted_together(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_OTHER_ELEMENTS", 20)

    assert len(list(records_of(written(tmp_path, export(*[item("Un")] * 10)))())) == 11


def test_reading_without_records_is_stopped(administrator, lorraine, media, monkeypatch):
    monkeypatch.setattr(tasks, "PULSE_SECONDS", 0.0)
    upload(administrator, lorraine, content=export("<x/>" * 500_000).encode())
    run, chunks = ImportRun.objects.get(), []
    beat = tasks._Pulse.beat

    def stopping(self: tasks._Pulse, *words: str) -> None:
        chunks.append(words)
        if len(chunks) == 3:
            administrator.post(reverse("moving_run", args=[run.pk]), {"action": "stop_reading"})
        beat(self, *words)

    monkeypatch.setattr(tasks._Pulse, "beat", stopping)
    work_off()

    assert len(chunks) == 3
    assert "The reading was stopped." in shown(administrator, "moving_run", run.pk)
