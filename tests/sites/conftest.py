"""A full site and its export. The site itself is rolled back, so that tests only have the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.test import override_settings

from portal.newsletter.subscribers.links import unsubscribe_link
from portal.sites.transfer.archive import open_archive
from portal.sites.transfer.exporting import Exported, export_site
from portal.sites.transfer.importing import Imported, import_site
from tests.conftest import empty_caches, rolled_back
from tests.sites.full_site import make_full_site


@dataclass(frozen=True)
class ExportedSite:
    """Exports from a full site, with and without people; `unsubscribing` is a link's path in a sent email."""

    file: Path
    without_people: Path
    found: Exported
    unsubscribing: str

    def bring(self, host: str = "moved.localhost", **wishes: Any) -> Imported:
        with open_archive(self.file, "") as archive:
            return import_site(archive, host, port=80, **wishes)


@pytest.fixture(scope="session")
def exported(light_settings, django_db_setup, django_db_blocker, tmp_path_factory) -> ExportedSite:
    folder = tmp_path_factory.mktemp("exported")
    with (
        override_settings(MEDIA_ROOT=folder / "media", WAGTAILSEARCH_BACKENDS=django_settings.WAGTAILSEARCH_BACKENDS),
        mock.patch("portal.editorial.approval.completeness._refuse_incomplete"),
        django_db_blocker.unblock(),
        rolled_back(),
    ):
        full = make_full_site()
        site = full.ground.site
        found = export_site(site, folder / "full.zip")
        export_site(site, folder / "bare.zip", people=False)
        link = unsubscribe_link(full.planted["subscriber"].pk, site, "fr").removeprefix(site.root_url)
    empty_caches()
    return ExportedSite(folder / "full.zip", folder / "bare.zip", found, link)


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(scope="module")
def module_moved(exported, module_db, tmp_path_factory) -> Iterator[Imported]:
    with override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("moved"), WAGTAILSEARCH_BACKENDS=django_settings.WAGTAILSEARCH_BACKENDS
    ):
        yield exported.bring()


@pytest.fixture
def moved(module_moved: Imported, db: None) -> Imported:
    """The full site after its import."""
    return module_moved
