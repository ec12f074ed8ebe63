"""Compares list rows with pages and repairs differences. Each app with lists registers its own check."""

from collections.abc import Callable, Iterable
from itertools import batched
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction

from portal.content.lists.positions import BATCH
from portal.content.records.listing import Placement
from portal.content.records.privacy import restricted_paths
from portal.content.visibility import below
from portal.platform.records.maintenance import MaintenanceRun

# The name of the run that stores the keys of pages with a privacy rule.
PRIVACY_RUN = "privacy"

# Functions that take `repair` and return how many stories or events differed.
list_checks: dict[str, Callable[[bool], int]] = {}
# The models of list rows, each with the lookup to its page.
listed_rows: list[tuple[type[Model], str]] = [(Placement, "card__page")]


def check_lists(*, repair: bool) -> dict[str, int]:
    """The number of pages with wrong rows, by check."""
    return {name: check(repair) for name, check in list_checks.items()}


def follow_privacy_rules() -> None:
    """Update the lists of pages whose privacy was changed by SQL or `bulk_create`, which send no signals."""
    private = restricted_paths()
    if any(model._default_manager.filter(below(private, f"{page}__")).exists() for model, page in listed_rows):
        for rule in PageViewRestriction.objects.select_related("page"):
            post_save.send(PageViewRestriction, instance=rule, created=False)
    ruled = sorted(PageViewRestriction.objects.values_list("page_id", flat=True).distinct())
    before = MaintenanceRun.objects.filter(name=PRIVACY_RUN).values_list("facts__pages", flat=True).first()
    if ruled == before:
        return
    for page in Page.objects.filter(pk__in=set(before or ()).difference(ruled)):
        post_delete.send(PageViewRestriction, instance=PageViewRestriction(page=page))
    MaintenanceRun.note(PRIVACY_RUN, True, pages=ruled)


def rows_by_page(rows: Iterable[Model], page: str, leave_out: Iterable[str] = ()) -> dict[int, set[tuple[Any, ...]]]:
    """Row values as one set per page key, for comparing two states."""
    found: dict[int, set[tuple[Any, ...]]] = {}
    for row in rows:
        names = [f.attname for f in row._meta.concrete_fields if f.attname not in {"id", *leave_out}]
        found.setdefault(getattr(row, page), set()).add(tuple(getattr(row, name) for name in names))
    return found


def differing[P: Page](
    pages: QuerySet[P],
    compare: Callable[[list[P]], set[int]],
    write: Callable[[list[P]], object],
    *,
    repair: bool,
) -> int:
    """Compare pages in batches and return how many differ; with `repair`, rewrite them."""
    count = 0
    for keys in batched(pages.order_by("pk").values_list("pk", flat=True), BATCH):
        batch = list(pages.model._default_manager.filter(pk__in=keys).select_related("locale"))
        wrong = compare(batch)
        count += len(wrong)
        if repair and wrong:
            write([page for page in batch if page.pk in wrong])
    return count
