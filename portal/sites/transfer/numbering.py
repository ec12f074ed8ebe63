"""Numbers a site's rows within its file, and replaces some keys with names that other installations recognise."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from taggit.models import Tag
from wagtail.models import Collection, Locale, Page, Site
from wagtail_localize.models import String

from portal.sites.data.errors import TransferError
from portal.sites.data.rows import Row
from portal.sites.data.rules import Fate, TransferRule, rule_of
from portal.sites.data.scope import Scope, rows_of
from portal.sites.transfer.references import is_required_reference, key_model

# The first steps of a tree path in the file: the root, then a tree per language, or the site's folder.
STEP = Page.steplen
ROOT = "1".rjust(STEP, "0")


class Numbers:
    """The numbers of rows within the file, by model and primary key; see `references.Keys`."""

    def __init__(self, scope: Scope, *, people: bool):
        self.scope, self.people = scope, people
        self.known: dict[type[Model], dict[Any, int]] = defaultdict(dict)
        # Shared records with references to them that are not written yet.
        self.pending: dict[type[Model], list[Any]] = defaultdict(list)
        # The number of references to records that are not in the file.
        self.left_out = 0
        self.of_network: dict[type[Model], int] = defaultdict(int)
        self._last: dict[type[Model], int] = defaultdict(int)
        self._own: dict[type[Model], QuerySet[Any]] = {}
        self._shareable: dict[tuple[type[Model], Any], bool] = {}
        self._names: dict[tuple[type[Model], Any], Any] = {}

    def of(self, model: type[Model], key: Any) -> Any:
        if key in (None, 0, "0"):
            return None
        model = key_model(model)
        rule = rule_of(model)
        key = self.primary_key(model, key)
        if model is Site:
            return 1 if key == self.scope.site.pk else self._leave_out()
        if rule.fate is Fate.NAMED:
            return self._name(model, key)
        if (number := self.known[model].get(key)) is not None:
            return number
        if self._may_share(rule) and self._is_shareable(model, key):
            return self._add_shared(model, key)
        return self._leave_out()

    def named(self, model: type[Model], key: Any, row: Row) -> Any:
        model = key_model(model)
        key = self.primary_key(model, key)
        if model is Site:
            return 1 if key == self.scope.site.pk else None
        return self.known[model].get(key)

    def path(self, model: type[Model], path: str) -> str:
        trees = [home.path for home in self.scope.homes]
        if issubclass(model, Collection):
            trees = [self.scope.media_root.path] if self.scope.media_root else []
        for number, tree in enumerate(trees, start=1):
            if path.startswith(tree):
                return f"{ROOT}{str(number).rjust(STEP, '0')}{path[len(tree) :]}"
        return ""

    def url_path(self, url_path: str) -> str:
        for number, home in enumerate(self.scope.homes, start=1):
            if url_path.startswith(home.url_path):
                return f"/home-{number}/{url_path[len(home.url_path) :]}"
        return ""

    def slug(self, page: Any) -> str | None:
        return next((f"home-{number}" for number, home in enumerate(self.scope.homes, 1) if home.pk == page), None)

    def number(self, rows: QuerySet[Any]) -> None:
        """Number the site's own rows for a model."""
        self._own[rows.model] = rows
        self._set(rows.model, rows.values_list("pk", flat=True))

    def _set(self, model: type[Model], keys: Iterable[Any]) -> None:
        # UUIDs are unchanged.
        has_numbers = model._meta.pk.get_internal_type() != "UUIDField"
        numbers: dict[Any, Any] = {key: n if has_numbers else str(key) for n, key in enumerate(keys, start=1)}
        self.known[model] = numbers
        self._last[model] = len(self.known[model])

    def add(self, model: type[Model], key: Any, *, of_network: bool = False) -> int:
        """Number one more row. Network records, which may exist at the destination, have negative numbers."""
        if of_network:
            self.of_network[model] += 1
            self.known[model][key] = -self.of_network[model]
        else:
            self._last[model] += 1
            self.known[model][key] = self._last[model]
        return self.known[model][key]

    def prune(self) -> bool:
        """Leave out rows that require another site's record; return whether there were any."""
        is_changed = False
        for model, rows in self._own.items():
            known = self.known[model]
            needed: list[Any] = [each for each in model._meta.local_concrete_fields if is_required_reference(each)]
            pairs = ((each, pair) for each in needed for pair in rows.values_list("pk", each.attname))
            gone = {key for each, (key, target) in pairs if key in known and not self.has(each.related_model, target)}
            if gone:
                self._set(model, [key for key in known if key not in gone])
                is_changed = True
        return is_changed

    def has(self, model: Any, key: Any) -> bool:
        model, rule = key_model(model), rule_of(model)
        if key is None or (rule.fate is Fate.NAMED and model is not Site):
            return True
        key = self.primary_key(model, key)
        if model is Site:
            return bool(key == self.scope.site.pk)
        return key in self.known[model] or (self._may_share(rule) and self._is_shareable(model, key))

    def _may_share(self, rule: TransferRule) -> bool:
        return rule.shared and (self.people or not rule.people)

    def primary_key(self, model: type[Model], key: Any) -> Any:
        try:
            return model._meta.pk.to_python(key)
        except Exception:
            return None

    def _leave_out(self) -> None:
        self.left_out += 1

    def _add_shared(self, model: type[Model], key: Any) -> int:
        """Number a shared record, so that it is exported.

        Another site's file gets the number of an equal file of this site.
        """
        record = rows_of(model, pk=key).get()
        is_other_sites = hasattr(record, "collection_id") and self.scope.is_other_sites(record.collection_id)
        if hasattr(record, "file_hash") and is_other_sites:
            facts = {"file_hash": record.file_hash, "title": record.title, "collection__in": self.scope.collections}
            own = rows_of(model, **facts).order_by("pk").values_list("pk", flat=True).first()
            if own is not None:
                self.known[model][key] = self.known[model][own]
                return self.known[model][key]
        self.pending[model].append(key)
        has_owner = hasattr(record, "collection_id") or hasattr(record, "site_id")
        return self.add(model, key, of_network=has_owner and not (is_other_sites and self.scope.media_root))

    def _is_shareable(self, model: type[Model], key: Any) -> bool:
        """Whether another owner's record may be exported with the site: files, accounts and network records may."""
        if (model, key) not in self._shareable:
            found = rows_of(model, pk=key).first()
            self._shareable[model, key] = found is not None and getattr(found, "site_id", None) is None
        return self._shareable[model, key]

    def _name(self, model: type[Model], key: Any) -> Any:
        if (model, key) not in self._names:
            found: Any = rows_of(model, pk=key).first()
            self._names[model, key] = None if found is None else _name_of(found)
        return self._names[model, key]


def _name_of(record: Any) -> Any:
    match record:
        case ContentType():
            return f"{record.app_label}.{record.model}"
        case Permission():
            return [*record.content_type.natural_key(), record.codename]
        case Locale():
            return record.language_code
        case Tag():
            return [record.name, record.slug]
        case String():
            return [record.locale.language_code, record.data]
    raise TransferError(f"{record._meta.label} has no name.")
