"""Runs imports of small exports into the French edition of the site under test, also in the newsroom."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Locale, Page

from portal.moving.models import ImportedItem, ImportRun, ImportSource
from portal.moving.reporting import SiteImportReport, rows_of
from portal.moving.running import Options, look_at, run
from portal.moving.sources.opening import records_of
from portal.platform.spreadsheets.files import as_csv
from tests.builders import SampleSite, work_off
from tests.essentials import picture
from tests.moving.exports import OLD, category, export, item, written

Import = Callable[..., SiteImportReport]
POSTS = [
    category("eco", "Économie"),
    *(item(f"Nouvelle {n}", f"Le texte {n}", wp_id=n, categories=("eco",)) for n in range(1, 4)),
]


@pytest.fixture
def english() -> Iterator[None]:
    with override("en"):
        yield


def make_uploads(folder: Path) -> Path:
    """A copy of the old site's uploads, with one picture and one document."""
    (folder / "2024/05").mkdir(parents=True)
    (folder / "2024/05/hall.png").write_bytes(picture())
    (folder / "2024/05/guide.pdf").write_bytes(b"%PDF-1.4 guide")
    return folder


@pytest.fixture
def uploads(tmp_path) -> Path:
    return make_uploads(tmp_path / "uploads")


def import_parts(
    ground: SampleSite,
    folder: Path,
    *parts: str,
    media: str,
    live: bool = False,
    revisions: bool = False,
    address: str = OLD,
    **facts: Any,
) -> SiteImportReport:
    """Write these parts of an export to the folder, and import them into the French edition of a site."""
    records = records_of(written(folder, export(*parts, address=address)))
    locale = Locale.objects.get(language_code="fr")
    survey, mapping = look_at(records, ground.site, locale)
    for name, value in facts.items():
        setattr(mapping, name, value)
    options = Options(media, is_live=live, with_revisions=revisions)
    return run(records, ground.site, locale, survey, mapping, options)


@pytest.fixture
def bring(lorraine: SampleSite, saar: SampleSite, media: None, uploads: Path, tmp_path: Path) -> Import:
    """Import these parts of an export."""
    return partial(import_parts, lorraine, tmp_path, media=str(uploads))


def report_lines() -> str:
    with override("en"):
        return b"".join(as_csv(rows_of(ImportSource.objects.get()))).decode()


def page_of(wp_id: int) -> Any:
    """The newest version of the page made from an item."""
    row = ImportedItem.objects.get(kind="page", key=str(wp_id), source__address=OLD)
    return Page.objects.get(pk=row.page_id).specific.get_latest_revision_as_object()


def upload(client: Client, ground: SampleSite, *parts: str, content: bytes = b"", name: str = "export.xml") -> Any:
    file = SimpleUploadedFile(name, content or export(*parts).encode())
    edition = f"{ground.site.pk}-{ground.home.locale_id}"
    return client.post(reverse("moving_begin"), {"edition": edition, "file": file}, follow=True)


def sent(run: ImportRun, action: str, **changes: str) -> dict[str, str]:
    """The proposal's form on the page, with these changes."""
    form = {"default_section": run.mapping["default_section"], "time_zone": run.mapping["time_zone"]}
    for number, (key, name, _count) in enumerate(run.facts["terms"]):
        form[f"becomes-{number}"] = "section" if key.partition(":")[2] in run.mapping["sections"] else "topic"
        form[f"name-{number}"] = name
    return {**form, "action": action, **changes}


def act(client: Client, run: ImportRun, action: str, **changes: str) -> str:
    """The page after a button was pressed and the tasks are done."""
    form = sent(run, action, **changes) if action in ("try", "import") else {"action": action}
    shown = client.post(reverse("moving_run", args=[run.pk]), form, follow=True).content.decode()
    work_off()
    run.refresh_from_db()
    return shown


@pytest.fixture
def proposed(administrator: Client, lorraine: SampleSite, saar: SampleSite) -> ImportRun:
    """An import whose file was read."""
    upload(administrator, lorraine, *POSTS)
    work_off()
    return ImportRun.objects.get()


@pytest.fixture
def imported(administrator: Client, proposed: ImportRun) -> ImportRun:
    act(administrator, proposed, "import")
    return proposed


def shown(client: Client, name: str, *keys: Any, **query: str) -> str:
    response = client.get(reverse(name, args=keys), query)
    assert response.status_code == 200
    return response.content.decode()
