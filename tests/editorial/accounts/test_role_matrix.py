"""For every role, kind of page in both sites and action, the result matches the permissions table."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page
from wagtail.signal_handlers import disable_reference_index_auto_update

from portal.content.pages.pages import PortalPage
from portal.content.permissions import PortalPageTester
from portal.editorial.approval.permissions import NewsroomTester
from portal.editorial.roles import ROLE_PERMISSIONS, PermissionScope, Role, apply_permissions
from tests.builders import (
    make_article,
    make_calendar,
    make_draft,
    make_event,
    make_member,
    make_section,
    make_section_member,
    make_standard_page,
    newsroom_client,
)
from tests.conftest import rolled_back
from tests.editorial.actions import ACTIONS, reload

ADMINISTRATOR = "administrator"
# Equal to the start in an event's form data.
START = datetime(2027, 3, 2, 8, tzinfo=UTC)
ROLES = [*Role, ADMINISTRATOR]


@dataclass(frozen=True)
class Case:
    """A page and its possible destinations; `own` means that the acting person wrote and owns it."""

    page: Page
    # Another possible parent in the same site: a sibling section, or its calendar.
    aside: Page
    # The page below which the translation is created, including missing pages above it.
    abroad: Page | None
    home_site: bool
    own: bool = False


@dataclass(frozen=True)
class Stage:
    people: dict[str, Any]
    cases: dict[str, Case]
    # The cases with pages of one person, by role.
    own: dict[str, dict[str, Case]]
    section_paths: tuple[str, ...]
    calendar_paths: tuple[str, ...]
    # Other possible parents: a section and a calendar of either site.
    places: tuple[Page, ...]

    def cases_of(self, role: str) -> dict[str, Case]:
        return self.cases | self.own[role]


def pending[P: Page](page: P, author: Any, *, live: bool = True) -> P:
    """Give a page a draft by this author, and unpublish it unless it is to stay live."""
    if not live:
        make_draft(page)
    page = reload(page)
    type(page).objects.filter(pk=page.pk).update(owner=author)
    page.owner = author
    page.standfirst = "En attente"
    page.save_revision(user=author)
    return reload(page)


@pytest.fixture(scope="module")
def stage(module_network, module_newsrooms) -> Stage:
    lorraine, saar = module_network.lorraine, module_network.saar
    people: dict[str, Any] = dict(module_newsrooms.lorraine.items())
    people[Role.REVIEWER] = make_section_member(lorraine, Role.REVIEWER)
    people[ADMINISTRATOR] = make_member("network-administrator", is_superuser=True)
    writer = make_member("someone-else")
    beside = make_section(lorraine.home, "À côté")
    calendar_beside = make_calendar(beside)
    saar_beside = make_section(saar.home, "Daneben")
    saar_calendar = make_calendar(saar_beside)
    for role_group in lorraine.site.newsroom_roles.all():
        apply_permissions(role_group)
    abroad = {
        "lorraine": (lorraine.sections["de"], lorraine.calendars["de"]),
        "saar": (saar.sections["fr"], saar.calendars["fr"]),
    }

    def case(page: Page, *, own: bool = False) -> Case:
        here = page.path.startswith(tuple(lorraine.roots.values()))
        is_event = page.specific_class.__name__ == "EventPage"
        places = (calendar_beside if is_event else beside) if here else (saar_calendar if is_event else saar_beside)
        return Case(page, places, abroad["lorraine" if here else "saar"][is_event], here, own)

    cases = {
        "live article": case(pending(make_article(lorraine.section, "En ligne", date=None), writer)),
        "draft article": case(pending(make_article(lorraine.section, "Brouillon", date=None), writer, live=False)),
        "draft event": case(pending(make_event(lorraine.calendar, "Projet", START, place="Metz"), writer, live=False)),
        "article beside": Case(
            pending(make_article(beside, "Ailleurs", date=None), writer), lorraine.section, lorraine.homes["de"], True
        ),
        "foreign live article": case(pending(make_article(saar.section, "Fremd", date=None), writer)),
        "foreign draft event": case(
            pending(make_event(saar.calendar, "Fremdes", START, place="Metz"), writer, live=False)
        ),
    }
    own = {
        role: {
            "own live event": case(
                pending(make_event(lorraine.calendar, f"À {role}", START, place="Metz"), person), own=True
            ),
            "own draft event": case(
                pending(make_event(lorraine.calendar, f"De {role}", START, place="Metz"), person, live=False), own=True
            ),
        }
        for role, person in people.items()
    }
    return Stage(
        people,
        cases,
        own,
        tuple(page.path for page in lorraine.sections.values()),
        tuple(page.path for page in lorraine.calendars.values()),
        (beside, calendar_beside, saar_beside, saar_calendar),
    )


@pytest.fixture(scope="module")
def clients(stage, module_network) -> dict[str, Client]:
    return {role: newsroom_client(module_network.lorraine, person) for role, person in stage.people.items()}


EVERYTHING = frozenset({"add", "change", "lock", "unlock", "publish", "bulk_delete"})


def permissions_at(stage: Stage, role: str, path: str, *, home_site: bool) -> frozenset[str]:
    """The page permissions of a role at a tree path, from the table."""
    if role == ADMINISTRATOR:
        return EVERYTHING
    permissions = ROLE_PERMISSIONS[Role(role)]
    scopes = {PermissionScope.SITE: home_site, PermissionScope.SECTION: path.startswith(stage.section_paths)}
    scopes[PermissionScope.CALENDARS] = path.startswith(stage.calendar_paths)
    return permissions.pages if home_site and scopes[permissions.scope] else frozenset()


def expected(stage: Stage, role: str, case: Case, action: str) -> bool:
    """Whether the action should succeed, by the permissions table and the four-eyes rule."""
    page = case.page
    here = permissions_at(stage, role, page.path, home_site=case.home_site)
    there = permissions_at(stage, role, case.aside.path, home_site=case.home_site)
    above = permissions_at(stage, role, page.get_parent().path, home_site=case.home_site)
    abroad = permissions_at(stage, role, case.abroad.path, home_site=case.home_site) if case.abroad else frozenset()
    edits = "change" in here or ("add" in here and case.own)
    publishes = "publish" in here
    removes = ("change" in here and (publishes or not page.live)) or ("add" in here and case.own and not page.live)
    translates = role == ADMINISTRATOR or ROLE_PERMISSIONS[Role(role)].translates
    return {
        "add": "add" in above,
        "edit": edits,
        "submit": edits,
        "publish": publishes and edits and not case.own,
        "publish_in_bulk": publishes and not case.own,
        "schedule": publishes and edits and not case.own,
        "unschedule": publishes or (edits and case.own),
        "unpublish": publishes and page.live,
        "unpublish_in_bulk": publishes and page.live,
        "delete": removes,
        "delete_in_bulk": removes,
        "move": removes and "add" in there and (not page.live or "publish" in there),
        "move_in_bulk": removes and "add" in there and (not page.live or "publish" in there),
        "copy": edits and "add" in there,
        "copy_live": False,
        "alias": edits and "add" in there and "publish" in there,
        "make_private": publishes,
        "lock": "lock" in here,
        "unlock": "unlock" in here,
        "change_address": edits and ("change" in here or not page.live),
        "translate": translates and edits and "add" in abroad,
        "act_by_api": False,
    }[action]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", ROLES)
def test_actions_have_the_effect_that_the_table_allows(network, stage, clients, role, action):
    german = network.lorraine.homes["de"]
    for name, case in stage.cases_of(role).items():
        if action == "act_by_api" and name not in ("live article", "own draft event"):
            # No page has this URL, so one page is enough.
            continue
        case = Case(reload(case.page), case.aside, case.abroad, case.home_site, case.own)
        # The reference index is slow and has no effect on permissions.
        with rolled_back(), disable_reference_index_auto_update():
            happened = ACTIONS[action](
                clients[role], case.page, case.aside if action != "translate" else case.abroad or german
            )
        assert happened == expected(stage, role, case, action), f"{role} {action} {name}"


def every_page() -> list[PortalPage]:
    return [page for page in Page.objects.filter(depth__gt=1).specific() if isinstance(page, PortalPage)]


def results_of(tester: NewsroomTester) -> dict[str, bool]:
    return {
        "edit": tester.can_edit(),
        "publish": tester.can_publish(),
        "unpublish": tester.can_unpublish(),
        "privacy": tester.can_set_view_restrictions(),
        "unschedule": tester.can_unschedule(),
        "lock": tester.can_lock(),
        "unlock": tester.can_unlock(),
        "copy": tester.can_copy(),
        "reorder": tester.can_reorder_children(),
        "address": tester.may_change_address(),
        "aliases": tester.may_alias_below(),
        "adds and publishes": tester.can_publish_subpage(),
        "delete": tester.can_delete(),
        "add": tester.can_add_subpage(),
    }


def deletes(role: str, permissions: frozenset[str], page: Page, person: Any, *, by_moving: bool = False) -> bool:
    """Whether a role may delete or move away a page with its descendants."""
    if role == ADMINISTRATOR:
        return True
    if not page.is_leaf() and "bulk_delete" not in permissions and not by_moving:
        return False
    taken = page.get_descendants(inclusive=True)
    if "change" in permissions:
        return "publish" in permissions or not taken.live().exists()
    return "add" in permissions and not taken.exclude(live=False, owner=person).exists()


@pytest.mark.parametrize("role", ROLES)
def test_pages_move_only_where_the_table_allows(db, network, stage, role):
    person, tried = stage.people[role], 0
    roots = tuple(network.lorraine.roots.values())
    for page in every_page():
        here = permissions_at(stage, role, page.path, home_site=page.path.startswith(roots))
        edits = "change" in here or ("add" in here and page.owner_id == person.pk)
        removes = deletes(role, here, page, person, by_moving=True)
        shows = page.get_descendants(inclusive=True).live().exists()
        tester = page.permissions_for_user(person)
        for place in stage.places:
            there = permissions_at(stage, role, place.path, home_site=place.path.startswith(roots))
            if page.can_move_to(place) and not place.path.startswith(page.path) and not page.is_child_of(place):
                moves = removes and "add" in there and ("publish" in there or not shows)
                assert tester.can_move_to(place) == moves, f"{role} moves {page} to {place}"
                tried += 1
            if page.can_create_at(place):
                assert tester.can_copy_to(place) == (edits and "add" in there), f"{role} copies {page} to {place}"
                aliases = PortalPageTester(person, place).may_alias_below()
                assert aliases == ("publish" in there), f"{role} puts an alias of {page} below {place}"
    assert tried > 30


@pytest.mark.parametrize("role", ROLES)
def test_permissions_apply_to_all_pages_of_the_users_site_only(db, network, stage, role):
    person = stage.people[role]
    make_standard_page(network.lorraine.home)
    roots = tuple(network.lorraine.roots.values())
    for page in every_page():
        permissions = permissions_at(stage, role, page.path, home_site=page.path.startswith(roots))
        own = page.owner_id == person.pk
        edits = "change" in permissions or ("add" in permissions and own)
        takes_children = bool(page.creatable_subpage_models())
        is_home_above_others = page.depth == 2 and page.numchild > 0
        assert results_of(page.permissions_for_user(person)) == {
            "edit": edits,
            "publish": "publish" in permissions and not own,
            "unpublish": page.live and "publish" in permissions and not is_home_above_others,
            "privacy": "publish" in permissions,
            "unschedule": "publish" in permissions,
            "lock": "lock" in permissions,
            "unlock": "unlock" in permissions,
            "copy": edits,
            # A single child cannot be reordered.
            "reorder": "publish" in permissions and page.numchild > 1,
            "address": not page.live or "change" in permissions,
            "aliases": takes_children and "publish" in permissions,
            "adds and publishes": False,
            "delete": deletes(role, permissions, page, person),
            "add": takes_children and "add" in permissions,
        }, f"{role} on {page}"


@pytest.mark.parametrize("active", [True, False])
def test_people_without_role_or_active_account_have_no_permissions(db, network, stage, active):
    gone = make_member(
        "gone", *stage.people[Role.SITE_ADMINISTRATOR].groups.all() if not active else [], is_active=active
    )
    for page in every_page():
        answers = results_of(page.permissions_for_user(gone))
        answers.pop("address")
        assert not any(answers.values())
