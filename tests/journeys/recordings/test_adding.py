"""An editor adds a sound, first with a wrong file, and loses nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, add_block, autosaved, last_block
from tests.recordings.makers import sound

WRONG = b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'


@pytest.fixture
def files(tmp_path):
    wrong, right = tmp_path / "essieu.mp3", tmp_path / "essieu.wav"
    wrong.write_bytes(WRONG)
    right.write_bytes(sound(3))
    return wrong, right


def test_wrong_file_is_refused_with_a_reason_and_the_right_one_is_played(editor: Page, files):
    wrong, right = files
    add_block(editor, "Audio or video")
    block = last_block(editor)
    block.get_by_label("Title").first.fill("Un essieu à l’oreille")
    block.get_by_role("button", name="Choose a document").first.click()
    dialog = editor.get_by_role("dialog")
    dialog.get_by_role("tab", name="Upload").click()
    dialog.locator("input[type=file]").set_input_files(wrong)
    dialog.get_by_label("Title").last.fill("Essieu")
    dialog.get_by_role("button", name="Upload").click()
    expect(dialog.get_by_text("its content is something else")).to_be_visible(timeout=TIMEOUT)

    dialog.locator("input[type=file]").set_input_files(right)
    dialog.get_by_role("button", name="Upload").click()
    expect(dialog).to_be_hidden(timeout=TIMEOUT)
    autosaved(editor)

    editor.reload()
    block = last_block(editor)
    expect(block.get_by_label("Title").first).to_have_value("Un essieu à l’oreille")
    expect(block.get_by_text("Essieu", exact=True).first).to_be_visible()
