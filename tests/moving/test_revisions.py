"""The old site's revisions become earlier versions of a new page, if chosen."""

import pytest
from django.urls import reverse
from wagtail.models import Page, PageLogEntry

from portal.moving.models import ImportSource
from portal.moving.undoing import undo
from portal.moving.writing.versions import EARLIER
from tests.moving.conftest import page_of
from tests.moving.exports import at, item

pytestmark = pytest.mark.usefixtures("newsroom")


def version(title: str, text: str, number: int, day: int, slug: str = "") -> str:
    return item(
        title, text, "revision", wp_id=number, parent=1, status="inherit",
        slug=slug or f"1-revision-v{number}", gmt=f"2024-05-{day:02} 07:30:00",
    )  # fmt: skip


PARTS = [
    version("Brouillon", "<p>Premier jet</p>", 11, 3),
    item("Un", "<p>Le texte</p>", wp_id=1),
    version("Un", "<p>Le texte</p>", 13, 17),
    version("Un", "<p>Deuxième jet</p>", 12, 5),
    version("Un", "<p>Sauvé tout seul</p>", 14, 6, slug="1-autosave-v1"),
]


def test_earlier_versions_precede_the_first_one_with_their_times(bring):
    bring(*PARTS, revisions=True)

    page = page_of(1)
    versions = [row.as_object() for row in page.revisions.order_by("created_at")]
    assert [(each.title, each.body[0].value.source) for each in versions] == [
        ("Brouillon", "<p>Premier jet</p>"),
        ("Un", "<p>Deuxième jet</p>"),
        ("Un", "<p>Le texte</p>"),
    ]
    assert page.revisions.order_by("pk").last().pk == page.latest_revision_id
    assert page.revisions.earliest("created_at").created_at == at("2024-05-03 07:30:00+00:00")
    assert PageLogEntry.objects.filter(page=page.pk, action=EARLIER).count() == 2


def test_earlier_versions_are_not_imported_by_default(bring):
    bring(*PARTS)

    assert page_of(1).revisions.count() == 1


def test_earlier_versions_are_imported_once(bring):
    bring(*PARTS, revisions=True)

    bring(*PARTS, revisions=True)

    assert page_of(1).revisions.count() == 3


def test_history_shows_and_compares_earlier_versions(bring, administrator):
    bring(*PARTS, revisions=True)
    page = page_of(1)
    first, second = page.revisions.order_by("created_at")[:2]

    history = administrator.get(reverse("wagtailadmin_pages:history", args=[page.pk])).content.decode()
    compared = administrator.get(
        reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, first.pk, second.pk])
    ).content.decode()

    assert history.count("A version that the old site had") == 2
    assert "Premier jet" in compared.replace('<span class="deletion">', "").replace("</span>", "")


def test_earlier_versions_are_deleted_with_their_page(bring):
    bring(*PARTS, revisions=True)

    undo(ImportSource.objects.get())

    assert not Page.objects.filter(title="Un").exists()
    assert not ImportSource.objects.exists()
