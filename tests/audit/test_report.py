"""Reports → Audit log: network administrators see all entries, site administrators those of their site."""

import json
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from wagtail.log_actions import LogContext
from wagtail.users.models import UserProfile

from portal.audit.chain import chain_waiting
from portal.audit.log import record
from portal.content.records.settings import SiteSettings
from portal.editorial.models import SignInRule
from portal.editorial.roles import Role
from tests.audit.acts import last, words
from tests.builders import newsroom_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def network_administrator():
    return get_user_model().objects.create_superuser("reseau", "reseau@lorraine.test", "secret")


@pytest.fixture(autouse=True)
def log(lorraine, saar):
    record("portal.test", site=lorraine.site.pk, who={"name": "Anna"}, title="Act of Lorraine")
    record("portal.session.begin", site=lorraine.site.pk, who={"name": "Berthe"}, title="Other act of Lorraine")
    record("portal.test", site=saar.site.pk, who={"name": "Karl"}, title="Act of the Saar")
    record("portal.test", who={"name": "Root"}, title="Act of the network")
    chain_waiting()


def shown(ground, user, **query):
    response = newsroom_client(ground, user).get(reverse("audit_log"), query)
    return {
        row["object"] for row in response.context["object_list"] if "Act" in row["object"] or "act" in row["object"]
    }


def test_network_administrator_sees_all_entries(lorraine, network_administrator):
    assert shown(lorraine, network_administrator) == {
        "Act of Lorraine",
        "Other act of Lorraine",
        "Act of the Saar",
        "Act of the network",
    }


def test_site_administrator_sees_only_entries_of_the_site(lorraine, newsroom):
    assert shown(lorraine, newsroom[Role.SITE_ADMINISTRATOR]) == {"Act of Lorraine", "Other act of Lorraine"}


def test_filters_reveal_no_other_site(lorraine, saar, newsroom):
    administrator = newsroom[Role.SITE_ADMINISTRATOR]

    assert shown(lorraine, administrator, site_key=saar.site.pk, words="Karl") == set()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_other_roles_see_no_report(lorraine, newsroom, role):
    client = newsroom_client(lorraine, newsroom[role])

    assert client.get(reverse("audit_log")).status_code == 302
    assert reverse("audit_log") not in client.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"words": "anna"}, {"Act of Lorraine"}),
        ({"action": "portal.session.begin"}, {"Other act of Lorraine"}),
        ({"at_from": "2001-01-01", "at_to": "2001-01-02"}, set()),
    ],
)
def test_report_is_searched_and_filtered(lorraine, network_administrator, query, expected):
    assert shown(lorraine, network_administrator, **query) == expected


def test_report_is_filtered_by_site(lorraine, saar, network_administrator):
    assert shown(lorraine, network_administrator, site_key=saar.site.pk) == {"Act of the Saar"}


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_export_of_a_site_has_only_its_entries_and_is_logged(lorraine, newsroom, kind):
    administrator = newsroom[Role.SITE_ADMINISTRATOR]
    response = newsroom_client(lorraine, administrator).get(
        reverse("audit_log"), {"export": kind, "action": "portal.test"}
    )
    text = b"".join(response.streaming_content).decode()

    assert "Act of Lorraine" in text
    assert "Saar" not in text
    assert (last("portal.audit.export").actor_key, last("portal.audit.export").site_key) == (
        administrator.pk,
        lorraine.site.pk,
    )
    assert words(last("portal.audit.export"))["data"]["action"] == "portal.test"


@pytest.fixture
def changes(lorraine, network_administrator):
    """The four-eyes rule is waived, and editors need a second factor: what was and is in the log."""
    settings = SiteSettings.for_site(lorraine.site)
    with LogContext(user=network_administrator):
        settings.four_eyes = False
        settings.save()
        SignInRule.objects.create(site=lorraine.site, role=Role.EDITOR.value, demanded_from=date(2027, 3, 1))
    chain_waiting()


@pytest.mark.parametrize("kind", ["list", "csv"])
def test_values_are_in_the_language_of_the_reader(lorraine, newsroom, changes, kind):
    UserProfile.objects.create(user=newsroom[Role.SITE_ADMINISTRATOR], preferred_language="de")
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    response = client.get(reverse("audit_log"), {} if kind == "list" else {"export": kind})
    text = response.content.decode() if kind == "list" else b"".join(response.streaming_content).decode()

    assert "Vier-Augen-Prinzip: ja" in text
    assert "Vier-Augen-Prinzip: nein" in text
    assert "Braucht einen zweiten Faktor ab: 01.03.2027" in text
    assert "Rolle: Redakteur" in text
    assert f"Website: {lorraine.site.site_name}" in text
    assert "four_eyes" not in text


def test_exported_lines_have_raw_values(lorraine, newsroom, changes):
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    response = client.get(reverse("audit_log"), {"export": "jsonl", "action": "portal.settings.change"})
    line = json.loads(b"".join(response.streaming_content).decode().splitlines()[-1])

    assert line["what_words"]["before"] == {"four_eyes": True}
    assert line["what_words"]["after"] == {"four_eyes": False}


def test_exported_lines_are_json(lorraine, network_administrator):
    response = newsroom_client(lorraine, network_administrator).get(reverse("audit_log"), {"export": "jsonl"})
    lines = [json.loads(line) for line in b"".join(response.streaming_content).decode().splitlines()]

    assert {"sequence", "previous", "hash", "who_words", "what_words"} <= lines[0].keys()


def test_query_count_does_not_grow_with_the_entries(lorraine, network_administrator, django_assert_max_num_queries):
    client = newsroom_client(lorraine, network_administrator)
    client.get(reverse("audit_log"))
    for number in range(40):
        record("portal.test", title=f"Act {number}")
    chain_waiting()

    with django_assert_max_num_queries(20):
        client.get(reverse("audit_log"))
