"""Wagtail's own views serve Wagtail's addresses, except those in the table: in the code and in the docs."""

import re
from dataclasses import replace
from functools import partial
from inspect import getclosurevars, isfunction, unwrap
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import resolve, reverse
from wagtail import urls as reader_urls
from wagtail.admin.viewsets.pages import page_viewset_registry
from wagtail.documents import urls as document_urls
from wagtail.models import Page, get_page_models

from articles.models import ArticlePage
from portal.content.pages.pages import PortalPage
from portal.editorial import replaced_addresses
from portal.editorial.replaced_addresses import ADDRESSES, API, LOCALIZE, OUTSIDE, PAGES, Replacement, named_addresses
from portal.editorial.views import PortalPageViewSet
from tests.separation.routes import Route, routes

OURS = ("portal.", "home.", "articles.", "events.", "search.")
# Answers what no other address does.
CATCH_ALL = "admin/^.*/$"
# Each has an address for every kind of record that somebody registers, ours too.
REGISTERED = ("wagtailsnippets_", "wagtailsnippetchoosers_")
DOCS = Path(__file__).parents[2] / "docs" / "differences-from-wagtail.md"
HEADING = "## Addresses that we replace"


def dotted(view: Any) -> str:
    return f"{view.__module__}.{view.__qualname__}"


def answering(view: Any) -> str:
    """The outermost decorator of ours around a view, or else its class, or else the function itself."""
    inner = view
    while True:
        inner = inner.func if isinstance(inner, partial) else inner
        name, is_local, _rest = inner.__code__.co_qualname.partition(".<locals>")
        if is_local and (module := inner.__globals__["__name__"]).startswith(OURS):
            return f"{module}.{name}"
        if not hasattr(inner, "__wrapped__"):
            return dotted(getattr(view, "view_class", None) or getattr(view, "cls", inner))
        inner = inner.__wrapped__


def page_view(view: Any, model: type[Page]) -> type | None:
    """The view class that a page's viewset has for this address, or None."""
    function = unwrap(view)
    # An address of the admin API is a partial function from Wagtail 8.1 on.
    name = getclosurevars(function).nonlocals.get("view_name") if isfunction(function) else None
    return page_viewset_registry.get_by_type(model).get_view_by_name(name).view_class if name else None


def sample(route: Route) -> str:
    """An address of this form: with one word for every parameter, or with what the parameter takes."""
    keys = dict.fromkeys(route.places, "1") | {"token": "1-1", "language": "fr", "kind": "synonyms"}
    keys |= dict.fromkeys(re.findall(r"<uuid:(\w+)>", route.pattern), UUID(int=1))
    return route.filled(keys)


def matches(route: Route, address: str) -> bool:
    rest = address.removeprefix("/")
    for step in route.steps:
        if (match := step.match(rest)) is None:
            return False
        rest = match[0]
    return True


def is_wagtails(route: Route) -> bool:
    if route.name.startswith("wagtail"):
        return not route.name.startswith(REGISTERED)
    return not answering(route.view).startswith(OURS)


NEWSROOM = [route for route in routes() if route.is_in_the_newsroom and route.pattern != CATCH_ALL]
# What is mounted from the table has no name.
OWN = [route for route in NEWSROOM if not is_wagtails(route) and route.name != "unnamed"]
WAGTAILS = [route for route in NEWSROOM if is_wagtails(route)]
FOR_READERS = list(named_addresses([*document_urls.urlpatterns, *reader_urls.urlpatterns]))
KEYS = {
    "wagtaildocs_serve": [1, "a.txt"],
    "wagtaildocs_authenticate_with_password": [1],
    "wagtailcore_authenticate_with_password": [1, 1],
    "wagtailcore_login": [],
    "wagtail_serve": ["a/"],
}


def named(*replacements: Replacement) -> dict[str, str]:
    return {name: dotted(each.view) for each in replacements for name in each.names}


def test_every_address_of_wagtails_newsroom_that_answers_otherwise_is_in_the_table():
    found = {}
    for route in WAGTAILS:
        answer = resolve(sample(route)).func
        view = page_view(answer, ArticlePage)
        who = dotted(view) if view else answering(answer)
        if answer is not route.view or who.startswith(OURS):
            found[route.name] = who
    assert found == named(*ADDRESSES, *LOCALIZE, *PAGES, *API)


def test_every_address_of_wagtail_for_readers_that_answers_otherwise_is_in_the_table():
    found = {}
    for name, _route, view in FOR_READERS:
        address = reverse(name, args=KEYS[name])
        who = answering(resolve(address).func)
        wagtails = reverse(name, urlconf=reader_urls if name.startswith("wagtailcore") else None, args=KEYS[name])
        if who != answering(view) or not address.endswith(wagtails):
            found[name] = who
    assert found == named(*OUTSIDE)


def test_no_address_of_ours_lies_inside_one_of_wagtails():
    inside = [(own.name, other.name) for own in OWN for other in WAGTAILS if matches(other, sample(own))]
    assert inside == []
    assert [own.name for own in OWN if resolve(sample(own)).func is not own.view] == []


def test_pages_of_any_type_answer_as_those_of_the_portal():
    types = [model for model in get_page_models() if issubclass(model, PortalPage)]
    assert {type(page_viewset_registry.get_by_type(model)) for model in types} == {PortalPageViewSet}
    # The root of the tree, and what is of no type any more: ours answers, or what ours is made from.
    for each in PAGES:
        for route in WAGTAILS:
            if route.name in each.names:
                assert issubclass(each.view, page_view(route.view, Page))


def test_address_that_wagtail_gives_up_stops_the_start():
    renamed = replace(ADDRESSES[0], names=("wagtailadmin_renamed",))
    with (
        mock.patch.object(replaced_addresses, "ADDRESSES", (renamed,)),
        pytest.raises(ImproperlyConfigured, match="wagtailadmin_renamed"),
    ):
        replaced_addresses.urls()


def test_docs_show_the_table():
    routes_of = {route.name: [] for route in WAGTAILS} | {name: [route] for name, route, _view in FOR_READERS}
    for route in WAGTAILS:
        # A bar would end the cell of a table.
        routes_of[route.name].append(route.pattern.replace("|", r"\|"))
    expected = [
        f"| `{route}` | `{name}` | `{dotted(each.view)}` | {each.why} |"
        for each in (*ADDRESSES, *LOCALIZE, *PAGES, *API, *OUTSIDE)
        for name in each.names
        for route in routes_of[name]
    ]
    section = DOCS.read_text().partition(f"{HEADING}\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    if not API:  # The rows that Wagtail 8.0 alone needs.
        rows = [row for row in rows if "`wagtailadmin_api:" not in row]
    assert rows == expected
