"""An export gets its final name only once it is complete, and overwrites nothing."""

import errno

import pytest
from django.core.management import CommandError, call_command

from portal.moving.exporting import json_lines
from portal.moving.exporting.destinations import unfinished_name

FORMATS = ("static", "json", "wxr")
pytestmark = pytest.mark.usefixtures("lorraine", "media")


@pytest.mark.parametrize("name", FORMATS)
def test_folder_or_file_with_content_is_refused(tmp_path, name):
    there = tmp_path / "there"
    if name == "wxr":
        there.write_text("mine")
    else:
        there.mkdir()
        (there / "mine.txt").write_text("mine")

    with pytest.raises(CommandError, match="there exists"):
        call_command("export_site", "lorraine.localhost", "--format", name, "--to", there)

    assert not unfinished_name(there).exists()


def test_empty_folder_is_filled(tmp_path):
    there = tmp_path / "there"
    there.mkdir()

    call_command("export_site", "lorraine.localhost", "--format", "json", "--to", there)

    assert (there / "pages.jsonl").exists()


@pytest.mark.parametrize("name", FORMATS)
def test_full_disk_is_reported_and_nothing_is_left(tmp_path, monkeypatch, name):
    def full(*_arguments, **_facts):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("portal.moving.exporting.json_lines.exported_pages", full)
    monkeypatch.setattr("portal.moving.exporting.wxr.exported_pages", full)
    monkeypatch.setattr("portal.moving.exporting.static_site.StaticCopy.save", full)
    before = sorted(tmp_path.iterdir())

    with pytest.raises(CommandError, match="There is no space left in"):
        call_command("export_site", "lorraine.localhost", "--format", name, "--to", tmp_path / "new")

    assert sorted(tmp_path.iterdir()) == before


def test_remains_of_a_killed_export_are_named(tmp_path):
    (tmp_path / "new.unfinished").mkdir()

    with pytest.raises(CommandError, match=r"new\.unfinished is left of another export"):
        call_command("export_site", "lorraine.localhost", "--format", "json", "--to", tmp_path / "new")


def test_option_of_another_format_is_refused(tmp_path):
    with pytest.raises(CommandError, match="--drafts does not apply to format static"):
        call_command("export_site", "lorraine.localhost", "--format", "static", "--drafts", "--to", tmp_path / "new")


def test_exported_schema_matches_the_manual(tmp_path):
    call_command("export_site", "lorraine.localhost", "--format", "json", "--to", tmp_path / "new")

    assert (tmp_path / "new/schema.json").read_bytes() == json_lines.SCHEMA.read_bytes()
