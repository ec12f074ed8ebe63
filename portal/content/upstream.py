"""Wraps the private names of Wagtail, treebeard and Django that we use.

Each is used in exactly one function, in this module. docs/differences-from-wagtail.md lists them;
tests/project/test_upstream.py fails when one of them changes.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest
from wagtail.forms import PasswordViewRestrictionForm
from wagtail.models import Page, ReferenceIndex, Site
from wagtail.url_routing import RouteResult


def set_site(request: HttpRequest, site: Site) -> None:
    """Store the site where `Site.find_for_request` caches its result. This saves a query."""
    request._wagtail_site = site  # type: ignore[attr-defined]


def set_route(request: HttpRequest, route: RouteResult) -> None:
    """Store the route where `Page.route_for_request` caches its result."""
    request._wagtail_route_for_request = route  # type: ignore[attr-defined]


def set_root_paths(request: HttpRequest, roots: Any) -> None:
    """Store the result of `Site.get_site_root_paths` where `Page.get_url` caches it."""
    request._wagtail_cached_site_root_paths = roots  # type: ignore[attr-defined]


def set_parent(page: Page, parent: Page) -> None:
    """Store the parent where treebeard's `get_parent` caches its result."""
    page._cached_parent_obj = parent


def references_in(record: Any) -> Iterator[tuple[int, str, str, str]]:
    """The references in a record, saved or not: content type, key, model path and content path."""
    yield from ReferenceIndex._extract_references_from_object(record)


def content_path_hash(content_path: str) -> str:
    """The hash of a content path in the reference index, as a hexadecimal string."""
    return ReferenceIndex._get_content_path_hash(content_path).hex


def compare_shared_passwords_by(is_right: Callable[[str, str], bool]) -> None:
    """Make Wagtail's password form for pages and folders call `is_right` with the input and the stored value."""
    compare = PasswordViewRestrictionForm.clean_password

    def clean_password(form: PasswordViewRestrictionForm) -> str:
        typed, stored = form.cleaned_data["password"], form.restriction.password
        form.restriction.password = typed if is_right(typed, stored) else ""
        try:
            return compare(form)
        finally:
            form.restriction.password = stored

    PasswordViewRestrictionForm.clean_password = clean_password
