"""What wagtail-localize stores about a record in several languages, which it deletes with the record."""

from collections import defaultdict
from typing import Any

from django.db.models import ForeignKey, Model
from wagtail.models import TranslatableMixin
from wagtail_localize.models import TranslatableObject, TranslationSource

# The models of its rows.
APP = TranslatableObject._meta.app_label


def bookkeeping_of(record: Model) -> dict[type[Model], set[Any]]:
    """The primary keys of all rows that lead to the record's key of translation."""
    found: dict[type[Model], set[Any]] = defaultdict(set)
    if not isinstance(record, TranslatableMixin):
        return found
    start = TranslatableObject.objects.filter(translation_key=record.translation_key)
    found[TranslatableObject] |= set(start.values_list("pk", flat=True))
    waiting: list[type[Model]] = [TranslatableObject]
    while waiting:
        model = waiting.pop()
        for field in _references_to(model):
            rows = field.model._base_manager.filter(**{f"{field.name}__in": found[model]})
            new = set(rows.values_list("pk", flat=True)) - found[field.model]
            if new:
                found[field.model] |= new
                waiting.append(field.model)
    return found


def _references_to(model: type[Model]) -> list[ForeignKey]:
    # The field of most of its relations has no name on the other side.
    relations = (each for each in model._meta.get_fields(include_hidden=True) if each.one_to_many)
    return [each.field for each in relations if isinstance(each.field, ForeignKey)]  # type: ignore[union-attr]


def targets_first(models: list[type[Model]]) -> list[type[Model]]:
    """The models, each after those that it refers to."""
    waiting, found = list(models), []
    while waiting:
        model = next(each for each in waiting if not _targets(each) & set(waiting) - {each})
        waiting.remove(model)
        found.append(model)
    return found


def _targets(model: type[Model]) -> set[Any]:
    return {each.remote_field.model for each in model._meta.concrete_fields if isinstance(each, ForeignKey)}


def without_updated_sources(rows: list[Any], since: Any) -> list[Any]:
    """The rows of which the source was not read again since: it has new ones then."""
    if not rows or not hasattr(rows[0], "source_id"):
        return rows
    sources = TranslationSource.objects.filter(pk__in={each.source_id for each in rows}, last_updated_at__gt=since)
    updated = set(sources.values_list("pk", flat=True))
    return [each for each in rows if each.source_id not in updated]
