"""An import does not change imported pages that were moved to another site."""

from collections import Counter
from typing import Any

import pytest
from wagtail.models import Page

from portal.moving.models import ImportedItem, ImportSource
from portal.moving.undoing import undo
from portal.moving.writing import links
from portal.moving.writing.files import FileStore
from portal.moving.writing.links import Addresses
from tests.builders import SampleSite
from tests.moving.conftest import page_of, report_lines
from tests.moving.exports import OLD, category, item

pytestmark = pytest.mark.usefixtures("newsroom")
LINK = f'<p><a href="{OLD}/2024/05/deux/">deux</a></p>'


def move(page: Page, above: Page) -> None:
    Page.objects.get(pk=page.pk).move(Page.objects.get(pk=above.pk), "last-child")


def test_text_of_a_moved_page_is_unchanged(bring, saar: SampleSite):
    bring(item("Un", "Avant", wp_id=1))
    move(page_of(1), saar.section)

    report = bring(item("Un", "Après", wp_id=1))

    assert page_of(1).body[0].value.source == "<p>Avant</p>"
    assert report.counts["moved to another site"] == 1
    assert "in another site" in report_lines()


def test_links_of_a_moved_page_are_unchanged(bring, saar: SampleSite):
    bring(item("Un", LINK, wp_id=1))
    move(page_of(1), saar.section)

    bring(item("Un", LINK, wp_id=1), item("Deux", "Texte", wp_id=2))

    assert page_of(1).body[0].value.source == LINK


def test_no_page_is_created_below_a_moved_page(bring, lorraine: SampleSite, saar: SampleSite):
    above = item("Qui", "Texte", "page", wp_id=1)
    bring(above)
    move(page_of(1), saar.home)

    bring(above, item("Équipe", "Texte", "page", wp_id=2, parent=1))

    assert page_of(2).get_parent().pk == lorraine.home.pk


def test_no_story_is_created_in_a_moved_section(bring, lorraine: SampleSite, saar: SampleSite):
    eco = category("eco", "Économie")
    posts = [item(f"N {n}", "Texte", wp_id=n, categories=("eco",)) for n in range(1, 6)]
    bring(eco, *posts[:4])
    move(page_of(1).get_parent(), saar.home)

    bring(eco, *posts)

    assert page_of(5).get_ancestors().filter(pk=lorraine.home.pk).exists()


def test_text_is_unchanged_if_the_page_is_moved_during_the_import(bring, saar: SampleSite, monkeypatch):
    bring(item("Un", "Avant", wp_id=1), item("Deux", "Avant", wp_id=2), live=True)
    # Files are fetched after the import has looked at its pages.
    monkeypatch.setattr(FileStore, "bring", lambda *words: move(page_of(1), saar.section))

    report = bring(item("Un", "Après", wp_id=1), item("Deux", "Après", wp_id=2), live=True)

    assert "Avant" in saar.reader().get(saar.address(page_of(1))).content.decode()
    assert page_of(1).body[0].value.source == "<p>Avant</p>"
    assert page_of(2).body[0].value.source == "<p>Après</p>"
    assert report.counts["moved to another site"] == 1


def test_links_are_unchanged_if_the_page_is_moved_during_linking(bring, saar: SampleSite, monkeypatch):
    texts = [item(f"N {number}", LINK, wp_id=number) for number in (1, 2)]
    bring(*texts)
    monkeypatch.setattr(links, "BATCH", 1)
    find = Addresses.find

    def moving(addresses: Addresses, address: str) -> Any:
        move(page_of(2), saar.section)
        return find(addresses, address)

    monkeypatch.setattr(Addresses, "find", moving)
    bring(*texts, item("Deux", "Texte", wp_id=3, slug="deux"))

    assert page_of(1).body[0].value.source != LINK
    assert page_of(2).body[0].value.source == LINK


def test_undo_leaves_a_page_that_is_moved_meanwhile(bring, saar: SampleSite):
    bring(item("Un", "Texte", wp_id=1), item("Deux", "Texte", wp_id=2))

    def move_the_rest(counts: Counter[str]) -> None:
        for row in ImportedItem.objects.filter(kind="page"):
            move(row.page, saar.section)

    _counts, stay = undo(ImportSource.objects.get(), move_the_rest)

    left = Page.objects.child_of(saar.section).get(title__in=["Un", "Deux"])
    assert left.title in stay


def test_undo_leaves_and_names_a_moved_page(bring, saar: SampleSite):
    bring(item("Un", "Texte", wp_id=1), item("Deux", "Texte", wp_id=2))
    move(page_of(1), saar.section)

    _counts, stay = undo(ImportSource.objects.get())

    assert stay == ["Un"]
    assert page_of(1).get_parent().pk == saar.section.pk


def test_undo_does_not_reveal_the_title_on_the_other_site(bring, saar: SampleSite):
    bring(item("Un", "Texte", wp_id=1))
    move(page_of(1), saar.section)
    Page.objects.filter(pk=page_of(1).pk).update(title="Geheim")

    _counts, stay = undo(ImportSource.objects.get())

    assert stay == ["Un"]
