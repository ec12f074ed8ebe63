"""An import is complete or has no effect, grants permissions only on its site, and refuses a changed file."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from wagtail.models import Collection, GroupPagePermission, Page, Revision, Site

from portal.content.records.hosts import FurtherHost
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import Topic
from portal.editorial.roles import Role, group_of
from portal.sites.data.errors import TransferError
from portal.sites.deletion import delete_site
from portal.sites.transfer import importing
from portal.sites.transfer.archive import checksum_of, open_archive
from tests.builders import make_article, make_member, make_site
from tests.sites.conftest import ExportedSite

pytestmark = pytest.mark.usefixtures("db", "media")


def test_existing_account_is_found_by_its_address_and_unchanged(exported, db, media):
    known = make_member("boss", is_superuser=True)
    address = "zzmailazz-editor@portal.example"
    get_user_model().objects.filter(pk=known.pk).update(email=address.upper(), password="kept")

    site = exported.bring().site

    found = get_user_model().objects.get(groups=group_of(site, Role.EDITOR))
    assert (found.pk, found.username, found.password, found.is_superuser) == (known.pk, "boss", "kept", True)


def test_import_grants_no_permission_elsewhere(exported, db, media):
    other = make_site("other.localhost")
    foreign = make_article(other.section, "Voisin")

    exported.bring()

    people = get_user_model().objects.filter(groups__isnull=False).distinct()
    assert people.count() >= 5
    assert not any(foreign.permissions_for_user(person).can_edit() for person in people)
    assert not any(person.is_superuser or person.has_perm("accounts.add_user") for person in people)
    assert not GroupPagePermission.objects.filter(page__depth=1, group__name__startswith="Guilde").exists()


def test_site_can_have_the_default_host_of_an_empty_installation(exported):
    site = exported.bring("localhost").site

    assert list(Site.objects.filter(hostname="localhost")) == [site]


Contents = dict[str, Any]


def forge(exported: ExportedSite, file: Path, change: Callable[[Contents, dict[str, Any]], None]) -> Path:
    """The file after manipulation by somebody who updates the checksums."""
    with ZipFile(exported.file) as archive:
        contents: Contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(contents.pop("manifest.json"))
    rows = {
        name: [json.loads(line) for line in content.decode().splitlines()]
        for name, content in contents.items()
        if name.startswith("rows/")
    }
    contents |= rows
    manifest.pop("seal")
    change(contents, manifest)
    for name, content in contents.items():
        if isinstance(content, list):
            contents[name] = "".join(json.dumps(row) + "\n" for row in content).encode()
            manifest["rows"][name[5:-6]] = len(content)
    manifest["entries"] = {name: [sha256(content).hexdigest(), len(content)] for name, content in contents.items()}
    with ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps({**manifest, "seal": checksum_of(manifest)}))
    return file


def change(label: str, **values: Any) -> Callable[[Contents, dict[str, Any]], None]:
    """Change a model's first row."""
    return lambda contents, manifest: contents[f"rows/{label}.jsonl"][0].update(values)


def add(label: str, **values: Any) -> Callable[[Contents, dict[str, Any]], None]:
    """Add a copy of a model's last row, with other values."""

    def added(contents: Contents, manifest: dict[str, Any]) -> None:
        rows = contents[f"rows/{label}.jsonl"]
        rows.append(rows[-1] | values)

    return added


def rename_column(contents: Contents, manifest: dict[str, Any]) -> None:
    manifest["fields"]["core.Topic"].append("colour")


