"""A second import imports changes, and leaves pages that were edited here; an import can be undone."""

from collections import Counter

import pytest
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from portal.editorial.roles import Role
from portal.media.models import Image
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.undoing import undo
from portal.moving.writing.drafts import DraftStore
from portal.moving.writing.files import FileStore
from tests.builders import SampleSite
from tests.moving.conftest import page_of, report_lines
from tests.moving.exports import OLD, attachment, category, item

pytestmark = pytest.mark.usefixtures("newsroom")


def edit(wp_id: int, user, **facts) -> None:
    page = page_of(wp_id)
    for name, value in facts.items():
        setattr(page, name, value)
    page.save_revision(user=user)


def test_second_import_of_the_same_changes_nothing(bring):
    parts = [item("Un", f'<a href="{OLD}/2024/05/deux/">deux</a>', wp_id=1), item("Deux", "Texte", wp_id=2)]
    bring(*parts)
    revisions = [page_of(1).latest_revision_id, page_of(2).latest_revision_id]

    report = bring(*parts)

    assert report.counts["as before"] == 2
    assert [page_of(1).latest_revision_id, page_of(2).latest_revision_id] == revisions


def test_change_on_the_old_site_is_imported(bring):
    bring(item("Un", "Avant", wp_id=1))

    report = bring(item("Un autre titre", "Après", wp_id=1))

    assert report.counts["updated"] == 1
    assert (page_of(1).title, page_of(1).body[0].value.source) == ("Un autre titre", "<p>Après</p>")


def test_field_that_was_edited_in_the_portal_stays(bring, newsroom):
    bring(item("Un", "Avant", wp_id=1))
    edit(1, newsroom[Role.EDITOR], title="Un titre d’ici")

    bring(item("Un", "Après", wp_id=1))

    assert (page_of(1).title, page_of(1).body[0].value.source) == ("Un titre d’ici", "<p>Après</p>")


def test_field_that_both_changed_stays_and_is_named(bring, newsroom):
    bring(item("Un", "Avant", wp_id=1))
    edit(1, newsroom[Role.EDITOR], title="Un titre d’ici")

    report = bring(item("Un titre de là-bas", "Avant", wp_id=1))

    assert page_of(1).title == "Un titre d’ici"
    assert report.counts["conflict"] == 1
    assert "changed on both sides" in report_lines()


HIDDEN = [*({"status": status} for status in ("draft", "pending", "private", "future")), {"password": "sésame"}]


@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
def test_text_hidden_on_the_old_site_reaches_no_reader(bring, lorraine: SampleSite, hidden):
    bring(item("Un", "Avant", wp_id=1), live=True)

    bring(item("Un", "Secret", wp_id=1, **hidden), live=True)

    assert "Secret" not in lorraine.reader().get(lorraine.address(page_of(1))).content.decode()


HIDDEN_BY = [({"status": "draft"}, "draft"), ({"status": "private"}, "private"), ({"password": "sésame"}, "password")]


@pytest.mark.parametrize(("hidden", "why"), HIDDEN_BY)
def test_live_page_hidden_on_the_old_site_is_named(bring, hidden, why):
    bring(item("Un", "Avant", wp_id=1), live=True)

    bring(item("Un", "Avant", wp_id=1, **hidden), live=True)

    assert f"hidden there: {why}" in report_lines()


@pytest.mark.parametrize("is_live", [True, False])
def test_change_of_a_hidden_text_is_imported_once_it_is_visible_again(bring, is_live):
    bring(item("Un", "Avant", wp_id=1), live=True)
    bring(item("Un", "Après", wp_id=1, status="draft"), live=True)

    bring(item("Un", "Après", wp_id=1), live=is_live)

    page = Page.objects.get(pk=page_of(1).pk).specific
    assert ("Après" in str(page.body)) == is_live
    assert page.workflow_in_progress != is_live


def test_page_that_is_still_private_here_is_named(bring):
    bring(item("Un", "Texte", wp_id=1), live=True)
    bring(item("Un", "Texte", wp_id=1, status="private"), live=True)

    report = bring(item("Un", "Texte", wp_id=1), live=True)

    assert report.notes["private here"] == 1


def test_draft_changed_on_the_old_site_stays_a_draft(bring):
    bring(item("Un", "Avant", wp_id=1, status="draft"))

    bring(item("Un", "Après", wp_id=1, status="draft"))

    assert not page_of(1).workflow_in_progress


def test_page_deleted_in_the_portal_is_not_imported_again(bring):
    bring(item("Un", "Texte", wp_id=1))
    Page.objects.get(pk=page_of(1).pk).specific.delete()

    report = bring(item("Un", "Nouveau texte", wp_id=1))

    assert report.counts["deleted here"] == 1
    assert not Page.objects.filter(title="Un").exists()


