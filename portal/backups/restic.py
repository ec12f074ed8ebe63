"""Repositories of restic, which encrypts backups, stores what is new, and deletes old ones."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.backups.errors import BackupError
from portal.backups.locking import cure_for_another_account
from portal.backups.media import uploads
from portal.backups.programs import run
from portal.backups.repositories import STAMP, Backup, check_folder, made_at
from portal.env import bucket_options, is_remote

# How long a repository on another machine may take to name its backups; restic itself tries for a quarter of an hour.
PATIENCE = 30
TIME = "%Y-%m-%d %H:%M:%S"
NO_REPOSITORY, WRONG_PASSWORD, SOME_FAILED, SOME_UNREAD = 10, 12, 1, 3


class Restic:
    """A repository of restic: a folder of this machine, a bucket as `s3://…`, or any other that restic can reach."""

    def __init__(self, address: str):
        self.address = address
        self._root = None if is_remote(address) else Path(address)
        self._environment = {
            "RESTIC_PASSWORD": settings.BACKUP_PASSWORD,
            "RESTIC_CACHE_DIR": str(settings.DATA_DIR / "restic-cache"),
            # Of `--time` and of what it lists.
            "TZ": "UTC",
            **(_bucket(address) if address.startswith("s3:/") else {"RESTIC_REPOSITORY": address}),
        }

    def __str__(self) -> str:
        return re.sub(r"//[^/@]*@", "//", self._environment["RESTIC_REPOSITORY"])

    def names(self) -> list[str]:
        return sorted(self._snapshots(), reverse=True)

    def sizes(self) -> dict[str, int]:
        found = self._snapshots()
        return {name: found[name]["summary"]["total_bytes_processed"] for name in sorted(found, reverse=True)}

    def save(self, name: str, folder: Path, media: Mapping[str, Path]) -> int:
        self._create()
        # Remove the lock of a backup that was killed.
        self._run("unlock")
        options = ("--quiet", "--host=portal", "--group-by=host", "--tag=portal", f"--time={made_at(name):{TIME}}")
        sources = (".", *(str(path) for path in media.values() if path.exists()))
        written = self._run("backup", *options, *sources, cwd=folder, allowed=(0, SOME_UNREAD))
        # A file that was deleted meanwhile is not an error.
        if unread := [item for item in written.failed if Path(item).exists()]:
            raise BackupError(f"The backup {name} lacks files that could not be read: {', '.join(unread[:20])}")
        return int(written.lines[-1]["data_added"])

    def expire(self, keep: Mapping[str, int]) -> None:
        kept = (f"--keep-{unit}={number}" for unit, number in keep.items())
        self._run("forget", "--quiet", "--tag=portal", "--group-by=", "--prune", "--keep-within=1d", *kept)

    def read(self, name: str, file: str, target: IO[bytes]) -> None:
        self._run("dump", "--no-lock", self._snapshots()[name]["id"], f"/{file}", stdout=target)

    def restore_media(self, backup: Backup, alias: str, target: Path, *, only_missing: bool) -> tuple[int, list[str]]:
        overwrite = "--overwrite=never" if only_missing else "--overwrite=always"
        source = f"{self._snapshots()[backup.name]['id']}:{backup.manifest['media'][alias]}"
        found = self._run(
            *("restore", "--no-lock", "--verbose=2", overwrite, f"--target={target}", source), allowed=(0, SOME_FAILED)
        )
        items = [each["item"].lstrip("/") for each in found.lines if each.get("action") in ("restored", "updated")]
        # Uploads are never links; a link could point to a file that readers must not get.
        links = [item for item in items if (target / item).is_symlink()]
        damaged = {*links, *(item.lstrip("/") for item in found.failed)}
        for item in damaged:
            # restic restores the readable part.
            (target / item).unlink(missing_ok=True)
        return sum((target / item).is_file() for item in items), sorted(damaged)

    def _create(self) -> None:
        if self._root is not None:
            check_folder(self._root)
        if self._listed().code == 0:
            return
        if self._root is not None and self._root.is_dir() and any(self._root.iterdir()):
            raise BackupError(f"{self} holds something else than backups of restic: choose an empty folder.")
        self._run("init")

    def _listed(self) -> "Written":
        return self._run("snapshots", "--no-lock", "--tag=portal", allowed=(0, NO_REPOSITORY), timeout=PATIENCE)

    def _snapshots(self) -> dict[str, dict[str, Any]]:
        found = [snapshot for line in self._listed().lines for snapshot in line]
        return {datetime.fromisoformat(each["time"]).astimezone(UTC).strftime(STAMP): each for each in found}

    def _run(self, *command: str, allowed: tuple[int, ...] = (0,), **options: Any) -> "Written":
        try:
            ended = run(
                "restic",
                "--json",
                *command,
                environment=self._environment,
                allowed=(*allowed, WRONG_PASSWORD),
                **options,
            )
        except BackupError as error:
            cure = f" {cure_for_another_account(self)}" if "permission denied" in str(error) else ""
            raise BackupError(f"{error}{cure}") from error
        if ended.returncode == WRONG_PASSWORD:
            raise BackupError(f"BACKUP_PASSWORD does not open {self}.")
        lines = [json.loads(line) for line in (ended.stdout or "").splitlines() if line.startswith(("{", "["))]
        errors = [json.loads(line) for line in ended.stderr.splitlines() if line.startswith("{")]
        return Written(ended.returncode, lines, [each["item"] for each in errors if each.get("item")])


@dataclass(frozen=True)
class Written:
    """What restic has written as JSON, and which files it names in errors."""

    code: int
    lines: list[Any]
    failed: list[str]


def _bucket(address: str) -> dict[str, str]:
    """The environment for `s3://key:secret@bucket/prefix?endpoint=https://…`."""
    try:
        options = bucket_options("The place of the backups", address)
    except ImproperlyConfigured as error:
        raise BackupError(str(error)) from error
    bucket, prefix = options["bucket_name"], options["location"] or ""
    for storage in uploads().values():
        own = f"{getattr(storage, 'location', '')}".strip("/")
        if getattr(storage, "bucket_name", None) == bucket and _overlap(prefix, own):
            raise BackupError(f"The prefix “{prefix}” lies among the uploaded files of the bucket: choose another.")
    endpoint = options["endpoint_url"] or "https://s3.amazonaws.com"
    found = {
        "RESTIC_REPOSITORY": f"s3:{endpoint}/{bucket}/{quote(prefix)}",
        "AWS_ACCESS_KEY_ID": options["access_key"],
        "AWS_SECRET_ACCESS_KEY": options["secret_key"],
        "AWS_DEFAULT_REGION": options["region_name"],
    }
    return {name: value for name, value in found.items() if value}


def _overlap(one: str, other: str) -> bool:
    return f"{one}/".lstrip("/").startswith(f"{other}/".lstrip("/")) or f"{other}/".startswith(f"{one}/".lstrip("/"))