UNFIT = {
    "a permission for all sites": (
        add("auth.Group_permissions", permission=["accounts", "user", "add_user"]),
        "add_user",
    ),
    "a permission of the network on its site": (
        change("wagtailcore.GroupSitePermission", permission=["core", "sitesettings", "offer_pages_to_the_network"]),
        "offer_pages_to_the_network",
    ),
    "a permission at a page outside": (change("wagtailcore.GroupPagePermission", page=10_000), "missing records"),
    "columns of another version": (rename_column, "same version"),
    "a date that is none": (change("core.RemovedAddress", removed_at="yesterday"), "cannot be"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_forged_file_is_refused_before_anything_is_written(exported, tmp_path, media, name):
    unfit, sentence = UNFIT[name]
    pages = Page.objects.count()
    file = forge(exported, tmp_path / "unfit.zip", unfit)

    with pytest.raises(TransferError, match=sentence), open_archive(file, "") as archive:
        importing.import_site(archive, "moved.localhost", port=80)

    assert Page.objects.count() == pages
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_rewritten_file_is_refused_by_its_checksum(exported, tmp_path):
    """Its checksums are valid, but the file's own checksum differs from the one that the export printed."""
    file = forge(exported, tmp_path / "forged.zip", change("core.Topic", name="Slogan"))

    with pytest.raises(CommandError, match="another file"):
        call_command("import_site", str(file), host="moved.localhost", checksum=exported.found.checksum)

    assert not Site.objects.filter(hostname="moved.localhost").exists()


@pytest.mark.parametrize("name", ["rows/wagtailcore.Page.jsonl", "rows/auth.Group.jsonl", "files/", "manifest.json"])
def test_damaged_file_is_refused(exported, tmp_path, name):
    content = bytearray(exported.file.read_bytes())
    with ZipFile(exported.file) as archive:
        entry = next(info for info in archive.infolist() if info.filename.startswith(name))
        following = [info.header_offset for info in archive.infolist() if info.header_offset > entry.header_offset]
    end = min(following, default=archive.start_dir)
    content[end - entry.compress_size // 2] ^= 0xFF
    file = tmp_path / "damaged.zip"
    file.write_bytes(content)

    with pytest.raises(TransferError, match=r"damaged|changed"), open_archive(file, ""):
        pass


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", b"age-encryption.org/v1"])
def test_foreign_file_is_refused(tmp_path, content):
    file = tmp_path / "foreign.zip"
    file.write_bytes(content)

    with pytest.raises(TransferError), open_archive(file, ""):
        pass


def test_failed_import_leaves_no_row_and_no_file(exported, media, monkeypatch):
    pages, folders = Page.objects.count(), Collection.objects.count()

    def fail(site: Site) -> None:
        raise OSError("no room")

    monkeypatch.setattr(importing, "rebuild", fail)
    with pytest.raises(OSError, match="no room"):
        exported.bring()

    assert (Page.objects.count(), Collection.objects.count()) == (pages, folders)
    assert not Site.objects.filter(hostname="moved.localhost").exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_second_site_of_a_network_reuses_network_topics(exported):
    first = exported.bring()
    topics = Topic.objects.filter(site=None).count()
    delete_site(first.site)

    second = exported.bring()

    assert first.new_shared > 0
    assert (second.is_copy, second.new_shared) == (False, 0)
    assert Topic.objects.filter(site=None).count() == topics


def test_no_host_is_imported_unless_it_is_named(exported, tmp_path):
    def take(contents: Contents, manifest: dict[str, Any]) -> None:
        manifest["former_hosts"] = ["free.localhost", "wanted.localhost"]

    file = forge(exported, tmp_path / "forged.zip", take)

    with open_archive(file, "") as archive:
        importing.import_site(archive, "moved.localhost", port=80, former_hosts=("wanted.localhost",))

    assert list(FurtherHost.objects.values_list("hostname", flat=True)) == ["wanted.localhost"]


def test_imported_site_offers_no_pages_to_its_new_network(exported, tmp_path):
    with open_archive(
        forge(exported, tmp_path / "f.zip", change("core.SiteSettings", offers_its_pages=True)), ""
    ) as archive:
        site = importing.import_site(archive, "moved.localhost", port=80).site

    assert not SiteSettings.for_site(site).offers_its_pages


def test_scheduled_issue_waits_for_an_editor(exported, tmp_path):
    def schedule(contents: Contents, manifest: dict[str, Any]) -> None:
        for row in contents["rows/wagtailcore.Revision.jsonl"]:
            row["approved_go_live_at"] = "2126-01-01T08:00:00+00:00"

    with open_archive(forge(exported, tmp_path / "scheduled.zip", schedule), "") as archive:
        importing.import_site(archive, "moved.localhost", port=80)

    waiting = Revision.objects.filter(approved_go_live_at=None)
    assert set(waiting.values_list("content_type__model", flat=True)) == {"issuepage"}


def test_forged_former_host_does_not_redirect(exported):
    with pytest.raises(TransferError, match="never had"):
        exported.bring(former_hosts=("other.localhost",))


def test_host_of_another_site_cannot_be_imported(exported):
    make_site("moved.localhost")

    with pytest.raises(TransferError, match=r"host moved\.localhost"):
        exported.bring()