def test_page_deleted_during_the_import_is_not_imported_again(bring, monkeypatch):
    bring(item("Un", "Avant", wp_id=1), item("Deux", "Avant", wp_id=2))
    # Files are fetched after the import has looked at its pages.
    monkeypatch.setattr(FileStore, "bring", lambda *words: Page.objects.filter(title="Un").delete())

    report = bring(item("Un", "Après", wp_id=1), item("Deux", "Après", wp_id=2))

    assert report.counts["deleted here"] == 1
    assert page_of(2).body[0].value.source == "<p>Après</p>"


def test_deleted_section_is_created_again(bring):
    eco = category("eco", "Économie")
    posts = [item(f"N {n}", "Texte", wp_id=n, categories=("eco",)) for n in range(1, 6)]
    bring(eco, *posts[:4])
    page_of(1).get_parent().specific.delete()

    bring(eco, *posts)

    assert page_of(5).get_parent().title == "Économie"


def test_page_deleted_on_the_old_site_is_named_and_stays(bring):
    bring(item("Un", "Texte", wp_id=1), item("Deux", "Texte", wp_id=2))

    report = bring(item("Un", "Texte", wp_id=1))

    assert report.counts["gone there"] == 1
    assert page_of(2).title == "Deux"


def test_interrupted_import_resumes(bring, monkeypatch):
    parts = [item(f"N {n}", f'<a href="{OLD}/2024/05/n-1/">un</a>', wp_id=n) for n in range(1, 121)]
    create, calls = DraftStore.create, []

    def dying(self, drafts):
        calls.append(len(drafts))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return create(self, drafts)

    monkeypatch.setattr(DraftStore, "create", dying)
    with pytest.raises(KeyboardInterrupt):
        bring(*parts)
    monkeypatch.setattr(DraftStore, "create", create)

    bring(*parts)

    assert ImportedItem.objects.filter(kind="page").count() == 120
    assert Page.objects.filter(title__startswith="N ").count() == 120
    assert f'id="{page_of(1).pk}"' in page_of(120).body[0].value.source
    assert Page.find_problems() == ([], [], [], [], [])


def test_import_is_undone(bring, lorraine: SampleSite):
    before = set(Page.objects.values_list("pk", flat=True))
    hall = attachment("Hall", f"{OLD}/wp-content/uploads/2024/05/hall.png", wp_id=50)
    bring(hall, item("Un", "Texte", wp_id=1, meta={"_thumbnail_id": "50"}), item("Sous", "x", "page", wp_id=2))

    counts, stay = undo(ImportSource.objects.get())

    assert stay == []
    assert set(Page.objects.values_list("pk", flat=True)) == before
    assert not Redirect.objects.filter(site=lorraine.site).exists()
    assert not Image.objects.filter(title="Hall").exists()
    assert counts["pages"] >= 2
    assert not ImportSource.objects.exists()


def test_edited_page_is_not_undone(bring, newsroom):
    bring(item("Un", "Texte", wp_id=1), item("Deux", "Texte", wp_id=2))
    edit(1, newsroom[Role.EDITOR], title="Repris ici")

    _counts, stay = undo(ImportSource.objects.get())

    assert "Un" in stay
    assert page_of(1).title == "Repris ici"
    assert not Page.objects.filter(title="Deux").exists()


def test_page_edited_during_the_undo_stays(bring, newsroom):
    bring(item("Un", "Texte", wp_id=1), item("Deux", "Texte", wp_id=2))

    def edit_the_rest(counts: Counter[str]) -> None:
        for row in ImportedItem.objects.filter(kind="page"):
            edit(int(row.key), newsroom[Role.EDITOR], search_description="Repris ici")

    _counts, stay = undo(ImportSource.objects.get(), edit_the_rest)

    left = Page.objects.get(title__in=["Un", "Deux"])
    assert left.title in stay


def test_page_deleted_during_the_undo_is_not_named(bring):
    bring(item("Un", "Texte", wp_id=1), item("Deux", "Texte", wp_id=2))

    def delete_the_rest(counts: Counter[str]) -> None:
        Page.objects.filter(title__in=["Un", "Deux"]).delete()

    _counts, stay = undo(ImportSource.objects.get(), delete_the_rest)

    assert not {"Un", "Deux"} & set(stay)


def test_report_is_safe_in_a_spreadsheet(bring):
    bring(item("=cmd()", "Texte", wp_id=1))

    assert "'=cmd()" in report_lines()
