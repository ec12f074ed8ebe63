"""Exports everything that belongs to a site into a file, with keys that are numbers within the file."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from tempfile import TemporaryFile
from time import perf_counter
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from wagtail.models import Collection, ModelLogEntry, Site

from portal.backups.errors import NoRoomError, noticing_full_disk
from portal.content.records.hosts import FurtherHost
from portal.platform.operation.keys import lasting_hash
from portal.platform.status.installation import parts
from portal.sites.data.errors import TransferError
from portal.sites.data.rows import Row, rows_as_json
from portal.sites.data.rules import TransferRule, exported_models, rule_of
from portal.sites.data.scope import GENERAL_PERMISSIONS, Scope, rows_of
from portal.sites.transfer.archive import ArchiveWriter, as_line
from portal.sites.transfer.encryption import encrypt
from portal.sites.transfer.numbering import Numbers
from portal.sites.transfer.references import Rewriter, key_model, model_named

# Accounts are identified by email address, and only these columns are exported.
ACCOUNT_FIELDS = ("id", "username", "first_name", "last_name", "email", "is_active")


def is_of_sites(app: str, model: str, codename: str) -> bool:
    """Whether this permission can be limited to a site: it is for records of sites, not of the network."""
    if (owner := apps.all_models[app].get(model)) is None:
        return False
    names = {field.name for field in owner._meta.local_concrete_fields}
    return "site" in names and codename in {f"{action}_{model}" for action in owner._meta.default_permissions}


@dataclass
class Exported:
    checksum: str = ""
    # The number of rows by model.
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    missing_files: list[str] = field(default_factory=list)
    # The number of references to records that are not in the file.
    left_out: int = 0

    @property
    def summary(self) -> str:
        counts = {"pages": "wagtailcore.Page", "pictures": "media.Image", "documents": "media.Document"}
        counts |= {"versions": "wagtailcore.Revision", "subscribers": "newsletter.Subscriber"}
        return ", ".join(f"{self.rows.get(label, 0):,} {name}" for name, label in counts.items())


def key_fingerprint() -> str:
    """A hash that identifies LASTING_KEY without revealing it."""
    return lasting_hash("portal.sites.transfer", "")[:16]


def fields_of(model: type[Model]) -> list[str]:
    names = [field.name for field in model._meta.local_concrete_fields]
    return [name for name in names if name in ACCOUNT_FIELDS] if model._meta.label == "accounts.User" else names


@contextmanager
def snapshot_isolation() -> Iterator[None]:
    """Read everything from one database snapshot, despite concurrent writes."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def export_site(site: Site, file: Path, *, people: bool = True) -> Exported:
    """Write the site to a new file, which gets its name once complete. Raises TransferError on failure."""
    if file.exists():
        raise TransferError(f"{file} exists already: name another file.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        # The file contains readers' addresses. Only its owner may read it, and it must not exist before.
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise TransferError(f"The site cannot be written to {file}: {error}") from error
    try:
        with (
            noticing_full_disk(f"{file.parent} or {settings.DATA_DIR}"),
            os.fdopen(descriptor, "wb") as target,
            TemporaryFile(dir=settings.DATA_DIR) as plain,
        ):
            with snapshot_isolation(), closing(ArchiveWriter(plain)) as writer:
                found = SiteExport(site, writer, people).run()
            plain.seek(0)
            if settings.EXPORT_RECIPIENT:
                encrypt(settings.EXPORT_RECIPIENT, plain, target)
            else:
                copyfileobj(plain, target)
        unfinished.rename(file)
    except NoRoomError as error:
        raise TransferError(str(error)) from error
    except OSError as error:
        raise TransferError(f"The site cannot be written to {file}: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return found


def export_archive(site: Site, to: Path, *, without_people: bool = False) -> Iterator[str]:
    """Write the archive to a new file, or to a folder under a generated name; describe its content."""
    began = perf_counter()
    file = to / f"{site.hostname}-{timezone.now():%Y-%m-%dT%H%M%SZ}.site.zip" if to.is_dir() else to
    found = export_site(site, file, people=not without_people)
    size = filesizeformat(file.stat().st_size)
    yield f"{file}: {found.summary}; {size}, in {perf_counter() - began:.1f} s."
    for name in found.missing_files:
        yield f"Not in the export, since the file is missing: {name}"
    if found.left_out:
        yield f"{found.left_out:,} references to other sites' or deleted records were left out."
    yield f"Checksum for import_site: {found.checksum}"


class SiteExport:
    def __init__(self, site: Site, writer: ArchiveWriter, people: bool):
        self.site, self.writer, self.people = site, writer, people
        self.scope = Scope(site)
        self.numbers = Numbers(self.scope, people=people)
        self.rewriter = Rewriter(self.numbers)
        self.result = Exported()
        self.kept_keys: dict[str, list[int]] = {}

    def run(self) -> Exported:
        models = [(model, rule_of(model)) for model in exported_models()]
        models = [(model, rule) for model, rule in models if self.people or not rule.people]
        for model, rule in models:
            if not rule.keyless and key_model(model) is model:
                self.numbers.number(rule.rows(model, self.scope))
        while self.numbers.prune():
            pass
        own = [(model, rule) for model, rule in models if not rule.shared]
        for model, rule in own:
            if not rule.keyless:
                self._write(model, self._rows(model, rule, rule.rows(model, self.scope)))
        self._write(ModelLogEntry, self._history())
        for model, rule in own:
            if rule.keyless:
                self._write(model, sorted(self._rows(model, rule, rule.rows(model, self.scope))))
        self._write_shared([(model, rule) for model, rule in models if rule.shared])
        self._write_tags()
        self.result.files = sum(name.startswith("files/") for name in self.writer.entries)
        self.result.left_out = self.numbers.left_out
        self.result.checksum = self.writer.finish(self._facts())
        return self.result

    def _write(self, model: type[Model], lines: Any) -> None:
        if count := self.writer.rows(model._meta.label, lines):
            self.result.rows[model._meta.label] = count

    def _rows(self, model: type[Model], rule: TransferRule, queryset: Any) -> Iterator[bytes]:
        keys = self.kept_keys.setdefault(model._meta.label, []) if rule.keeps_keys else None
        for row in rows_as_json(queryset):
            if not rule.keyless and not self.numbers.has(model, row[model._meta.pk.name]):
                continue
            if keys is not None:
                keys.append(row[model._meta.pk.name])
            if (line := self._line(model, rule, row)) is not None:
                yield line

    def _line(self, model: type[Model], rule: TransferRule, row: Row) -> bytes | None:
        label = model._meta.label
        if label in ("auth.Group_permissions", "wagtailcore.GroupSitePermission"):
            app, name, codename = self.numbers.of(Permission, row["permission"])
            is_general = (app, codename) in GENERAL_PERMISSIONS
            if not (is_general if label == "auth.Group_permissions" else is_of_sites(app, name, codename)):
                return None
        folder = self._folder_of_shared(row) if rule.shared else None
        if folder is not None:
            row = {**row, "collection": None}
        changed = self.rewriter.row(model, {**row, model._meta.pk.name: None} if rule.keyless else row)
        if changed is None:
            return None
        changed |= rule.blank
        if folder is not None:
            changed["collection"] = folder
        if "file" in changed:
            changed["file"] = self._content(model, changed["file"])
        return as_line({name: changed[name] for name in fields_of(model)})

    def _folder_of_shared(self, row: Row) -> int | None:
        """The folder of a shared record in the file: the site's own, or 0 if the record is the network's."""
        key = row.get("collection")
        if key is None or key in self.numbers.known[Collection]:
            return None
        return 1 if self.scope.is_other_sites(key) and self.scope.media_root is not None else 0

    def _content(self, model: type[Model], name: str) -> Row:
        storage = model._meta.get_field("file").storage  # type: ignore[union-attr]
        found: Row = {"name": PurePosixPath(name).name, "sha256": None}
        try:
            with storage.open(name) as source:
                found["sha256"] = self.writer.content(source)
        except (OSError, ValueError):
            self.result.missing_files.append(name)
        return found

    def _write_shared(self, models: list[tuple[type[Model], TransferRule]]) -> None:
        """Write the shared records to which the site refers and, recursively, the records to which these refer."""
        lines: dict[type[Model], list[bytes]] = {model: [] for model, _rule in models}
        of_network: dict[type[Model], list[bytes]] = {model: [] for model, _rule in models}
        for model, rule in models:
            lines[model] += self._rows(model, rule, rule.rows(model, self.scope))
        while any(self.numbers.pending.values()):
            for model, rule in models:
                keys, self.numbers.pending[model] = self.numbers.pending[model], []
                for key in keys:
                    place = of_network if self.numbers.known[model][key] < 0 else lines
                    place[model] += self._rows(model, rule, rows_of(model, pk=key))
        for model, _rule in models:
            self._write(model, [*lines[model], *of_network[model]])

    def _write_tags(self) -> None:
        model = apps.get_model("taggit.TaggedItem")
        files = [apps.get_model(label) for label in ("media.Image", "media.Document")]
        lines: list[bytes] = []
        for each in files:
            tagged = rows_of(model, content_type=ContentType.objects.get_for_model(each))
            here = [item for item in tagged.only("pk", "object_id") if item.object_id in self.numbers.known[each]]
            lines += self._rows(model, rule_of(model), rows_of(model, pk__in=[item.pk for item in here]))
        self._write(model, sorted(lines))

    def _history(self) -> Iterator[bytes]:
        """The log entries about the site's own records, but not about shared ones."""
        own = {model for model, keys in self.numbers.known.items() if keys} | {Site}
        types = [content_type.pk for content_type in ContentType.objects.get_for_models(*own).values()]
        entries = rows_of(ModelLogEntry, content_type__in=types).order_by("pk")
        shared = {model: set(keys) for model, keys in self.numbers.pending.items()}
        for row in rows_as_json(entries):
            model = model_named(row["content_type"])
            if model is None or self.numbers.named(model, row["object_id"], row) is None:
                continue
            if self.numbers.primary_key(key_model(model), row["object_id"]) in shared.get(key_model(model), ()):
                continue
            self.numbers.add(ModelLogEntry, row["id"])
            if (line := self._line(ModelLogEntry, rule_of(ModelLogEntry), row)) is not None:
                yield line

    def _facts(self) -> dict[str, Any]:
        site, scope = self.site, self.scope
        labels = list(self.result.rows)
        return {
            "versions": parts(),
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "host": site.hostname,
            "port": site.port,
            "name": site.site_name,
            "root_url": site.root_url,
            "homes": [{"language": home.locale.language_code, "slug": home.slug} for home in scope.homes],
            "root_page": [home.pk for home in scope.homes].index(site.root_page_id) + 1,
            "media_folder": scope.media_root.name if scope.media_root else None,
            "former_hosts": list(
                FurtherHost.objects.filter(site=site).order_by("hostname").values_list("hostname", flat=True)
            ),
            "people": self.people,
            "lasting_key": key_fingerprint(),
            "kept_keys": self.kept_keys,
            "fields": {label: fields_of(apps.get_model(label)) for label in labels},
            "rows": self.result.rows,
            # The number of rows at the end of each file that belong to the network.
            "network": {model._meta.label: count for model, count in self.numbers.of_network.items() if count},
        }
