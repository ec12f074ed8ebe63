"""What readers see at this moment: the files and records that a public page or the settings of a site use.

Wagtail's reference index describes the rows of the database, and so the live version of a page, never its draft.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, BooleanField, Exists, ExpressionWrapper, Model, Q, QuerySet
from django.db.models.functions import Cast
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import Page, ReferenceIndex

from portal.core.serving.access import unexpired
from portal.core.serving.privacy import private_paths


def public_use(model: type[Model], key: int, now: datetime, private: Iterable[str]) -> ExpressionWrapper:
    """A condition, for one query along indexes: whether readers see the record of this model and key.

    A page that every reader may see uses it, or a record that such a page names, such as an author or a venue; or the
    settings of a site do. `private` are the tree paths of all pages that are not public with what lies below them.
    """
    condition = Q(Exists(_uses(model, key).filter(base_content_type__in=_settings())))
    for uses in _uses_in_pages(model, key):
        # Several `EXISTS`, not one `OR` inside: no index serves that.
        condition |= Q(Exists(_open_pages(uses, now, private)))
    return ExpressionWrapper(condition, output_field=BooleanField())


def is_in_public(record: Model, now: datetime) -> bool:
    """Whether readers see a file or record, for code that knows no edition."""
    found = type(record)._default_manager.filter(pk=record.pk)
    return found.filter(public_use(type(record), record.pk, now, private_paths(now))).exists()


def live_pages_with(model: type[Model], key: int, now: datetime) -> QuerySet[Page]:
    """The live pages, private ones too, that show the record."""
    condition = Q()
    for uses in _uses_in_pages(model, key):
        condition |= Q(pk__in=_page_keys(uses))
    return Page.objects.filter(unexpired(now), condition, live=True)


def references_between(named: Mapping[int, Iterable[str]], targets: Iterable[int]) -> QuerySet[Any, Any]:
    """Content type and key of what records that a page names refer to, such as the picture of an author.

    `named` are the keys of the records by their content types, `targets` the content types that are asked for.
    """
    kinds = {kind.pk for kind in _named_by_pages()}
    records = Q(pk__in=[])
    for kind, keys in named.items():
        if kind in kinds:
            records |= Q(base_content_type=kind, object_id__in=list(keys))
    found = ReferenceIndex.objects.filter(records, to_content_type__in=list(targets))
    return found.values_list("to_content_type", "to_object_id")


def _uses(model: type[Model], key: int) -> QuerySet[ReferenceIndex]:
    return ReferenceIndex.objects.filter(to_content_type=_type(model), to_object_id=str(key))


def _uses_in_pages(model: type[Model], key: int) -> Iterator[QuerySet[ReferenceIndex]]:
    """Yield the references by pages, then those to each kind of record that refers to this one."""
    pages = _type(Page)
    uses = _uses(model, key)
    yield uses.filter(base_content_type=pages)
    for kind in _named_by_pages():
        between = uses.filter(base_content_type=kind).values("object_id")
        yield ReferenceIndex.objects.filter(base_content_type=pages, to_content_type=kind, to_object_id__in=between)


def _open_pages(uses: QuerySet[ReferenceIndex], now: datetime, private: Iterable[str]) -> QuerySet[Page]:
    pages = Page.objects.filter(unexpired(now), pk__in=_page_keys(uses), live=True).order_by()
    for path in private:
        pages = pages.exclude(path__startswith=path)
    return pages


def _page_keys(uses: QuerySet[ReferenceIndex]) -> QuerySet[Any, Any]:
    return uses.order_by().values_list(Cast("object_id", BigIntegerField()), flat=True)


def _type(model: type[Model]) -> ContentType:
    return ContentType.objects.get_for_model(model)


@cache
def _models() -> tuple[tuple[type[Model], ...], tuple[type[Model], ...]]:
    """The indexed models that are settings of a site, and those that pages name."""
    others = sorted(
        (model for model in ReferenceIndex.indexed_models if not issubclass(model, Page)), key=lambda m: m._meta.label
    )
    site_settings = tuple(model for model in others if issubclass(model, BaseSiteSetting))
    files = (AbstractImage, AbstractDocument, BaseSiteSetting)
    return site_settings, tuple(model for model in others if not issubclass(model, files))


def _settings() -> list[ContentType]:
    return [_type(model) for model in _models()[0]]


def _named_by_pages() -> list[ContentType]:
    return [_type(model) for model in _models()[1]]
