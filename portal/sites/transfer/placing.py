"""Assigns keys and tree positions to the rows of a file. A key is new, or that of an existing record."""

import re
from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model, Q, UUIDField
from django.utils import timezone
from taggit.models import Tag
from wagtail.models import Collection, Locale, Page, Site
from wagtail_localize.models import String
from wagtail_localize.strings import StringValue

from portal.content.bulk.children import NewChildren, child_path, number_of_step
from portal.content.bulk.rows import new_keys
from portal.content.visibility import below
from portal.platform.slugs import free_slug
from portal.sites.data.errors import TransferError
from portal.sites.data.rows import Row
from portal.sites.data.rules import Fate, rule_of
from portal.sites.data.scope import MEDIA_ROOTS, rows_of
from portal.sites.transfer.archive import Archive
from portal.sites.transfer.exporting import key_fingerprint
from portal.sites.transfer.numbering import STEP
from portal.sites.transfer.references import key_model, model_named

HOME = re.compile(r"/home-(\d{1,4})/")


class ImportedKeys:
    """Translates numbers in a file into keys of this installation; see `references.Keys`."""

    def __init__(self, archive: Archive, site: Site, *, is_copy: bool):
        self.archive, self.site, self.is_copy = archive, site, is_copy
        self.manifest = archive.manifest
        self.keys: dict[type[Model], list[int]] = {}
        self.places: dict[type[Model], dict[int, int]] = {}
        # The numbers of rows that already exist here: shared records, and accounts by email address.
        self.matched: dict[type[Model], dict[int, int]] = {}
        self._names: dict[tuple[type[Model], str], int] = {}
        self._taken: set[str] = set()
        self.network_folder = Collection.get_first_root_node().pk
        self.media_root = self._new_folder()
        self.homes = self._new_homes()

    def reserve(self, models: list[type[Model]]) -> None:
        for model in models:
            rule = rule_of(model)
            if rule.keyless or key_model(model) is not model or isinstance(model._meta.pk, UUIDField):
                continue
            number = self.manifest["rows"][model._meta.label]
            self.places[model] = numbers(number, self.manifest["network"].get(model._meta.label, 0))
            self.matched[model] = self._matches(model) if rule.shared else {}
            former = self.manifest["kept_keys"].get(model._meta.label) if rule.keeps_keys else None
            self.keys[model] = (
                _same_or_new_keys(model, former, number, self._has_same_key) if former else new_keys(model, number)
            )

    def of(self, model: type[Model], key: Any) -> Any:
        if key in (None, 0, "0"):
            return None
        model = key_model(model)
        if model is Site:
            return self.site.pk
        if rule_of(model).fate is Fate.NAMED:
            return self._named(model, key)
        if isinstance(model._meta.pk, UUIDField):
            return key
        number = int(key)
        return self.matched[model].get(number) or self.keys[model][self.places[model][number]]

    def named(self, model: type[Model], key: Any, row: Row) -> Any:
        return self.of(model, key)

    def path(self, model: type[Model], path: str) -> str:
        number, rest = int(path[STEP : 2 * STEP] or 0), path[2 * STEP :]
        if not number:
            return ""
        if issubclass(model, Collection):
            return f"{self.media_root}{rest}"
        return f"{self.homes[number - 1].path}{rest}"

    def url_path(self, url_path: str) -> str:
        found = HOME.match(url_path)
        return f"/{self.homes[int(found[1]) - 1].slug}/{url_path[found.end() :]}" if found else ""

    def slug(self, page: Any) -> str | None:
        return next((home.slug for home in self.homes if home.number == page), None)

    def home(self, number: int) -> int:
        """A home page's primary key, by its number among the site's languages."""
        return int(self.of(Page, self.homes[number - 1].number))

    def is_matched(self, model: type[Model], row: Row) -> bool:
        """Whether the row belongs to an existing record, which is not changed."""
        if "object_id" in row and model._meta.label == "taggit.TaggedItem":
            model, number = key_model(model_named(row["content_type"]) or model), row["object_id"]
        else:
            number = row.get(model._meta.pk.name)
        return number in self.matched.get(model, {})

    def complete(self, model: type[Model], row: Row) -> Row:
        """Give the row of a group or account a unique name, and complete the row of an account."""
        label = model._meta.label
        if label == "auth.Group":
            name = row["name"].replace(self.manifest["host"], self.site.hostname)
            return {**row, "name": self._free(name, 150, lambda names: Group.objects.filter(name__in=names))}
        if label == "accounts.User":
            users = get_user_model().objects
            name = self._free(row["username"], 150, lambda names: users.filter(username__in=names))
            secret = {"password": make_password(None), "is_staff": False, "is_superuser": False, "last_login": None}
            return {
                **row,
                **secret,
                "username": name,
                "date_joined": timezone.now().isoformat(),
                "session_generation": 0,
            }
        return row

    def count_new(self, model: type[Model]) -> int:
        return len(self.keys.get(model, ())) - len(self.matched.get(model, ()))

    def count_new_of_network(self, model: type[Model]) -> int:
        count: int = self.manifest["network"].get(model._meta.label, 0)
        return count - len(self.matched.get(model, ()))

    @property
    def _has_same_key(self) -> bool:
        return not self.is_copy and bool(self.manifest["lasting_key"] == key_fingerprint())

    def _free(self, name: str, longest: int, existing: Callable[[list[str]], Any]) -> str:
        """The name, with a number appended if it already exists."""
        for number in count(1):
            candidate = name[:longest] if number == 1 else f"{name[: longest - 8]}-{number}"
            if candidate not in self._taken and not existing([candidate]).exists():
                self._taken.add(candidate)
                return candidate
        raise AssertionError

    # Existing records

    def _matches(self, model: type[Model]) -> dict[int, int]:
        found = {}
        for row in self.archive.rows(model._meta.label):
            records = self._records_like(model, row)
            key = records.order_by("pk").values_list("pk", flat=True).first() if records is not None else None
            if key is not None:
                found[row["id"]] = key
        return found

    def _records_like(self, model: type[Model], row: Row) -> Any:
        """The existing records that match a row; None for a row of the site itself."""
        if model._meta.label == "accounts.User":
            users = get_user_model().objects.filter(email__iexact=row["email"])
            return users if row["email"] else users.filter(username=row["username"])
        if "site" in row:
            if row["site"] is not None:
                return None
            if "translation_key" not in row:
                return rows_of(model, site=None, slug=row["slug"])
            same = Q(slug=row["slug"]) | Q(translation_key=row["translation_key"])
            return rows_of(model, site=None, locale__language_code=row["locale"]).filter(same)
        if row["collection"] != 0:
            return None
        of_sites = below(MEDIA_ROOTS.values_list("media_collection__path", flat=True), "collection__")
        names = ("file_hash", "title") if "file_hash" in row else ("name", "address")
        return rows_of(model, **{name: row[name] for name in names}).exclude(of_sites)

    def _named(self, model: type[Model], key: Any) -> Any:
        known = model, str(key)
        if known not in self._names:
            self._names[known] = _key_of_name(model, key)
        return self._names[known]

    # Places in the trees

    def _new_homes(self) -> list["NewHome"]:
        root = Page.objects.select_for_update().get(pk=Page.get_first_root_node().pk)
        children, found = NewChildren.below(root), []
        numbers = {row["path"]: row["id"] for row in self.archive.rows("wagtailcore.Page") if row["depth"] == 2}
        for path, facts in zip(sorted(numbers), self.manifest["homes"], strict=True):
            slug = free_slug(root, facts["slug"])
            found.append(NewHome(numbers[path], children.next_path(), children.unique_slug(slug)))
        return found

    def _new_folder(self) -> str:
        """The tree path of the site's new folder below the root."""
        root = Collection.objects.select_for_update().get(pk=self.network_folder)
        last = root.get_children().order_by("-path").values_list("path", flat=True).first()
        return child_path(root.path, number_of_step(last[-STEP:]) + 1 if last else 1)


