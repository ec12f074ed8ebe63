"""No key or address in a filter, search, preview or form reveals anything of another site."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.blocks import Block

from home.shelves import BorderShelf, NetworkShelf
from portal.editorial.roles import Role
from tests.separation.exceptions import PUBLIC
from tests.separation.marks import COMMON, marks_in
from tests.separation.planting import Planted
from tests.separation.routes import BULK_ROUTE, addresses, key_of, newsroom_routes
from tests.separation.visiting import Visitor, undone, visiting

# The records for a parameter, by a part of its name; other parameters get a page's key.
NAMED = {
    "user": "user",
    "owner": "user",
    "person": "person",
    "site": "site",
    "collection": "collection",
    "topic": "topic",
    "workflow": "workflow",
    "task": "task",
    "locale": "locale",
    "image": "image",
    "document": "document",
    "venue": "venue",
}
# Text for a search instead of a key.
SEARCHES = ("q", "term", "search", "object", "object_id", "label")


def parameters(response_text: str) -> set[str]:
    """The field names in the filters and searches of a response."""
    forms = BeautifulSoup(response_text, "html.parser").select("form")
    searches = [form for form in forms if form.get("method", "get").lower() == "get"]
    return {field["name"] for form in searches for field in form.select("[name]")} - {"p", "ordering", "export"}


def values(name: str, foreign: Planted) -> Iterator[Any]:
    if name in SEARCHES:
        yield COMMON
        yield foreign.people[Role.EDITOR].email
        yield foreign.people[Role.EDITOR].username
        return
    kinds = [kind for part, kind in NAMED.items() if part in name] or ["live", "user"]
    for kind in kinds:
        yield key_of(foreign, kind)


def test_no_filter_reveals_records_of_another_site_by_their_keys(db, marked):
    """The requests are the site administrator's, who has all filters."""
    leaks, count = {}, 0
    with visiting(marked.own.ground, marked.own.people[Role.SITE_ADMINISTRATOR]) as visitor:
        for route in newsroom_routes():
            for address in addresses(route, marked.own, max_kinds=1) if route.name != BULK_ROUTE else ():
                with undone():
                    status, response_text = visitor.get(address)
                for name in sorted(parameters(response_text)) if status == 200 else ():
                    for value in values(name, marked.foreign):
                        query = urlencode({name: value})
                        with undone():
                            _status, response_text = visitor.get(f"{address}?{query}")
                        count += 1
                        # The submitted value is shown again.
                        if found := marks_in(response_text, "b") - marks_in(str(value), "b"):
                            leaks[f"{address}?{query}"] = sorted(found)
    assert not leaks, "\n".join(f"{address}: {kinds}" for address, kinds in leaks.items())
    assert count > 50


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SITE_ADMINISTRATOR])
def test_no_preview_of_a_block_shows_anything_of_another_site(db, marked, role):
    previewed = [prefix for prefix, block in Block.definition_registry.items() if block.is_previewable]
    with visiting(marked.own.ground, marked.own.people[role]) as visitor:
        leaks = {}
        for prefix in previewed:
            with undone():
                status, response_text = visitor.get(f"{reverse('wagtailadmin_block_preview')}?id={prefix}")
            assert status == 200, Block.definition_registry[prefix]
            # The network shelf shows public pages of its other sites.
            permitted = PUBLIC if isinstance(Block.definition_registry[prefix], (BorderShelf, NetworkShelf)) else ()
            if found := marks_in(response_text, "b") - set(permitted):
                leaks[prefix] = sorted(found)
    assert leaks == {}
    assert len(previewed) > 20


def people_of(foreign: Planted) -> list[str]:
    """The addresses of all people of the other site: its newsroom, guests and readers."""
    guest, request = foreign["invitation"], foreign["request"]
    staff = [person.email for person in foreign.people.values()]
    return [*staff, guest.email, request.address, foreign["subscriber"].address]


def test_address_of_a_person_of_another_site_reveals_nothing(db, marked):
    """The administrator of this site neither sees nor erases their data there."""
    own = marked.own
    with visiting(own.ground, own.people[Role.SITE_ADMINISTRATOR]) as visitor:
        for address in people_of(marked.foreign):
            for action in ("show", "export", "erase"):
                leaks = ask_for(visitor, address, action) - marks_in(address, "b")
                assert leaks == set(), (address, action)
            query = urlencode({"q": address})
            for name in ("site_accounts", "newsletter_subscribers", "sheet_requests:index"):
                with undone():
                    _status, response_text = visitor.get(f"{reverse(name)}?{query}")
                assert marks_in(response_text, "b") <= marks_in(address, "b"), (name, address)


def ask_for(visitor: Visitor, address: str, action: str) -> set[str]:
    with undone():
        status, response_text = visitor.post(
            reverse("personal_data"), urlencode({"address": address, "action": action})
        )
        assert status == 200
        return marks_in(response_text, "b")


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("name", "kind"), [("event_dates", "event"), ("recap_photos", "recap"), ("editorial:answer", "step")]
)
def test_key_of_another_site_gets_the_response_of_an_unknown_one(db, marked, role, name, kind):
    with visiting(marked.own.ground, marked.own.people[role]) as visitor, undone():
        status, _said = visitor.get(reverse(name, args=[key_of(marked.foreign, kind)]))

    assert status == 404
