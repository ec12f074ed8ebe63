"""Checks an archive before anything is written: versions, columns, references, trees and files."""

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import FileField, Model, UUIDField
from taggit.models import Tag
from wagtail.models import Collection, GroupSitePermission, Locale, Page, Site, Task
from wagtail_localize.models import String

from portal.media.models import Image
from portal.platform.status.installation import parts
from portal.sites.creation import HOST
from portal.sites.data.errors import TransferError
from portal.sites.data.rows import Row, prepared
from portal.sites.data.rules import Fate, exported_models, rule_of
from portal.sites.data.scope import GENERAL_PERMISSIONS
from portal.sites.transfer.archive import CONTENT, Archive
from portal.sites.transfer.exporting import fields_of, is_of_sites
from portal.sites.transfer.numbering import ROOT, STEP
from portal.sites.transfer.references import key_model
from portal.sites.transfer.values import CheckingRewriter, check_field, is_translated_text

TREE = re.compile(rf"{ROOT}(\d{{{STEP}}})((?:[0-9A-Z]{{{STEP}}})*)")


HOME = re.compile(r"/home-(\d{1,4})/")
SLUG = re.compile(r"[-\w]{1,255}")
NUMBER = re.compile(r"-?\d{1,15}")


class CheckedKeys:
    """Returns every key unchanged, and raises TransferError for one that is not in the file."""

    def __init__(self, archive: Archive):
        network = archive.manifest["network"]
        self.homes = len(archive.manifest["homes"])
        self.numbers = {
            apps.get_model(label): numbers(count, network.get(label, 0))
            for label, count in archive.manifest["rows"].items()
        }
        self.literal: dict[type[Model], set[str]] = {}

    def of(self, model: type[Model], key: Any) -> Any:
        if key is None:
            return None
        model = key_model(model)
        if model is Site:
            return _checked(key == 1, model, key)
        if rule_of(model).fate is Fate.NAMED:
            return _checked(_is_name(model, key), model, key)
        if key in (0, "0"):
            # A record that did not belong to the site.
            return None
        if model in self.literal:
            return _checked(key in self.literal[model], model, key)
        number = int(key) if isinstance(key, str) and NUMBER.fullmatch(key) else key
        is_known = isinstance(number, int) and not isinstance(number, bool) and number in self.numbers.get(model, ())
        return _checked(is_known, model, key)

    def named(self, model: type[Model], key: Any, row: Row) -> Any:
        return self.of(model, key)

    def path(self, model: type[Model], path: str) -> str:
        found = TREE.fullmatch(path)
        trees = self.homes if issubclass(model, Page) else 1
        # In a revision it may be empty, if the page was below another parent then.
        if path and not (found and 1 <= int(found[1]) <= trees):
            raise TransferError(f"A row of {model._meta.label} stands outside of the site.")
        return path

    def url_path(self, url_path: str) -> str:
        found = HOME.match(url_path)
        if url_path and not (found and 1 <= int(found[1]) <= self.homes):
            raise TransferError(f"The file has a page with the address {url_path!r:.60}, which is outside of the site.")
        return url_path

    def slug(self, page: Any) -> str | None:
        return None


def numbers(count: int, of_network: int) -> dict[int, int]:
    """The numbers of the rows of a file with their places in it: those of the network count downwards from -1."""
    own = count - of_network
    return {
        **{number: number - 1 for number in range(1, own + 1)},
        **{-n: own + n - 1 for n in range(1, of_network + 1)},
    }


def _checked(is_right: bool, model: type[Model], key: Any) -> Any:
    if not is_right:
        raise TransferError(f"The file refers to {model._meta.label} {key!r:.60}, which it does not have.")
    return key


def _is_name(model: type[Model], key: Any) -> bool:
    if model is ContentType:
        return isinstance(key, str) and key.count(".") == 1 and _is_exported(key)
    if model is Locale:
        return key in dict(settings.LANGUAGES)
    sizes = {Permission: 3, Tag: 2, String: 2}
    is_list = isinstance(key, list) and len(key) == sizes.get(model) and all(isinstance(each, str) for each in key)
    return is_list and (model is not String or (key[0] in dict(settings.LANGUAGES) and is_translated_text(key[1])))


def _is_exported(label: str) -> bool:
    try:
        rule = rule_of(apps.get_model(label))
    except LookupError:
        return False
    return rule.fate is Fate.EXPORTED or label == "wagtailcore.site"