def numbers(count: int, of_network: int) -> dict[int, int]:
    """Map the number of each row to its index in the file. The network's rows come last; they are -1, -2 and so on."""
    own = count - of_network
    return {
        **{number: number - 1 for number in range(1, own + 1)},
        **{-n: own + n - 1 for n in range(1, of_network + 1)},
    }


class NewHome(NamedTuple):
    """A home page: its number in the file, and its tree path and slug here."""

    number: int
    path: str
    slug: str


def _same_or_new_keys(model: type[Model], former: list[int], number: int, may_keep: bool) -> list[int]:
    """Keep the keys if all are unused here, because mailed links contain them. Otherwise use higher keys."""
    if may_keep and len(former) == number and not rows_of(model, pk__in=former).exists():
        _continue_after(model, max(former))
        return former
    _continue_after(model, max(former))
    first = max(new_keys(model, 1)[0], max(former) + 1)
    return list(range(first, first + number)) if connection.vendor == "sqlite" else new_keys(model, number)


def _continue_after(model: type[Model], key: int) -> None:
    """Let PostgreSQL's sequence continue after a key. SQLite does so by itself."""
    if connection.vendor == "postgresql":
        table, column = model._meta.db_table, model._meta.pk.column
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(seq, GREATEST(%s, nextval(seq))) FROM pg_get_serial_sequence(%s, %s) AS seq",
                [key, f'"{table}"', column],
            )


def _key_of_name(model: Any, key: Any) -> Any:
    if model is ContentType:
        found = model_named(key)
        return ContentType.objects.get_for_model(found, for_concrete_model=False).pk if found else None
    if model is Permission:
        app, name, codename = key
        permissions = Permission.objects.filter(content_type__app_label=app, content_type__model=name)
        if (one := permissions.filter(codename=codename).values_list("pk", flat=True).first()) is None:
            raise TransferError(f"This installation has no permission {codename} for {app}.{name}.")
        return one
    if issubclass(model, Locale):
        return model.objects.get_or_create(language_code=key)[0].pk
    if issubclass(model, Tag):
        name, slug = key
        same = model.objects.filter(Q(name=name) | Q(slug=slug)).order_by("pk").first()
        return (same or model.objects.create(name=name, slug=slug)).pk
    if issubclass(model, String):
        language, data = key
        return model.from_value(Locale.objects.get_or_create(language_code=language)[0], StringValue(data)).pk
    raise TransferError(f"{model._meta.label} has no name.")
