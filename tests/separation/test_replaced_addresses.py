"""Wagtail's addresses have Wagtail's own views, except for those in docs/differences-from-wagtail.md."""

import re
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
from portal.editorial.replaced_addresses import CLOSED, REPLACED, named_addresses
from portal.editorial.views import PortalPageViewSet
from tests.separation.routes import Route, routes

OURS = ("portal.", "home.", "articles.", "events.", "search.")
# Matches no other address.
CATCH_ALL = "admin/^.*/$"
# These have an address for every registered kind of record, including ours.
REGISTERED = ("wagtailsnippets_", "wagtailsnippetchoosers_")
ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "differences-from-wagtail.md"
APPS = ("portal", "home", "articles", "events", "search")
VIEWS = re.compile(r"wagtail(_localize)?\b.*\.views\b")
HEADING = "## Addresses that we replace"


def dotted(view: Any) -> str:
    return f"{view.__module__}.{view.__qualname__}"


def answering(view: Any) -> str:
    """Our outermost decorator around a view, else its class, else the function itself.

    If the lock wraps one of our classes, the class is named. `leads_to_trash` is around every view of a page.
    """
    inner = view
    while True:
        inner = inner.func if isinstance(inner, partial) else inner
        name, is_local, _rest = inner.__code__.co_qualname.partition(".<locals>")
        if name == "leads_to_trash":
            view = inner = inner.__wrapped__
            continue
        if is_local and (module := inner.__globals__["__name__"]).startswith(OURS):
            own = dotted(getattr(view, "view_class", view))
            return own if name == "one_at_a_time" and own.startswith(OURS) else f"{module}.{name}"
        if not hasattr(inner, "__wrapped__"):
            return dotted(getattr(view, "view_class", None) or getattr(view, "cls", inner))
        inner = inner.__wrapped__


def page_view(view: Any, model: type[Page]) -> Any:
    """The view that Wagtail takes from a page's viewset, if it does so at this address."""
    function = unwrap(view)
    # From Wagtail 8.1 on, an address of the admin API is a partial function.
    name = getclosurevars(function).nonlocals.get("view_name") if isfunction(function) else None
    return page_viewset_registry.get_by_type(model).get_view_by_name(name) if name else None


def sample(route: Route) -> str:
    """A sample address of this pattern: one word for every parameter, or a value that its converter accepts."""
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
# Addresses mounted from the table have no name; the other name is django-allauth's for Wagtail's sign-in address.
OWN = [route for route in NEWSROOM if not is_wagtails(route) and route.name not in ("unnamed", "account_login")]
WAGTAILS = [route for route in NEWSROOM if is_wagtails(route)]
FOR_READERS = list(named_addresses([*document_urls.urlpatterns, *reader_urls.urlpatterns]))
KEYS = {
    "wagtaildocs_serve": [1, "a.txt"],
    "wagtaildocs_authenticate_with_password": [1],
    "wagtailcore_authenticate_with_password": [1, 1],
    "wagtailcore_login": [],
    "wagtail_serve": ["a/"],
}


# Route, name and view of each row.
SECTION = DOCS.read_text().partition(f"{HEADING}\n")[2].partition("\n## ")[0]
TABLE = [
    (route.replace(r"\|", "|"), name, view)
    for route, name, view in re.findall(r"^\| `(.+?)` \| `([\w:]+)` \| `([\w.]+)` \| \S.* \|$", SECTION, re.MULTILINE)
    # The rows for Wagtail 8.0 only.
    if CLOSED or not name.startswith("wagtailadmin_api:")
]


def in_table(*, is_in_the_newsroom: bool) -> dict[str, str]:
    return {name: view for route, name, view in TABLE if route.startswith("admin/") is is_in_the_newsroom}


def test_every_replaced_newsroom_address_is_in_the_table():
    found = {}
    for route in WAGTAILS:
        answer = resolve(sample(route)).func
        view = page_view(answer, ArticlePage)
        who = answering(view or answer)
        if answer is not route.view or who.startswith(OURS):
            found[route.name] = who
    assert found == in_table(is_in_the_newsroom=True)


def test_every_replaced_public_address_is_in_the_table():
    found = {}
    for name, _route, view in FOR_READERS:
        address = reverse(name, args=KEYS[name])
        who = answering(resolve(address).func)
        wagtails = reverse(name, urlconf=reader_urls if name.startswith("wagtailcore") else None, args=KEYS[name])
        if who != answering(view) or not address.endswith(wagtails):
            found[name] = who
    assert found == in_table(is_in_the_newsroom=False)


def test_no_own_address_is_below_one_of_wagtail():
    inside = [(own.name, other.name) for own in OWN for other in WAGTAILS if matches(other, sample(own))]
    assert inside == []
    assert [own.name for own in OWN if resolve(sample(own)).func is not own.view] == []


def test_pages_of_any_type_have_the_same_views():
    types = [model for model in get_page_models() if issubclass(model, PortalPage)]
    assert {type(page_viewset_registry.get_by_type(model)) for model in types} == {PortalPageViewSet}
    # For the root of the tree, and for pages without a type, our view or its base view is used.
    for route in WAGTAILS:
        if view := page_view(route.view, ArticlePage):
            assert issubclass(view.view_class, page_view(route.view, Page).view_class)


def test_documented_numbers_of_replacements_are_right():
    """The last column of the table at the beginning of the document."""
    figures = [int(each) for each in re.findall(r"^\| .+ \| \d+ \| (\d+) \|$", DOCS.read_text(), re.MULTILINE)]
    rows, closed = SECTION.count("\n| `"), SECTION.count(".missing` |")
    guards = SECTION.partition("### Replaced")[0].count("\n| `")
    private = DOCS.read_text().partition("## Private names that we use")[2]
    names = [name for row in re.findall(r"^\| (`.+?) \|", private, re.MULTILINE) for name in re.findall(r"`\w+`", row)]
    templates = [path for app in APPS for path in (ROOT / app).rglob("templates/wagtail*/**/*.html")]

    classes = own_classes_from_views()
    assert figures == [rows - closed - guards, closed, guards, len(templates), len(classes), len(names)]


def own_classes_from_views() -> set[type]:
    """Our classes with a base class from a `views` module of Wagtail."""
    found: set[type] = set()
    left: list[type] = [object]
    while left:
        new = set(type.__subclasses__(left.pop())) - found
        found |= new
        left += new
    return {
        each
        for each in found
        if str(each.__module__).startswith(OURS) and any(VIEWS.match(str(base.__module__)) for base in each.__mro__[1:])
    }


def test_address_removed_from_wagtail_prevents_the_start():
    renamed = {"wagtailadmin_renamed": REPLACED["wagtailadmin_account"]}
    with (
        mock.patch.object(replaced_addresses, "REPLACED", renamed),
        pytest.raises(ImproperlyConfigured, match="wagtailadmin_renamed"),
    ):
        replaced_addresses.urls()


def test_table_has_every_route_of_each_address():
    names = {name for _route, name, _view in TABLE}
    found = [(route.pattern, route.name) for route in WAGTAILS] + [(route, name) for name, route, _view in FOR_READERS]
    assert sorted((route, name) for route, name, _view in TABLE) == sorted(row for row in found if row[1] in names)
