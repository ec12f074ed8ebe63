"""The output of the commands, and the rows that they store."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

from portal.moving.models import ImportedItem, ImportSource
from portal.platform.operation.process_locks import process_lock
from tests.moving.exports import OLD, category, export, item, written

pytestmark = pytest.mark.usefixtures("newsroom", "media")


def output_of(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def source(tmp_path) -> str:
    posts = [item(f"N {n}", "Un texte", wp_id=n, categories=("eco",)) for n in range(1, 5)]
    return str(written(tmp_path, export(category("eco", "Économie"), *posts)))


def test_dry_run_stores_nothing_and_reports_the_content(source, lorraine):
    before = Page.objects.count()

    text = output_of("import_wordpress", source, "--site", lorraine.host, "--language", "fr", "--dry-run")

    assert "sections: Économie" in text
    assert "posts (4)" in text
    assert "words before: 8, after: 8" in text
    assert (Page.objects.count(), ImportSource.objects.count()) == (before, 0)


def test_import_prints_its_result_and_writes_its_report(source, lorraine, tmp_path):
    report = tmp_path / "report.csv"

    text = output_of("import_wordpress", source, "--site", lorraine.host, "--language", "fr", "--report", str(report))

    assert "new: article (4)" in text
    lines = report.read_text().splitlines()
    assert len(lines) == 5
    assert f"{OLD}/2024/05/n-1/" in lines[1]
    assert "in review" in lines[1]


def test_second_import_of_a_source_says_that_another_is_running(source, lorraine):
    output_of("import_wordpress", source, "--site", lorraine.host, "--language", "fr")
    arguments = ("import_wordpress", source, "--site", lorraine.host, "--language", "fr")

    with process_lock(f"import-{ImportSource.objects.get().pk}") as is_taken:
        assert is_taken()
        with pytest.raises(CommandError, match=f"Another import from {OLD} is running"):
            output_of(*arguments)

    assert "as before (4)" in output_of(*arguments)


def test_option_live_prints_a_warning(source, lorraine):
    text = output_of("import_wordpress", source, "--site", lorraine.host, "--language", "fr", "--live")

    assert "WHAT WAS PUBLISHED THERE IS PUBLISHED HERE, and nobody reviews it" in text


def test_mapping_of_a_file_is_used(source, lorraine, tmp_path):
    plan = tmp_path / "plan.toml"
    output_of("import_wordpress", source, "--site", lorraine.host, "--language", "fr", "--write-mapping", str(plan))
    plan.write_text(plan.read_text().replace('"eco" = "Économie"', '"eco" = "Entreprises"'))

    output_of("import_wordpress", source, "--site", lorraine.host, "--language", "fr", "--mapping", str(plan))

    assert Page.objects.filter(title="Entreprises", depth=3).exists()
    assert not Page.objects.filter(title="Économie").exists()


def test_second_import_without_a_mapping_has_that_of_the_first_and_says_so(source, lorraine, tmp_path):
    arguments = (source, "--site", lorraine.host, "--language", "fr")
    plan = tmp_path / "plan.toml"
    plan.write_text('default_section = "Notes"\n[topics]\n"category:eco" = "Économie"\n')
    first = output_of("import_wordpress", *arguments, "--mapping", str(plan))
    written(tmp_path, export(category("eco", "Économie"), item("Neuf", "Un texte", wp_id=9, categories=("eco",))))

    text = output_of("import_wordpress", *arguments)

    assert "those of the last import" not in first
    assert "Sections, topics and kinds are those of the last import; --mapping changes them." in text
    assert Page.objects.get(title="Neuf").get_parent().title == "Notes"
    assert not Page.objects.filter(title="Économie").exists()


@pytest.mark.parametrize(
    ("site", "language", "reason"),
    [("nowhere.example", "fr", "There is no site"), ("", "en", "has no pages in en; it has")],
)
def test_unknown_edition_is_refused(source, lorraine, site, language, reason):
    with pytest.raises(CommandError, match=reason):
        output_of("import_wordpress", source, "--site", site or lorraine.host, "--language", language)


def test_broken_export_is_refused_with_its_line_and_nothing_is_stored(source, lorraine, tmp_path):
    broken = written(tmp_path, export(item("Un", "x"), item("Deux", "x")).replace("</item></channel>", "</channel>"))

    with pytest.raises(CommandError, match=r"export\.xml, line \d+: it is no valid XML"):
        output_of("import_wordpress", str(broken), "--site", lorraine.host, "--language", "fr")

    assert not ImportedItem.objects.exists()


def test_undo_names_what_it_deleted(source, lorraine, saar):
    output_of("import_wordpress", source, "--site", lorraine.host, "--language", "fr")

    with pytest.raises(CommandError, match="Nothing was imported"):
        output_of("undo_import", "--site", saar.host, "--source", OLD)
    text = output_of("undo_import", "--site", lorraine.host, "--source", OLD)

    assert "5 pages" in text
    assert not ImportSource.objects.exists()


def test_comments_are_written_to_an_archive(lorraine, tmp_path):
    comment = (
        "<wp:comment><wp:comment_author>Max</wp:comment_author><wp:comment_content>=Bien</wp:comment_content>"
        "<wp:comment_approved>1</wp:comment_approved></wp:comment>"
    )
    path, archive = written(tmp_path, export(item("Un", "x", wp_id=1, more=comment))), tmp_path / "comments.csv"

    output_of(
        *("import_wordpress", str(path), "--site", lorraine.host, "--language", "fr", "--dry-run"),
        *("--comments", str(archive)),
    )

    _columns, row = csv.reader(archive.read_text(encoding="utf-8-sig").splitlines())
    assert row == [f"{OLD}/2024/05/un/", "Un", "", "Max", "yes", "'=Bien"]
