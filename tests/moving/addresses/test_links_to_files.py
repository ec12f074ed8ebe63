"""Links to files of the old site lead to the documents here, also if the old site kept its files on another host."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Revision

from portal.editorial.records.releases import Release, ReleaseItem
from tests.moving.conftest import page_of, report_lines
from tests.moving.exports import OLD, attachment, item

pytestmark = pytest.mark.usefixtures("newsroom")
ELSEWHERE = "https://ancien.files.example/2024/05"


@pytest.mark.parametrize(
    ("file", "link"),
    [
        (f"{ELSEWHERE}/guide.pdf", f"{ELSEWHERE}/guide.pdf"),
        (f"{ELSEWHERE}/guide.pdf", f"{ELSEWHERE}/guide.pdf?ver=2"),
        (f"{ELSEWHERE}/guide.pdf", "https://i0.wp.com/ancien.files.example/2024/05/guide.pdf"),
        (
            f"{OLD}/wp-content/uploads/2024/05/guide.pdf",
            "https://i2.wp.com/ancien.example/wp-content/uploads/2024/05/guide.pdf",
        ),
    ],
)
def test_link_to_a_file_on_another_host_leads_to_its_document(bring, uploads, file, link):
    (uploads / "guide.pdf").write_bytes(b"%PDF-1.4 guide")
    (uploads / "2024/05/guide.pdf").write_bytes(b"%PDF-1.4 guide")

    bring(attachment("Guide", file, wp_id=70), item("Un", f'<p><a href="{link}">Guide</a></p>', wp_id=1), live=True)

    assert 'linktype="document"' in page_of(1).body[0].value.source


@pytest.mark.parametrize("link", ["https://autre.example/2024/05/guide.pdf", f"{ELSEWHERE}/inconnu.pdf"])
def test_link_to_a_file_that_is_not_of_the_old_site_stays(bring, uploads, link):
    text = f'<p><a href="{link}">Guide</a></p>'

    bring(attachment("Guide", f"{ELSEWHERE}/guide.pdf", wp_id=70), item("Un", text, wp_id=1), live=True)

    assert page_of(1).body[0].value.source == text
    assert link not in report_lines()


def test_link_to_a_missing_file_on_another_host_is_in_the_report(bring):
    link = f"{ELSEWHERE}/disparu.pdf"

    bring(attachment("Disparu", link, wp_id=70), item("Un", f'<p><a href="{link}">Disparu</a></p>', wp_id=1))

    assert f"link leads nowhere: {link}" in report_lines()


def test_link_to_a_page_that_stays_an_empty_draft_remains_and_is_reported(bring):
    text = f'<p><a href="{OLD}/vide/">Vide</a></p>'

    bring(item("Vide", "", "page", wp_id=6, link=f"{OLD}/vide/"), item("Un", text, wp_id=1), live=True)

    assert page_of(1).body[0].value.source == text
    assert f"{OLD}/vide/" in report_lines()


def approve_for_tomorrow(revision):
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=timezone.now() + timedelta(days=1))


def put_into_a_release(revision):
    release = Release.objects.create(title="Ouverture", at=timezone.now() + timedelta(days=1))
    ReleaseItem.objects.create(release=release, page_id=page_of(1).pk, action="publish", revision=revision)


@pytest.mark.parametrize(
    ("keep", "is_linked"), [(lambda revision: None, True), (approve_for_tomorrow, False), (put_into_a_release, False)]
)
def test_scheduled_version_is_not_changed_by_linking(bring, keep, is_linked):
    one = item("Un", f'<p><a href="{OLD}/2024/05/deux/">deux</a></p>', wp_id=1)
    bring(one)
    keep(page_of(1).latest_revision)

    bring(one, item("Deux", "Texte", wp_id=2))

    assert ('linktype="page"' in page_of(1).body[0].value.source) is is_linked
