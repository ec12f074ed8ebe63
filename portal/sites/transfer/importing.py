"""Imports an exported site into this installation, with new keys, in one transaction."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import batched
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.conf import settings
from django.core.files import File
from django.db import DatabaseError, transaction
from django.db.models import F, Model
from wagtail.models import Collection, Page, Site

from portal.backups.errors import noticing_full_disk
from portal.content.bulk.rows import new_keys, write_rows
from portal.content.extension_points import imported_rows
from portal.content.records.hosts import FurtherHost
from portal.content.records.settings import SiteSettings
from portal.sites.creation import checked_host, delete_welcome_site, welcome_sites
from portal.sites.data.errors import TransferError
from portal.sites.data.rows import CHUNK, Row, database_values
from portal.sites.data.rules import exported_models, rule_of
from portal.sites.ports import readers_port
from portal.sites.transfer.archive import Archive
from portal.sites.transfer.checking import Check
from portal.sites.transfer.exporting import key_fingerprint
from portal.sites.transfer.placing import ImportedKeys
from portal.sites.transfer.rebuilding import rebuild
from portal.sites.transfer.references import Rewriter
from portal.sites.transfer.staging import Pseudonyms, with_staging_values

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Imported:
    site: Site
    rows: dict[str, int] = field(default_factory=dict)
    new_accounts: int = 0
    new_shared: int = 0
    is_copy: bool = False
    # Suppressed addresses that are hashed with another key, and cannot be recognised.
    forgotten: int = 0


@dataclass(frozen=True)
class ImportOptions:
    staging: bool = False
    keep_addresses: bool = False
    # Former hosts of the site, which will redirect to the new one.
    former_hosts: tuple[str, ...] = ()
    # Whether a copy may send emails although its original exists here as well.
    and_mail: bool = False


def import_site(archive: Archive, host: str, *, port: int | None = None, **options: Any) -> Imported:
    """Import the site. Raises TransferError and writes nothing if the file or the host is invalid."""
    wanted = ImportOptions(**options)
    host, former = checked_host(host), tuple(map(checked_host, wanted.former_hosts))
    sites = Site.objects.exclude(pk__in=[site.pk for site in welcome_sites()])
    for each in (host, *former):
        if sites.filter(hostname=each).exists() or FurtherHost.objects.filter(hostname=each).exists():
            raise TransferError(f"Another site has the host {each}, or had it before and is still reached by it.")
    if unknown := set(former) - {archive.manifest["host"], *archive.manifest["former_hosts"]}:
        raise TransferError(f"The exported site never had the host {min(unknown)}.")
    port = readers_port(host) if port is None else port
    check = Check(archive)
    files: list[tuple[Any, str]] = []
    try:
        check.run()
        with noticing_full_disk(f"{settings.DATA_DIR} or the storage of uploaded files"), transaction.atomic():
            return SiteImport(archive, check, host, port, replace(wanted, former_hosts=former), files).run()
    except BaseException as error:
        for storage, name in files:
            storage.delete(name)
        if isinstance(error, DatabaseError):
            raise TransferError(f"Nothing was written: the database rejected the site ({error}).") from error
        if isinstance(error, LookupError):
            raise TransferError(f"Nothing was written: the file refers to missing records ({error}).") from error
        raise


class SiteImport:
    def __init__(
        self,
        archive: Archive,
        check: Check,
        host: str,
        port: int,
        wanted: ImportOptions,
        files: list[tuple[Any, str]],
    ):
        self.archive, self.check, self.files = archive, check, files
        self.manifest = archive.manifest
        self.site = Site(hostname=host, port=port, site_name=self.manifest["name"])
        self.wanted, self.staging = wanted, wanted.staging
        self.pseudonyms = Pseudonyms() if wanted.staging and not wanted.keep_addresses else None
        self.result = Imported(self.site)

    def run(self) -> Imported:
        delete_welcome_site()
        self.site.pk = new_keys(Site, 1)[0]
        self.result.is_copy = self._is_here()
        if self.result.is_copy and not (self.staging or self.wanted.and_mail):
            raise TransferError(
                "The site exists here already, and both would send mails to its readers: import a copy with --staging, "
                "or with --and-mail if its newsletters should be sent as well."
            )
        new = {each: str(uuid4()) for each in self.check.identities} if self.result.is_copy else {}
        self.with_new_uuids: Callable[[str], str] = lambda line: _UUID.sub(lambda each: new.get(each[0], each[0]), line)
        self.own_link = re.compile(rf"https?://{re.escape(self.manifest['host'])}(?::\d+)?(?![\w.:-])")
        self.keys = ImportedKeys(self.archive, self.site, is_copy=self.result.is_copy)
        self.keys.reserve(list(self.check.models()))
        self.rewriter = Rewriter(self.keys)
        for model in exported_models():
            if model._meta.label in self.manifest["rows"]:
                self._write(model)
        self._finish_trees()
        self._write_site()
        self._finish()
        return self.result

    def _is_here(self) -> bool:
        """Whether anything in the file already exists in this installation, which makes the import a copy."""
        for model in self.check.models():
            for field_ in model._meta.local_concrete_fields:
                if field_.get_internal_type() == "UUIDField" and (field_.unique or field_.name == "translation_key"):
                    for keys in batched(sorted(self.check.identities), CHUNK):
                        if model._base_manager.filter(**{f"{field_.name}__in": [UUID(key) for key in keys]}).exists():
                            return True
        return False

    def _write(self, model: type[Model]) -> None:
        columns = [each.column for each in model._meta.local_concrete_fields]
        for rows in batched(self._rows(model), CHUNK):
            write_rows(model, columns, rows)  # type: ignore[arg-type]
            self.result.rows[model._meta.label] = self.result.rows.get(model._meta.label, 0) + len(rows)

    def _rows(self, model: type[Model]) -> Iterator[list[Any]]:
        label, rule = model._meta.label, rule_of(model)
        spare = iter(new_keys(model, self.manifest["rows"][label])) if rule.keyless else iter(())
        for row in self.archive.rows(label):
            if self.keys.is_matched(model, row):
                continue
            row = self._localise(label, row, people=rule.people)
            # The file has no key for a folder of the network.
            is_in_network_folder = rule.shared and row.get("collection") == 0
            changed = self.rewriter.row(model, {**row, "collection": None} if is_in_network_folder else row)
            if changed is None:
                continue
            if is_in_network_folder:
                changed["collection"] = self.keys.network_folder
            if rule.keyless:
                changed[model._meta.pk.name] = next(spare)
            if "file" in changed:
                changed["file"] = self._file(model, changed)
            yield database_values(model, self.keys.complete(model, changed))

    def _localise(self, label: str, row: Row, *, people: bool) -> Row:
        """The row with this installation's UUIDs and links, and without data that a staging copy must not have."""
        line = self.with_new_uuids(json.dumps(row, ensure_ascii=False))
        if not people:
            line = self.own_link.sub(self.site.root_url, line)
        row = json.loads(line)
        if label == "core.SiteSettings":
            # Only an administrator of this network may decide that a site offers its pages to others.
            row["offers_its_pages"] = False
        if self.staging:
            row = with_staging_values(label, row)
        if people and label != "accounts.User":
            if self.pseudonyms:
                row = self.pseudonyms.row(label, row)
            if label == "newsletter.Subscriber" and not row["address"]:
                self.result.forgotten += 1
        elif people and self.pseudonyms:
            row = self.pseudonyms.account(row)
        return imported_rows[label](row) if label in imported_rows else row

    def _file(self, model: type[Model], row: Row) -> str:
        """Save a file's content under a name chosen by the storage; return that name."""
        field_: Any = model._meta.get_field("file")
        name = field_.generate_filename(model(), row["file"]["name"])
        if row["file"]["sha256"] is None:
            return str(field_.storage.get_available_name(name, max_length=field_.max_length))
        with self.archive.content(row["file"]["sha256"]) as content:
            saved = field_.storage.save(name, File(content, name=name), max_length=field_.max_length)
        self.files.append((field_.storage, saved))
        return str(saved)

    def _finish_trees(self) -> None:
        root = Page.get_first_root_node()
        Page.objects.filter(pk=root.pk).update(numchild=F("numchild") + len(self.manifest["homes"]))
        if self.manifest["rows"].get("wagtailcore.Collection"):
            Collection.objects.filter(pk=Collection.get_first_root_node().pk).update(numchild=F("numchild") + 1)

    def _write_site(self) -> None:
        self.site.root_page_id = self.keys.home(self.manifest["root_page"])
        self.site.is_default_site = not Site.objects.filter(is_default_site=True).exists()
        self.site.save(force_insert=True)
        if self.staging:
            SiteSettings.objects.get_or_create(site=self.site, defaults={"is_unlisted": True, "is_staging": True})
        for host in set(self.wanted.former_hosts) - {self.site.hostname}:
            FurtherHost.objects.create(hostname=host, site=self.site)

    def _finish(self) -> None:
        self.result.new_accounts = self.keys.count_new(apps.get_model("accounts.User"))
        shared = [model for model in exported_models() if (rule := rule_of(model)).shared and not rule.people]
        self.result.new_shared = sum(self.keys.count_new_of_network(model) for model in shared)
        if self.manifest["lasting_key"] == key_fingerprint():
            self.result.forgotten = 0
        Site.clear_site_root_paths_cache()
        rebuild(self.site)
