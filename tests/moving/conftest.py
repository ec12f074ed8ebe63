"""Runs imports of small exports into the French edition of the site under test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from wagtail.models import Locale, Page

from portal.moving.models import ImportedItem
from portal.moving.reporting import SiteImportReport
from portal.moving.running import Options, look_at, run
from tests.builders import Ground
from tests.essentials import picture
from tests.moving.exports import OLD, export, written

Import = Callable[..., SiteImportReport]


@pytest.fixture
def uploads(tmp_path) -> Path:
    """A copy of the old site's uploads, with one picture and one document."""
    folder = tmp_path / "uploads"
    (folder / "2024/05").mkdir(parents=True)
    (folder / "2024/05/hall.png").write_bytes(picture())
    (folder / "2024/05/guide.pdf").write_bytes(b"%PDF-1.4 guide")
    return folder


@pytest.fixture
def bring(lorraine: Ground, saar: Ground, media: None, uploads: Path, tmp_path: Path) -> Import:
    """Import these parts of an export."""

    def imported(*parts: str, live: bool = False, media: str = str(uploads), **facts: Any) -> SiteImportReport:
        path = written(tmp_path, export(*parts))
        locale = Locale.objects.get(language_code="fr")
        survey, mapping = look_at(path, lorraine.site, locale)
        for name, value in facts.items():
            setattr(mapping, name, value)
        return run(path, lorraine.site, locale, survey, mapping, Options(media=media, is_live=live))

    return imported


def page_of(wp_id: int) -> Any:
    """The newest version of the page that an item became."""
    row = ImportedItem.objects.get(kind="page", key=str(wp_id), source__address=OLD)
    return Page.objects.get(pk=row.page_id).specific.get_latest_revision_as_object()
