"""No member of one site's newsroom sees anything of another site: every address of the newsroom, in every role."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from portal.editorial.roles import Role
from tests.builders import make_member
from tests.checkers.shown_words import is_foreign, shown_texts
from tests.separation.conftest import Marked
from tests.separation.exceptions import NOT_REQUESTED, SHOWN_TO_NEWSROOMS, SHOWN_TO_NOBODY
from tests.separation.marks import COMMON, marks_in
from tests.separation.planting import Planted
from tests.separation.routes import (
    BULK,
    OF_ANY_PAGE,
    PAGES,
    Route,
    addresses,
    everywhere,
    key_of,
    kinds_for,
    newsroom_routes,
    routes,
    unknown_places,
)
from tests.separation.visiting import Visitor, undone, visiting

NEWSROOM = newsroom_routes()
# The newsroom's language for each member.
LANGUAGES = {
    Role.SITE_ADMINISTRATOR: "de",
    Role.APPROVER: "fr",
    Role.EDITOR: "fr",
    Role.ORGANISER: "de",
    Role.REVIEWER: "fr",
}
# Permitted viewers find most records at these addresses. Other records are searched for at all other addresses.
TELLING = {
    Role.SITE_ADMINISTRATOR: (
        "wagtailadmin_pages:edit",
        "wagtailadmin_pages:set_privacy",
        "wagtailadmin_reports:locked_pages",
        "wagtailadmin_tag_autocomplete",
        "wagtailadmin_account",
        "wagtailimages:index",
        "wagtailimages_chooser:choose",
        "wagtaildocs:index",
        "wagtailsnippets_core_topic:list",
        "wagtailsnippets_core_person:list",
        "wagtailforms:list_submissions",
        "wagtailsettings:edit",
        "editorial:guests",
        "planning",
        "site_accounts_edit",
        "site_redirects",
        "newsletter_overview",
        "newsletter_subscribers",
        "newsletter_list",
        "search_report",
        "readership_site",
        "readership_missing",
        "sheet_requests:index",
        "moving",
        "moving_run",
        "moving_report",
        "moving_item",
        "venues:add",
        "subscribed_calendars:index",
        "subscribed_calendars:edit",
        "webhooks:index",
        "webhooks:log",
    ),
    Role.EDITOR: ("wagtailadmin_home",),
    Role.APPROVER: (),
}
TELLING_THE_NETWORK = ("wagtailadmin_reports:site_history",)
# A newsroom page's title; some addresses show public pages.
SEARCH_FIELD = re.compile(r'(?<!type="search" )name=\\?"q\\?"')
# A script within the page, which the newsroom's content policy would block; JSON data is allowed.
INLINE_SCRIPT = re.compile(r"<script(?![^>]*(?:src=|/(?:ld\+)?json))[^>]*>")
# Responses with rows only, without the form above them. They are not searched.
UNSEARCHED_ROWS = ("history_results", "submissions_results", "usage_results")


def with_required_query(route: Route, address: str, foreign: Planted) -> str:
    """The address with its required query parameters."""
    if "tag_autocomplete" in route.name or "tag_model" in route.name:
        return f"{address}?term={COMMON}"
    if route.name.endswith("chosen_multiple"):
        kinds = kinds_for(route, "pk") or PAGES
        return f"{address}?" + "&".join(f"id={key_of(foreign, kind)}" for kind in kinds)
    return address


def next_query(route: Route, text: str) -> str | None:
    """The query that a form in the response can send."""
    if "reports" in route.name:
        return "?export=csv"
    is_list = route.name.endswith("results") and not route.name.endswith(UNSEARCHED_ROWS)
    return f"?q={COMMON}" if is_list or SEARCH_FIELD.search(text) else None


def responses(visitor: Visitor, route: Route, address: str, foreign: Planted) -> Iterator[tuple[str, str]]:
    """Each request and its response; forms of a refused address are not submitted."""
    url = with_required_query(route, address, foreign)
    with undone():
        status, text = visitor.get(url)
    yield url, text
    query = next_query(route, text) if status == 200 and "?" not in url else None
    if query:
        with undone():
            _status, text = visitor.get(address + query)
        yield address + query, text


class Findings(NamedTuple):
    """What must not be in the responses to a user who requests all addresses."""

    # Addresses, with the kinds of the other site's records in their responses.
    of_another_site: dict[str, list[str]]
    # The names of routes whose pages have one.
    inline_scripts: set[str]
    # English strings, each with an address that shows it.
    english: dict[str, str]


@pytest.fixture(scope="module")
def way_of(marked: Marked) -> Callable[[Role], Findings]:
    """Request every address in this role, once for all tests."""

    @cache
    def walked(role: Role) -> Findings:
        findings = Findings({}, set(), {})
        with undone(), visiting(marked.own.ground, marked.own.people[role], LANGUAGES[role]) as visitor:
            for route in NEWSROOM:
                for address in everywhere(route, marked.own, marked.foreign):
                    for url, text in responses(visitor, route, address, marked.foreign):
                        if found := {
                            kind for kind in marks_in(text, "b") if (route.name, kind) not in SHOWN_TO_NEWSROOMS
                        }:
                            findings.of_another_site[f"{route.name} {url}"] = sorted(found)
                        if INLINE_SCRIPT.search(text):
                            findings.inline_scripts.add(route.name)
                        for piece in filter(is_foreign, shown_texts(visitor.response)):
                            findings.english.setdefault(piece, url)
        return findings

    return walked


@pytest.mark.parametrize("role", list(Role))
def test_no_address_of_the_newsroom_reveals_another_site(db, way_of, role):
    leaks = way_of(role).of_another_site
    assert not leaks, "\n".join(f"{address}: {kinds}" for address, kinds in leaks.items())


@pytest.mark.parametrize("role", list(Role))
def test_no_page_of_the_newsroom_has_an_inline_script(db, way_of, role):
    assert way_of(role).inline_scripts == set()


@pytest.mark.parametrize("role", list(Role))
def test_no_page_of_the_newsroom_is_in_english_or_names_wagtail(db, way_of, role):
    assert way_of(role).english == {}


def viewers_by_address(site: Planted) -> Iterator[tuple[Any, list[Route]]]:
    """The members of the site, and the administrator of the network."""
    telling = [(site.people[role], names) for role, names in TELLING.items()]
    telling.append((make_member("network", is_superuser=True), TELLING_THE_NETWORK))
    for person, names in telling:
        yield person, [route for route in NEWSROOM if route.name in names]
    for person, _names in telling:
        yield person, NEWSROOM


def test_members_of_the_site_find_every_marker(db, marked):
    site = marked.foreign
    missing = site.kinds - set(SHOWN_TO_NOBODY)
    for person, looked_at in viewers_by_address(site):
        with visiting(site.ground, person) as visitor:
            for route in looked_at:
                # A user who has found everything need not continue.
                for address in addresses(route, site) if missing else ():
                    for _url, text in responses(visitor, route, address, site):
                        missing -= marks_in(text, "b")
    assert missing == set()


def test_every_bulk_action_is_requested():
    walked = {(f"{app}.{model}", action) for app, model, action, _kinds in BULK}
    models = {(app, model) for app, model, _action, _kinds in BULK}
    offered = {
        (f"{app}.{model}", action.action_type)
        for app, model in models
        for action in bulk_action_registry.get_bulk_actions_for_model(app, model)
    }
    assert offered == walked


def test_every_newsroom_address_is_requested_or_excepted():
    unknown = {f"{route.name} {route.pattern}": places for route in NEWSROOM if (places := unknown_places(route))}
    assert unknown == {}
    assert OF_ANY_PAGE - {route.name for route in NEWSROOM} == set()
    known = {route.name for route in routes()} | {route.pattern for route in routes()}
    assert set(NOT_REQUESTED) - known == set()
