"""The pages that the newsroom lists, without reading all of them."""

import pytest
from django.db import connection
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry

from portal.editorial.roles import Role, group_of
from tests.builders import make_article, make_member, make_newsroom, make_site

pytestmark = pytest.mark.django_db


def keys(pages):
    return set(pages.values_list("pk", flat=True))


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER, Role.SITE_ADMINISTRATOR])
def test_role_finds_the_same_pages_as_in_stock_wagtail(lorraine, saar, role):
    make_article(lorraine.section), make_article(saar.section)
    user = make_newsroom(lorraine)[role]
    ours, wagtails = policy_registry.get_by_type(Page), PagePermissionPolicy()

    assert keys(ours.explorable_instances(user)) == keys(wagtails.explorable_instances(user))
    for actions in ({"change"}, {"publish"}, {"add", "change"}, {"lock", "bulk_delete"}):
        found = ours.instances_user_has_any_permission_for(user, actions)
        assert keys(found) == keys(wagtails.instances_user_has_any_permission_for(user, actions))
        assert saar.section.pk not in keys(found)


def test_editor_of_two_sites_finds_pages_of_both_only(lorraine, saar):
    third = make_site("third.localhost")
    make_newsroom(lorraine), make_newsroom(saar), make_newsroom(third)
    groups = [group_of(ground.site, Role.EDITOR) for ground in (lorraine, saar)]
    user = make_member("both", *groups)

    found = keys(policy_registry.get_by_type(Page).explorable_instances(user))

    assert found == keys(PagePermissionPolicy().explorable_instances(user))
    assert {lorraine.section.pk, saar.section.pk} <= found
    assert third.section.pk not in found


def test_list_checks_ancestry_only_once(lorraine):
    user = make_newsroom(lorraine)[Role.SITE_ADMINISTRATOR]

    asked = str(policy_registry.get_by_type(Page).instances_user_has_any_permission_for(user, {"change"}).query)

    # Joined with the pages that they may change as owners.
    assert asked.count(lorraine.home.path) <= 2


def test_pages_of_a_person_are_looked_up_once_for_a_response(lorraine, saar, django_assert_num_queries):
    user, policy = make_newsroom(lorraine)[Role.EDITOR], policy_registry.get_by_type(Page)
    found = keys(policy.explorable_instances(user).filter(pk=lorraine.section.pk))
    with django_assert_num_queries(0):
        again = policy.explorable_instances(user)
    assert found < keys(again)
    assert saar.section.pk not in keys(again)


@pytest.mark.parametrize(
    ("name", "columns"),
    [("core_page_by_depth", ["depth", "path"]), ("core_page_by_publication", ["last_published_at"])],
)
def test_list_of_pages_uses_an_index(name, columns):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Page._meta.db_table)

    assert found[name]["columns"] == columns
