"""restic repositories: they store only new data, encrypt backups and delete old ones."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandParser

from portal.backups.errors import BackupError
from portal.backups.locking import ownership_advice
from portal.backups.media import folder_of, uploads
from portal.backups.programs import run
from portal.env import bucket_options, is_remote

FORMAT = 2
CONTENT = {"versions": dict, "database": dict, "migrations": list, "lasting_key": str, "media": dict}
MANIFEST = "manifest.json"
STAMP = "%Y-%m-%dT%H%M%SZ"
# Seconds for listing the backups of a remote repository; restic itself tries for a quarter of an hour.
LIST_TIMEOUT = 30
TIME = "%Y-%m-%d %H:%M:%S"
NO_REPOSITORY, WRONG_PASSWORD, SOME_FAILED, SOME_UNREAD = 10, 12, 1, 3


@dataclass(frozen=True)
class Backup:
    name: str
    manifest: dict[str, Any]

    @property
    def made_at(self) -> datetime:
        return made_at(self.name)


def made_at(name: str) -> datetime:
    return datetime.strptime(name, STAMP).replace(tzinfo=UTC)


@dataclass(frozen=True)
class ResticOutput:
    """The JSON lines of restic, and the files that it names in errors."""

    code: int
    lines: list[Any]
    failed: list[str]


class Repository:
    """A folder of this machine, a bucket as `s3://…`, or any other place that restic can reach.

    Backup names sort by time. `str()` is the location without the secrets that `address` may contain.
    """

    def __init__(self, address: Path | str):
        """Raise BackupError for an invalid address, or for one that would receive backups without encryption."""
        self.is_remote = is_remote(address)
        self.address = str(address if self.is_remote else Path(address).resolve())
        if self.is_remote and not settings.BACKUP_PASSWORD:
            raise BackupError("Only encrypted backups are written to another machine: set BACKUP_PASSWORD.")
        self._environment = {
            "RESTIC_PASSWORD": settings.BACKUP_PASSWORD,
            "RESTIC_CACHE_DIR": str(settings.DATA_DIR / "restic-cache"),
            # This applies to `--time`, and to the times that restic lists.
            "TZ": "UTC",
            **(_bucket(self.address) if self.address.startswith("s3:/") else {"RESTIC_REPOSITORY": self.address}),
        }

    def __str__(self) -> str:
        return re.sub(r"//[^/@]*@", "//", self._environment["RESTIC_REPOSITORY"])

    def names(self) -> list[str]:
        """The names of all backups, newest first."""
        return sorted(self._snapshots, reverse=True)

    def size(self, name: str) -> int:
        return int(self._snapshots[name]["summary"]["total_bytes_processed"])

    def find(self, name: str = "") -> Backup:
        """A backup, by default the newest. Raises BackupError if it is missing or unreadable."""
        names = self.names()
        if not names:
            raise BackupError(f"{self} has no backup.")
        if name and name not in names:
            raise BackupError(f"{self} has no backup {name}; it has: {', '.join(names)}")
        name = name or names[0]
        try:
            with TemporaryFile() as file:
                self.read(name, MANIFEST, file)
                file.seek(0)
                manifest = json.load(file)
            if manifest["format"] != FORMAT:
                raise BackupError(f"{name} has format {manifest['format']}; this version reads format {FORMAT}.")
            if not all(isinstance(manifest[name], kind) for name, kind in CONTENT.items()):
                raise ValueError("it is incomplete")
            manifest["database"]["vendor"], manifest["database"]["sha256"]
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise BackupError(f"The manifest of {name} is damaged: {error}") from error
        return Backup(name, manifest)

    def save(self, name: str, folder: Path, media: Mapping[str, Path]) -> int:
        """Store the files of a folder and the uploads, all or nothing; return the number of new bytes."""
        self._create()
        # Remove a killed backup's lock.
        self._run("unlock")
        options = ("--quiet", "--host=portal", "--group-by=host", "--tag=portal", f"--time={made_at(name):{TIME}}")
        sources = (".", *(str(path) for path in media.values() if path.exists()))
        written = self._run("backup", *options, *sources, cwd=folder, allowed=(0, SOME_UNREAD))
        # A file deleted in the meantime is not an error.
        if unread := [item for item in written.failed if Path(item).exists()]:
            raise BackupError(f"The backup {name} lacks files that could not be read: {', '.join(unread[:20])}")
        return int(written.lines[-1]["data_added"])

    def expire(self, keep: Mapping[str, int]) -> None:
        retention = (f"--keep-{unit}={number}" for unit, number in keep.items())
        self._run("forget", "--quiet", "--tag=portal", "--group-by=", "--prune", "--keep-within=1d", *retention)
        self.__dict__.pop("_snapshots", None)

    def read(self, name: str, file: str, target: IO[bytes]) -> None:
        self._run("dump", "--no-lock", self._snapshots[name]["id"], f"/{file}", stdout=target)

    def restore_media(self, backup: Backup, alias: str, target: Path, *, only_missing: bool) -> tuple[int, list[str]]:
        """Write the files that the folder lacks or has with other content; return their number and the damaged ones."""
        overwrite = "--overwrite=never" if only_missing else "--overwrite=always"
        source = f"{self._snapshots[backup.name]['id']}:{backup.manifest['media'][alias]}"
        found = self._run(
            *("restore", "--no-lock", "--verbose=2", overwrite, f"--target={target}", source), allowed=(0, SOME_FAILED)
        )
        items = [each["item"].lstrip("/") for each in found.lines if each.get("action") in ("restored", "updated")]
        # Uploads are never links; a link could expose a file that readers must not get.
        links = [item for item in items if (target / item).is_symlink()]
        damaged = {*links, *(item.lstrip("/") for item in found.failed)}
        for item in damaged:
            # restic keeps the part that it could read.
            (target / item).unlink(missing_ok=True)
        return sum((target / item).is_file() for item in items), sorted(damaged)

    def _create(self) -> None:
        if not self.is_remote:
            root = Path(self.address)
            for folder in filter(None, map(folder_of, uploads().values())):
                if folder.is_relative_to(root) or root.is_relative_to(folder):
                    raise BackupError(f"{root} overlaps the folder of uploaded files: choose another place.")
        if self._list().code == 0:
            return
        if not self.is_remote and root.is_dir() and any(root.iterdir()):
            raise BackupError(f"{self} has files that are not restic's: choose an empty folder.")
        self._run("init")

    def _list(self) -> ResticOutput:
        return self._run("snapshots", "--no-lock", "--tag=portal", allowed=(0, NO_REPOSITORY), timeout=LIST_TIMEOUT)

    @cached_property
    def _snapshots(self) -> dict[str, dict[str, Any]]:
        found = [snapshot for line in self._list().lines for snapshot in line]
        return {datetime.fromisoformat(each["time"]).astimezone(UTC).strftime(STAMP): each for each in found}

    def _run(self, *command: str, allowed: tuple[int, ...] = (0,), **options: Any) -> ResticOutput:
        program = ("restic", "--json", *(() if settings.BACKUP_PASSWORD else ("--insecure-no-password",)))
        try:
            codes = (*allowed, WRONG_PASSWORD)
            ended = run(*program, *command, environment=self._environment, allowed=codes, **options)
        except BackupError as error:
            advice = f" {ownership_advice(self)}" if "permission denied" in str(error) else ""
            raise BackupError(f"{error}{advice}") from error
        if ended.returncode == WRONG_PASSWORD:
            raise BackupError(f"BACKUP_PASSWORD does not open {self}.")
        lines = [json.loads(line) for line in (ended.stdout or "").splitlines() if line.startswith(("{", "["))]
        errors = [json.loads(line) for line in ended.stderr.splitlines() if line.startswith("{")]
        return ResticOutput(ended.returncode, lines, [each["item"] for each in errors if each.get("item")])


def add_source(parser: CommandParser, option: str = "--from") -> None:
    text = "The folder with the backups, or s3://… or sftp:… (BACKUP_DIR)."
    parser.add_argument(option, default=settings.BACKUP_DIR, metavar="PLACE", help=text)


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
            raise BackupError(f"The prefix “{prefix}” overlaps the uploaded files in the bucket: choose another.")
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
