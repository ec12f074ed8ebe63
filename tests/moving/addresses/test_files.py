"""The old address of a file responds with 410 until a published text uses the file."""

from contextlib import closing

import pytest

from tests.builders import SampleSite
from tests.moving.conftest import page_of, report_lines
from tests.moving.exports import OLD, attachment, item

pytestmark = pytest.mark.usefixtures("newsroom")
GUIDE = f"{OLD}/wp-content/uploads/2024/05/guide.pdf"
HALL = f"{OLD}/wp-content/uploads/2024/05/hall.png"
FILES = (attachment("Guide", GUIDE, wp_id=70), attachment("Hall", HALL, wp_id=71))
TEXT = f'<p><a href="{GUIDE}">Guide</a></p><p><img src="{HALL}" alt="Halle"></p>'
PATHS = ("/wp-content/uploads/2024/05/guide.pdf", "/wp-content/uploads/2024/05/hall.png", "/guide/", "/hall/")


def statuses(ground: SampleSite, *paths: str) -> list[int]:
    found = []
    for path in paths:
        with closing(ground.reader().get(path, follow=True)) as response:
            found.append(response.status_code)
    return found


def test_file_that_no_text_uses_is_gone(bring, lorraine):
    bring(*FILES, item("Un", "Texte", wp_id=1), live=True)

    assert statuses(lorraine, *PATHS, "/?attachment_id=70") == [410] * 5


def test_file_of_a_draft_is_gone_until_the_draft_is_published(bring, lorraine):
    bring(*FILES, item("Un", TEXT, wp_id=1, status="draft"), live=True)
    assert statuses(lorraine, *PATHS) == [410] * 4

    page_of(1).get_latest_revision().publish()

    assert statuses(lorraine, *PATHS) == [200] * 4


def test_report_counts_documents_that_no_text_uses(bring, english):
    report = bring(*FILES, item("Un", "Texte", wp_id=1))

    assert "1 document that no text here links to: its old address is gone until one does" in " ".join(
        report.left_out_lines()
    )


def test_document_used_by_a_text_is_not_counted(bring, english):
    report = bring(*FILES, item("Un", TEXT, wp_id=1))

    assert "no text" not in " ".join(report.left_out_lines())


def test_report_says_that_a_sound_of_another_type_stays_on_the_old_site(bring, uploads, english):
    song = f"{OLD}/wp-content/uploads/2024/05/song.aiff"
    (uploads / "2024/05/song.aiff").write_bytes(b"FORM")

    bring(attachment("Song", song, wp_id=72), item("Un", f'[audio src="{song}"]', wp_id=1))

    assert f"{song}: files of the type “aiff” are not taken; this one stays on the old site" in report_lines()
