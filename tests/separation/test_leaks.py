"""Nobody of one site's newsroom is told anything of another site: every address of the newsroom, in every role."""

import pytest
from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from portal.editorial.roles import Role
from tests.builders import make_member, newsroom_client
from tests.conftest import rolled_back
from tests.separation.exceptions import NOT_WALKED, TOLD, TOLD_TO_NOBODY
from tests.separation.marks import marks_in, told
from tests.separation.planting import Planted
from tests.separation.routes import BULK, PAGES, Route, addresses, everywhere, key_of, kinds_for, routes, unknown_places

NEWSROOM = [
    route
    for route in routes()
    if route.is_in_the_newsroom and route.name not in NOT_WALKED and route.pattern not in NOT_WALKED
]
LISTS = ("index", "results", "search", "choose", "list", "people", "listing", "explore", "page", "child", "requests")
QUESTIONS = ["", "?q=kobold", "?q=zz"]


def variants(route: Route, address: str, foreign: Planted) -> list[str]:
    """The address with what its form can ask."""
    if "tag_autocomplete" in route.name or "tag_model" in route.name:
        return [f"{address}?term=zz"]
    if route.name.endswith("chosen_multiple"):
        kinds = kinds_for(route, "pk") or PAGES
        return [f"{address}?" + "&".join(f"id={key_of(foreign, kind)}" for kind in kinds)]
    if "?" in address or route.name.startswith("wagtailadmin_api"):
        return [address]
    if "reports" in route.name:
        return [address, address + "?export=csv"]
    return [address + question for question in QUESTIONS] if route.name.endswith(LISTS) else [address]


def leaks(client, route: Route, address: str, owner: str) -> set[str]:
    found = marks_in(told(client.get(address)), owner)
    return {kind for kind in found if (route.name, kind) not in TOLD}


@pytest.mark.parametrize("role", list(Role))
def test_no_address_of_the_newsroom_tells_of_another_site(db, marked, role):
    client = newsroom_client(marked.own.ground, marked.own.people[role])
    heard = {}
    for route in NEWSROOM:
        for address in everywhere(route, marked.own, marked.foreign):
            for asked in variants(route, address, marked.foreign):
                with rolled_back():
                    if found := leaks(client, route, asked, "b"):
                        heard[f"{route.name} {asked}"] = sorted(found)
    assert not heard, "\n".join(f"{address}: {kinds}" for address, kinds in heard.items())


def people_who_may_know(marked):
    """Those of the site itself, who see the most first, and who administers the network."""
    people = marked.foreign.people
    yield from (people[role] for role in (Role.SITE_ADMINISTRATOR, Role.APPROVER, Role.EDITOR))
    yield make_member("network", is_superuser=True)


def test_people_of_the_site_itself_find_every_word(db, marked):
    missing = set(marked.foreign.kinds)
    for person in people_who_may_know(marked):
        client = newsroom_client(marked.foreign.ground, person)
        for route in NEWSROOM if missing - set(TOLD_TO_NOBODY) else ():
            for address in addresses(route, marked.foreign):
                for asked in variants(route, address, marked.foreign):
                    with rolled_back():
                        missing -= marks_in(told(client.get(asked)), "b")
    assert missing - set(TOLD_TO_NOBODY) == set()


def test_every_bulk_action_is_walked():
    walked = {(f"{app}.{model}", action) for app, model, action, _kinds in BULK}
    models = {(app, model) for app, model, _action, _kinds in BULK}
    offered = {
        (f"{app}.{model}", action.action_type)
        for app, model in models
        for action in bulk_action_registry.get_bulk_actions_for_model(app, model)
    }
    assert offered == walked


def test_every_address_is_walked_or_excepted():
    unknown = {f"{route.name} {route.pattern}": places for route in NEWSROOM if (places := unknown_places(route))}
    assert unknown == {}
    known = {route.name for route in routes()} | {route.pattern for route in routes()}
    assert set(NOT_WALKED) - known == set()