class Check:
    """Reads all rows of an archive once; `identities` are then the texts by which its pages are known everywhere."""

    def __init__(self, archive: Archive):
        self.archive = archive
        self.identities: set[str] = set()
        self.paths: dict[type[Model], dict[str, int]] = {Page: {}, Collection: {}}
        self.types: dict[type[Model], dict[int, type[Model]]] = {Page: {}, Task: {}}
        self.known: dict[type[Model], set[Any]] = {}

    def run(self) -> None:
        try:
            self._check_structure()
            self.keys = CheckedKeys(self.archive)
            for model in self.models():
                if isinstance(model._meta.pk, UUIDField):
                    rows, name = self.archive.rows(model._meta.label), model._meta.pk.name
                    self.keys.literal[model] = {str(UUID(row[name])) for row in rows}
            for model in self.models():
                self._check_rows(model)
            self._check_pages()
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise TransferError(f"The file holds rows that no exported site has ({type(error).__name__}).") from error

    def models(self) -> Iterator[type[Model]]:
        labels = set(self.archive.labels())
        return (model for model in exported_models() if model._meta.label in labels)

    def _check_structure(self) -> None:
        manifest = self.archive.manifest
        known = {model._meta.label: fields_of(model) for model in exported_models()}
        if set(self.archive.labels()) != set(manifest["fields"]) or set(manifest["rows"]) != set(manifest["fields"]):
            raise TransferError("The manifest of the file does not say what its rows are.")
        for label, names in manifest["fields"].items():
            if known.get(label) != names:
                theirs, ours = manifest["versions"]["portal"], parts()["portal"]
                raise TransferError(
                    f"The file is of version {theirs} of the portal, whose {label} has other columns than here "
                    f"(version {ours}). Bring both installations to the same version, then export again."
                )
        for label, count in manifest["rows"].items():
            # A row has at least the names of its columns, so that no count is larger than the file allows.
            shortest = sum(len(name) + len('"": 0,') for name in known[label])
            _digest, size = self.archive.entries[f"rows/{label}.jsonl"]
            of_network = manifest["network"].get(label, 0)
            if not (_is_count(count) and _is_count(of_network) and of_network <= count and count * shortest <= size):
                raise TransferError(f"The manifest of the file has a wrong number of rows of {label}.")
            if len(manifest["kept_keys"].get(label, ())) > count:
                raise TransferError(f"The manifest of the file has more keys than rows of {label}.")
        for home in manifest["homes"]:
            if home["language"] not in dict(settings.LANGUAGES):
                raise TransferError(f"The site has the language {home['language']}, which is not in LANGUAGES here.")
        if not 1 <= manifest["root_page"] <= len(manifest["homes"]):
            raise TransferError("The manifest of the file names no first page.")
        hosts = [manifest["host"], *manifest["former_hosts"]]
        if not all(isinstance(each, str) and HOST.fullmatch(each) for each in hosts):
            raise TransferError("The manifest of the file holds hosts that are none.")
        texts = [manifest["name"], manifest["lasting_key"], *hosts]
        are_slugs = all(SLUG.fullmatch(home["slug"]) for home in manifest["homes"])
        if not all(isinstance(text, str) and len(text) <= 255 for text in texts) or not are_slugs:
            raise TransferError("The manifest of the file holds names that no site has.")
        keys = (key for each in manifest["kept_keys"].values() for key in each)
        if not all(isinstance(key, int) and 0 < key < 2**62 for key in keys):
            raise TransferError("The manifest of the file holds keys that are none.")

    def _check_rows(self, model: type[Model]) -> None:
        rewriter, names = CheckingRewriter(self.keys), set(self.archive.manifest["fields"][model._meta.label])
        known = self.known.setdefault(model, set())
        rule, count = rule_of(model), 0
        is_numbered = key_model(model) is model and not isinstance(model._meta.pk, UUIDField)
        places = list(self.keys.numbers[model]) if is_numbered and not rule.keyless else []
        for count, row in enumerate(self.archive.rows(model._meta.label), start=1):
            key = row.get(model._meta.pk.name)
            if set(row) != names:
                raise TransferError(f"A row of {model._meta.label} has other columns than its manifest says.")
            if places and places[count - 1 : count] != [key]:
                raise TransferError(f"The rows of {model._meta.label} are not in their order.")
            known.add(key)
            self._note(model, row)
            if rewriter.row(model, without_folder(model, row)) is None:
                raise TransferError(f"A row of {model._meta.label} lacks what it cannot be without.")
            if "file" in row:
                self._check_file(model, row)
            self._check_values(model, row)
        if count != self.archive.manifest["rows"][model._meta.label]:
            raise TransferError(f"The file has {count} rows of {model._meta.label}, other than its manifest says.")

    def _check_values(self, model: type[Model], row: Row) -> None:
        if model._meta.label == "accounts.User":
            if not all(isinstance(row[name], str) for name in ("username", "first_name", "last_name", "email")):
                raise TransferError("An account of the file has no name.")
            return
        plain = {}
        for field in model._meta.local_concrete_fields:
            is_key = field.is_relation or (field.primary_key and not isinstance(field, UUIDField))
            # Keys were checked as references, and have another format here.
            plain[field.name] = _stand_in(field) if is_key or isinstance(field, FileField) else row[field.name]
        prepared(model, plain)

    def _note(self, model: type[Model], row: Row) -> None:
        key = row.get(model._meta.pk.name)
        is_of_network = rule_of(model).shared and isinstance(key, int) and key < 0
        for field in model._meta.local_concrete_fields:
            if isinstance(field, UUIDField):
                check_field(field, row[field.name])
        for field in model._meta.local_concrete_fields if not is_of_network else ():
            if isinstance(field, UUIDField) and (field.unique or field.name == "translation_key"):
                self.identities.add(row[field.name])
        if model in self.paths:
            paths = self.paths[model]
            if row["path"] in paths:
                raise TransferError(f"Two rows of {model._meta.label} have the same place in their tree.")
            paths[row["path"]] = row["depth"]
        if model in self.types:
            self.types[model][row["id"]] = apps.get_model(row["content_type"])
        if model._meta.label == "auth.Group_permissions":
            app, _model, codename = row["permission"]
            if (app, codename) not in GENERAL_PERMISSIONS:
                raise TransferError(f"The file gives a group the permission {codename!r:.60} for all sites.")
        if model is GroupSitePermission and not is_of_sites(*row["permission"]):
            raise TransferError(
                f"The file gives a group the permission {row['permission'][2]!r:.60}, which is no site's."
            )

    def _check_file(self, model: type[Model], row: Row) -> None:
        name, digest = row["file"]["name"], row["file"]["sha256"]
        allowed = settings.WAGTAILIMAGES_EXTENSIONS if model is Image else settings.WAGTAILDOCS_EXTENSIONS
        if PurePath(name).name != name or "\\" in name or name in ("", ".", ".."):
            raise TransferError(f"The file holds {name!r:.80}, which is no name of a file.")
        if PurePath(name).suffix.lstrip(".").lower() not in allowed:
            raise TransferError(f"The file holds {name!r:.80}, a kind of file that this installation does not take.")
        if digest is not None and (
            not CONTENT.fullmatch(f"files/{digest}") or f"files/{digest}" not in self.archive.entries
        ):
            raise TransferError(f"The content of {name!r:.80} is missing in the file.")

    def _check_pages(self) -> None:
        """Every page is below another page of the site, and has a row in exactly the tables of its type."""
        homes = len(self.archive.manifest["homes"])
        for model, paths in self.paths.items():
            trees = homes if model is Page else 1
            for path, depth in paths.items():
                found = TREE.fullmatch(path)
                is_top = found is not None and not found[2]
                if not found or not 1 <= int(found[1]) <= trees or depth * STEP != len(path):
                    raise TransferError(f"A row of {model._meta.label} stands outside of the site.")
                if not is_top and path[:-STEP] not in paths:
                    raise TransferError(f"A row of {model._meta.label} stands below nothing.")
        for number in range(1, homes + 1):
            if f"{ROOT}{str(number).rjust(STEP, '0')}" not in self.paths[Page]:
                raise TransferError("A language of the site has no first page.")
        for base, types in self.types.items():
            self._check_types(base, types)

    def _check_types(self, base: type[Model], types: dict[int, type[Model]]) -> None:
        name = base._meta.verbose_name_raw
        for model, known in self.known.items():
            expected = {number for number, kind in types.items() if issubclass(kind, model)}
            if issubclass(model, base) and known != expected:
                raise TransferError(f"The rows of {model._meta.label} are not those of its {name}s.")
        for kind in set(types.values()):
            if not issubclass(kind, base) or kind not in self.known:
                raise TransferError(f"The file has {name}s that are of no type of {name}: {kind._meta.label}.")


def without_folder(model: type[Model], row: Row) -> Row:
    """Return the row without its folder if that is a folder of the network, for which the file has no key."""
    return {**row, "collection": None} if rule_of(model).shared and row.get("collection") == 0 else row


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _stand_in(field: Any) -> Any:
    if isinstance(field, FileField):
        return ""
    target = field
    while target.is_relation:
        target = target.target_field
    return UUID(int=0) if isinstance(target, UUIDField) else 1
