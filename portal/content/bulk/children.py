"""Adds many new pages below one parent: assigns tree paths and slugs, and inserts the rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any, Self

from django.db.models import F
from treebeard.exceptions import PathOverflow
from treebeard.numconv import NumConv
from wagtail.models import Page

from portal.content.bulk.rows import new_keys, write_objects

_NUMBERS = NumConv(Page.alphabet)


def child_path(path: str, number: int) -> str:
    """The tree path of a child by its number, counted from 1."""
    return path + _NUMBERS.int2str(number).rjust(Page.steplen, Page.alphabet[0])


def number_of_step(step: str) -> int:
    """The number of a child, read from the last step of its tree path."""
    return _NUMBERS.str2int(step)


@dataclass(kw_only=True)
class NewChildren:
    """Adds children to a page without a query for each. The caller locks the page against concurrent additions."""

    page: Page
    # The number of the last child.
    last_step: int
    # The slugs of all children.
    slugs: set[str]
    # The number of children added.
    added: int = 0
    # The highest numeric suffix used per slug. Without it, a thousand equal titles would try a thousand numbers each.
    last_numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def below(cls, page: Page, **facts: Any) -> Self:
        children = page.get_children()
        last = children.order_by("-path").values_list("path", flat=True).first()
        slugs = set(children.order_by().values_list("slug", flat=True))
        return cls(page=page, last_step=number_of_step(last[-Page.steplen :]) if last else 0, slugs=slugs, **facts)

    def next_path(self) -> str:
        """The tree path of the next child. Raises PathOverflow if the page is full."""
        self.last_step += 1
        self.added += 1
        path = child_path(self.page.path, self.last_step)
        if len(path) > len(self.page.path) + Page.steplen:
            raise PathOverflow(f"“{self.page}” has no room for more pages.")
        return path

    def unique_slug(self, slug: str) -> str:
        """A unique slug for a new child, with a number appended if necessary."""
        base = slug or "page"
        names = chain([base], (f"{base}-{number}" for number in count(self.last_numbers.get(base, 2))))
        slug = next(name for name in names if name not in self.slugs)
        self.slugs.add(slug)
        if slug != base:
            self.last_numbers[base] = int(slug.rpartition("-")[2])
        return slug


def assign_keys(pages: Sequence[Page]) -> None:
    for page, key in zip(pages, new_keys(Page, len(pages)), strict=True):
        page.id = page.page_ptr_id = key  # type: ignore[attr-defined]


def write_pages(pages: Sequence[Page], ready: Mapping[type[Page], Mapping[str, Sequence[Any]]] | None = None) -> None:
    """Insert pages whose primary keys are set into the tables of all their types. No signals are sent."""
    by_model: dict[type[Page], list[Page]] = defaultdict(list)
    for page in pages:
        by_model[type(page)].append(page)
    write_objects(Page, pages)
    for model, group in by_model.items():
        write_objects(model, group, ready=(ready or {}).get(model))


def count_children(parents: Iterable[NewChildren]) -> None:
    """Add the new children to each parent's `numchild`."""
    for parent in parents:
        Page.objects.filter(pk=parent.page.pk).update(numchild=F("numchild") + parent.added)
        parent.added = 0
