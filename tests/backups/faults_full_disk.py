"""The disk fills up during a backup, restore, export or import. Run with `make faults`.

The disk is a small tmpfs, with different amounts of free space.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from articles.models import ArticlePage
from portal.backups.making import make_backup
from portal.backups.repositories import Repository
from tests.backups.place import Place, build
from tests.faults import tell

MEGABYTE = 2**20
# The free space ranges from none to nearly enough, so that each step fails at least once.
LEFT = (0, MEGABYTE // 4, MEGABYTE, 4 * MEGABYTE, 8 * MEGABYTE, 16 * MEGABYTE)

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a disk is mounted by root")


@pytest.fixture(scope="module")
def disk(tmp_path_factory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def built(light_settings, django_db_setup, django_db_blocker, disk) -> Iterator[Place]:
    with django_db_blocker.unblock():
        yield from build(disk)


@contextmanager
def full(disk: Path, left: int) -> Iterator[None]:
    """Within the block, only this many bytes are free."""
    ballast, stats = disk / "ballast", os.statvfs(disk)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(4096, stats.f_bavail * stats.f_frsize - left))
    try:
        yield
    finally:
        ballast.unlink()


def facts(place: Place) -> dict[str, object]:
    with place.installation.here():
        titles = sorted(ArticlePage.objects.values_list("title", flat=True))
    return {"titles": titles, "backups": Repository(place.repository.address).names()}


@pytest.mark.parametrize("command", ["backup", "restore", "export_site", "import_site"])
def test_full_disk_is_reported_and_leaves_nothing_half_done(place, disk, tmp_path, command):
    exported = tmp_path / "site.zip"
    arguments: dict[str, tuple[object, ...]] = {
        "backup": ("backup",),
        "restore": ("restore", "--yes", "--from", tmp_path / "elsewhere"),
        "export_site": ("export_site", "lorraine.localhost", "--to", disk / "site.zip"),
    }
    make_backup(Repository(tmp_path / "elsewhere"), place.backup.made_at)
    code, output = manage(place, "export_site", "lorraine.localhost", "--to", exported)
    assert code == 0
    checksum = re.search(r"Checksum.*: (\w+)", output)[1]
    arguments["import_site"] = (
        "import_site",
        exported,
        "--host",
        "copy.localhost",
        "--staging",
        "--checksum",
        checksum,
    )
    ArticlePage.objects.update(title="Newer")
    before, failed = facts(place), 0
    for left in LEFT:
        with full(disk, left):
            code, message = manage(place, *arguments[command])
        if not code:
            break
        failed += 1
        assert "There is no space left in" in message, message
        assert "Traceback" not in message, message
        assert facts(place) == before
        assert not list(disk.glob("site.zip*"))
    tell(f"a full disk: {command}", len(LEFT), failed, remark="errors: refused in words, nothing half done")

    assert failed
    if code:
        code, message = manage(place, *arguments[command])
    (disk / "site.zip").unlink(missing_ok=True)
    assert code == 0, message


def manage(place: Place, *arguments: object) -> tuple[int, str]:
    process = place.installation.start("manage.py", *map(str, arguments), DEBUG="yes", ALLOWED_HOSTS="*")
    out, err = process.communicate(timeout=300)
    return process.returncode, f"{out}{err}"
