"""Public use: whether readers can see a file or record because a public page or a site's settings refer to it.

Wagtail's reference index reflects the database rows: the live version of a page and not its draft.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, Model, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import Page, ReferenceIndex

from portal.content.records.privacy import private_paths
from portal.content.visibility import unexpired

REFERENCES = ReferenceIndex._meta.db_table
PAGES = Page._meta.db_table
# Raw SQL, because building it with the ORM takes ten times as long as executing it. Each `EXISTS` uses an index.
PUBLIC_USE = f"""
    EXISTS (
        SELECT 1 FROM {REFERENCES} f
        WHERE f.to_content_type_id = %s AND f.to_object_id = %s AND f.base_content_type_id IN ({{settings}})
    ) OR EXISTS (
        SELECT 1 FROM {REFERENCES} f JOIN {PAGES} p ON p.id = CAST(f.object_id AS bigint)
        WHERE f.to_content_type_id = %s AND f.to_object_id = %s AND f.base_content_type_id = %s AND {{is_open}}
    ) OR EXISTS (
        SELECT 1 FROM {REFERENCES} f
        JOIN {REFERENCES} r ON r.to_content_type_id = f.base_content_type_id AND r.to_object_id = f.object_id
        JOIN {PAGES} p ON p.id = CAST(r.object_id AS bigint)
        WHERE f.to_content_type_id = %s AND f.to_object_id = %s AND f.base_content_type_id IN ({{named}})
            AND r.base_content_type_id = %s AND {{is_open}}
    )
"""  # noqa: S608 - the names of tables; all values are parameters
IS_OPEN = "p.live AND (p.expire_at IS NULL OR p.expire_at > %s)"


def public_use(model: type[Model], key: int, now: datetime, private: Iterable[str]) -> RawSQL:
    """An SQL condition: the record with this model and key is in public use. It uses indexes.

    A record is in public use if it is referenced by a site's settings, by a public page, or by a record (such as an
    author) that a public page references. `private` has the tree paths of private subtrees.
    """
    paths = [f"{path}%" for path in private]
    is_open = IS_OPEN + " AND p.path NOT LIKE %s" * len(paths)
    of_open = [connection.ops.adapt_datetimefield_value(now), *paths]
    settings, named, record, page = _settings(), _named_by_pages(), [_type(model).pk, str(key)], _type(Page).pk
    sql = PUBLIC_USE.format(settings=_placeholders(settings), named=_placeholders(named), is_open=is_open)
    params = [*record, *settings, *record, page, *of_open, *record, *named, page, *of_open]
    return RawSQL(sql, params, output_field=BooleanField())  # noqa: S611 - see above


def is_in_public(record: Model, now: datetime) -> bool:
    """Whether the record is in public use on any site, as defined by `public_use`."""
    condition = public_use(type(record), record.pk, now, private_paths(now))
    found = type(record)._default_manager.filter(pk=record.pk).annotate(is_in_public=condition)
    return bool(found.values_list("is_in_public", flat=True).first())


def is_read(record: Model, now: datetime) -> bool:
    """Whether anyone outside the newsroom sees the record, even if only on a private page."""
    return is_in_public(record, now) or live_pages_with(type(record), record.pk, now).exists()


def live_pages_with(model: type[Model], key: int, now: datetime) -> QuerySet[Page]:
    uses = ReferenceIndex.objects.filter(to_content_type=_type(model), to_object_id=str(key))
    in_pages = ReferenceIndex.objects.filter(base_content_type=_type(Page))
    condition = Q(pk__in=_page_keys(uses.filter(base_content_type=_type(Page))))
    for kind in _named_by_pages():
        between = uses.filter(base_content_type=kind).values("object_id")
        condition |= Q(pk__in=_page_keys(in_pages.filter(to_content_type=kind, to_object_id__in=between)))
    return Page.objects.filter(unexpired(now), condition, live=True)


def references_between(named: Mapping[int, Iterable[str]], targets: Iterable[int]) -> QuerySet[Any, Any]:
    """The content types and keys of the targets of some records, such as an author's picture.

    `named` has the records' keys by content type; `targets` are the content types to return.
    """
    records = Q(pk__in=[])
    for kind, keys in named.items():
        if kind in _named_by_pages():
            records |= Q(base_content_type=kind, object_id__in=list(keys))
    found = ReferenceIndex.objects.filter(records, to_content_type__in=list(targets))
    return found.values_list("to_content_type", "to_object_id")


def _page_keys(uses: QuerySet[ReferenceIndex]) -> QuerySet[Any, Any]:
    return uses.order_by().values_list(Cast("object_id", BigIntegerField()), flat=True)


def _placeholders(values: list[int]) -> str:
    return ", ".join(["%s"] * len(values))


def _type(model: type[Model]) -> ContentType:
    return ContentType.objects.get_for_model(model)


@cache
def _models() -> tuple[tuple[type[Model], ...], tuple[type[Model], ...]]:
    """The indexed models with site settings, and the models that pages refer to."""
    others = sorted(
        (model for model in ReferenceIndex.indexed_models if not issubclass(model, Page)), key=lambda m: m._meta.label
    )
    site_settings = tuple(model for model in others if issubclass(model, BaseSiteSetting))
    files = (AbstractImage, AbstractDocument, BaseSiteSetting)
    return site_settings, tuple(model for model in others if not issubclass(model, files))


def _settings() -> list[int]:
    return [_type(model).pk for model in _models()[0]]


def _named_by_pages() -> list[int]:
    return [_type(model).pk for model in _models()[1]]
