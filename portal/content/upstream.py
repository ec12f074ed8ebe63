"""Private names of Wagtail, treebeard and Django that we use: each in one function here, and nowhere else.

docs/differences-from-wagtail.md lists them; tests/project/test_upstream.py fails when one of them changes.
"""

from collections.abc import Callable, Collection, Iterator
from inspect import unwrap
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import trans_real
from modelcluster.models import ClusterableModel
from wagtail.blocks import StreamValue
from wagtail.forms import PasswordViewRestrictionForm
from wagtail.models import Collection as Folder, Page, ReferenceIndex, Site
from wagtail.permission_policies.sites import SitePermissionPolicy
from wagtail.url_routing import RouteResult


def set_site(request: HttpRequest, site: Site) -> None:
    """Store the site where `Site.find_for_request` caches its result, which saves its query."""
    request._wagtail_site = site  # type: ignore[attr-defined]


def set_route(request: HttpRequest, route: RouteResult) -> None:
    """Store the route where `Page.route_for_request` caches its result."""
    request._wagtail_route_for_request = route  # type: ignore[attr-defined]


def set_root_paths(request: HttpRequest, roots: Any) -> None:
    """Store what `Site.get_site_root_paths` gave where `Page.get_url` looks for it."""
    request._wagtail_cached_site_root_paths = roots  # type: ignore[attr-defined]


def set_content_policy(response: HttpResponseBase, policy: dict[str, Any]) -> None:
    """Set the policy of one response, as the decorator `csp_override` does."""
    response._csp_config = policy  # type: ignore[attr-defined]


def content_policy_of(response: HttpResponseBase) -> dict[str, Any] | None:
    return getattr(response, "_csp_config", None)


def set_parent(page: Page, parent: Page) -> None:
    """Store the parent where treebeard's `get_parent` caches its result."""
    page._cached_parent_obj = parent


class KnowsFreeAddress:
    """Mix-in before Wagtail's page: whose form has found the slug free asks no more, until the page is saved.

    The form asks, and Django validates the page with what the form has found; a version that is saved of it holds the
    slug, but takes no place in the tree. `save` of the page itself asks again.
    """

    free_address = ""

    def _check_slug_is_unique(self) -> None:
        if not self.free_address or self.free_address != self.slug:  # type: ignore[attr-defined]
            super()._check_slug_is_unique()  # type: ignore[misc]


def save_without_savepoint(page: Page, **kwargs: Any) -> Any:
    """What `Page.save` does within the savepoint that it begins."""
    return unwrap(Page.save)(page, **kwargs)


def rows_to_save(record: ClusterableModel) -> dict[str, list[Any]]:
    """The rows that a record holds until it is saved, by the name of the list: those of others are in the database."""
    found: dict[str, list[Any]] = record.__dict__.get("_cluster_related_objects", {})
    return found


def know_rows(record: ClusterableModel, relation: Any, rows: list[Any]) -> None:
    """Let a record hold the rows of a list as if `prefetch_related` had read them."""
    found = relation.related_model._default_manager.filter(**{relation.field.name: record.pk})
    found._result_cache = rows
    record.__dict__.setdefault("_prefetched_objects_cache", {})[relation.cache_name] = found


def forget_rows(record: ClusterableModel, relation: Any) -> None:
    record.__dict__.get("_prefetched_objects_cache", {}).pop(relation.cache_name, None)


def set_explorable_root(user: Any, page: Page) -> None:
    """Store the page that `explorable_root_instance` of the page policy would read for this user."""
    user._explorable_root_page_cache = page


def annotated_parent(page: Page) -> Page:
    """What `PageQuerySet.annotate_parent_page` has found for one of its pages."""
    return page._parent_page


def child_path(parent: Page | Folder, number: int) -> str:
    """The tree path of the child of a page, or of a folder, with this number, counted from 1."""
    return Page._get_path(parent.path, parent.depth + 1, number)


def number_of_step(step: str) -> int:
    """The number of a child by the last step of its tree path."""
    return Page._str2int(step)


def references_in(record: Any) -> Iterator[tuple[int, str, str, str]]:
    """The references in a record as it is now, saved or not: content type, key, model path and content path."""
    yield from ReferenceIndex._extract_references_from_object(record)


def content_path_hash(content_path: str) -> str:
    """The hexadecimal hash that the reference index keeps of a content path."""
    return ReferenceIndex._get_content_path_hash(content_path).hex


def blocks_as_kept(stream: StreamValue) -> list[Any]:
    """The blocks of a stream as it keeps them: children where it has converted them, else raw ones, to be changed."""
    return [child or raw for child, raw in zip(stream._bound_blocks, stream._raw_data, strict=True)]


def compare_shared_passwords_by(is_right: Callable[[str, str], bool]) -> None:
    """Let Wagtail's form for the password of a page or folder ask `is_right`, of what was typed and what is stored."""
    compare = PasswordViewRestrictionForm.clean_password

    def clean_password(form: PasswordViewRestrictionForm) -> str:
        typed, stored = form.cleaned_data["password"], form.restriction.password
        form.restriction.password = typed if is_right(typed, stored) else ""
        try:
            return compare(form)
        finally:
            form.restriction.password = stored

    PasswordViewRestrictionForm.clean_password = clean_password


def clean_without_looking_up(model: type[Model]) -> None:
    """Let what Wagtail notes itself refer to the records that it is given: it asks for each whether it exists."""
    clean_fields = model.clean_fields

    def without_records(self: Model, exclude: Collection[str] | None = None) -> None:
        records = {field.name for field in self._meta.concrete_fields if field.many_to_one}
        clean_fields(self, exclude={*(exclude or ()), *records})

    model.clean_fields = without_records  # type: ignore[method-assign]


def has_global_permission(policy: SitePermissionPolicy, user: Any, actions: Any) -> bool:
    """Whether the user has one of the actions for every site."""
    return policy._user_has_global_permission(user, actions)


def delete_rows(rows: QuerySet[Any]) -> None:
    """Delete by one statement: without signals, and without reading the rows that refer to these."""
    rows._raw_delete(rows.db)


def catalogue_texts(language: str) -> Iterator[tuple[str, str]]:
    """Every text of the interface with its translation, from all installed catalogues.

    Read as Django's own catalogue for scripts reads them; a plural has one pair for each form.
    """
    for catalogue in trans_real.translation(language)._catalog._catalogs:  # type: ignore[attr-defined]
        for key, translated in catalogue.items():
            text = key[0] if isinstance(key, tuple) else key
            # Before the text stands its context.
            yield text.rpartition("\x04")[2], translated
