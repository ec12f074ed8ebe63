"""Writes the entries of Wagtail's search index for many new pages, in the tables of its database backends.

The backends index one page at a time; this module writes the same rows in batches
(`tests/bench/test_generate_content.py` compares them). The readers' index is filled by `check_search` afterwards.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils.encoding import force_str
from modelsearch.backends.database.postgres.weights import get_weight
from wagtail.models import Page
from wagtail.search.backends import get_search_backends
from wagtail.search.index import AutocompleteField, SearchField
from wagtail.search.models import IndexEntry

from portal.content.bulk.rows import write_objects
from search.admin_backend.cleaning import words_of

Part = tuple[str, str]
"""A text and its weight."""


class UnknownBackendError(Exception):
    """This module does not support the search backend."""


@dataclass(frozen=True)
class IndexRow:
    key: str
    title: list[Part]
    autocomplete: list[Part]
    body: list[Part]


class SearchIndex:
    """Raises UnknownBackendError if a configured search backend is not that of the database."""

    def __init__(self) -> None:
        writers: dict[tuple[str, str], Callable[[type[Page], list[IndexRow]], None]] = {
            ("sqlite", "SQLiteSearchBackend"): self._write_sqlite,
            ("postgresql", "PostgresSearchBackend"): self._write_postgresql,
        }
        self.writers = []
        for backend in get_search_backends():
            candidates = (writers.get((connection.vendor, base.__name__)) for base in type(backend).__mro__)
            writer = next(filter(None, candidates), None)
            if writer is None:
                raise UnknownBackendError(f"Pages cannot be generated for the search backend {type(backend).__name__}.")
            self.writers.append(writer)
            self.config, self.autocomplete_config = backend.config, backend.autocomplete_config

    def write(self, pages: Iterable[tuple[Page, dict[str, str]]]) -> None:
        """Index new pages, each with the text of its stream fields by name."""
        by_model: dict[type[Page], list[IndexRow]] = defaultdict(list)
        for page, streams in pages:
            by_model[type(page)].append(_index_row(page, streams))
        for model, entries in by_model.items():
            for writer in self.writers:
                writer(model, entries)

    def _write_sqlite(self, model: type[Page], entries: list[IndexRow]) -> None:
        content_type = ContentType.objects.get_for_model(model)
        write_objects(
            IndexEntry,
            [
                IndexEntry(
                    content_type=content_type,
                    object_id=entry.key,
                    title=" ".join(text for text, _ in entry.title),
                    autocomplete=" ".join(text for text, _ in entry.autocomplete),
                    body=" ".join(text for text, _ in entry.body),
                )
                for entry in entries
            ],
        )

    def _write_postgresql(self, model: type[Page], entries: list[IndexRow]) -> None:
        names: list[str] = []
        columns: list[list[str]] = []
        vectors = []
        for part, config in (("title", self.config), ("autocomplete", self.autocomplete_config), ("body", self.config)):
            terms = []
            for number, (_, weight) in enumerate(getattr(entries[0], part)):
                names.append(f"{part}{number}")
                columns.append([words_of(getattr(entry, part)[number][0]) for entry in entries])
                terms.append(f"setweight(to_tsvector({_config(config)}{names[-1]}), '{weight}')")
            vectors.append(f"{' || '.join(terms) or 'to_tsvector(NULL)'} AS {part}")
        columns += [[_joined(entry.title) for entry in entries], [_joined(entry.body) for entry in entries]]
        keys = [entry.key for entry in entries]
        table = connection.ops.quote_name(IndexEntry._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table}"
                " (content_type_id, object_id, title, autocomplete, body, title_norm, title_text, body_text)"
                f" SELECT %s, object_id, {', '.join(vectors)}, 1, title_text, body_text"
                f" FROM unnest({', '.join(['%s::text[]'] * (len(columns) + 1))})"
                f" AS texts(object_id, {', '.join(names)}, title_text, body_text)",
                [ContentType.objects.get_for_model(model).pk, keys, *columns],
            )


def _config(name: str | None) -> str:
    return f"{connection.ops.quote_name(name)}::regconfig, ".replace('"', "'") if name else ""


def _joined(parts: list[Part]) -> str:
    worded = (words_of(text) for text, _ in parts)
    return " ".join(text for text in worded if text)


def _index_row(page: Page, streams: dict[str, str]) -> IndexRow:
    row = IndexRow(str(page.pk), [], [], [])
    for field in page.get_search_fields():
        if isinstance(field, SearchField):
            value = streams.get(field.field_name)
            if value is None:
                value = _prepared(field.get_value(page))
            parts = row.title if field.field_name == "title" else row.body
            parts.append((value, _weight(field.boost)))
        elif isinstance(field, AutocompleteField):
            row.autocomplete.append((_prepared(field.get_value(page)), "D"))
    return row


def _weight(boost: float | None) -> str:
    """PostgreSQL's weight label for a boost; SQLite has no weights."""
    return get_weight(boost) if connection.vendor == "postgresql" else ""


def _prepared(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_prepared(item) for item in value)
    return value if isinstance(value, str) else force_str(value)
