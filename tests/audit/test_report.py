"""Reports → Audit log: network administrators see all entries, site administrators those of their site."""

import json
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from wagtail.log_actions import LogContext, log
from wagtail.users.models import UserProfile

from portal.audit.chain import chain_pending
from portal.audit.log import record
from portal.content.records.settings import SiteSettings
from portal.editorial.models import SignInRule
from portal.editorial.roles import Role
from tests.audit.acts import last, words
from tests.builders import make_article, make_member, newsroom_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def network_administrator():
    return get_user_model().objects.create_superuser("reseau", "reseau@lorraine.test", "secret")


@pytest.fixture(autouse=True)
def entries(lorraine, saar):
    record("portal.test", site=lorraine.site.pk, who={"name": "Anna"}, title="Act of Lorraine")
    record("portal.session.begin", site=lorraine.site.pk, who={"name": "Berthe"}, title="Other act of Lorraine")
    record("portal.test", site=saar.site.pk, who={"name": "Karl"}, title="Act of the Saar")
    record("portal.test", who={"name": "Root"}, title="Act of the network")
    chain_pending()


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
def test_search_and_filters_narrow_the_report(lorraine, network_administrator, query, expected):
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
    """Entries for a waived four-eyes rule and for a new editor rule, with the values before and after."""
    settings = SiteSettings.for_site(lorraine.site)
    with LogContext(user=network_administrator):
        settings.four_eyes = False
        settings.save()
        SignInRule.objects.create(site=lorraine.site, role=Role.EDITOR.value, demanded_from=date(2027, 3, 1))
    chain_pending()


@pytest.mark.parametrize("kind", ["list", "csv"])
def test_values_are_in_the_readers_language(lorraine, newsroom, changes, kind):
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
    chain_pending()

    with django_assert_max_num_queries(20):
        client.get(reverse("audit_log"))


def rows(ground, user):
    chain_pending()
    return list(newsroom_client(ground, user).get(reverse("audit_log")).context["object_list"])


def test_affected_account_is_named(lorraine, newsroom, network_administrator):
    editor = newsroom[Role.EDITOR]
    record("portal.factor.add", actor=editor, target=editor, data={"kind": "totp"})

    row = rows(lorraine, network_administrator)[0]

    assert (row["kind"], row["object"], row["data"]) == ("user", str(editor), "Type: app with codes")


def test_deleted_account_is_not_named(lorraine, newsroom, network_administrator):
    record("portal.account.deleted", target=("accounts.User", 987654))

    assert rows(lorraine, network_administrator)[0]["object"] == "a deleted account (987654)"


def test_wagtails_entries_are_in_the_readers_language(lorraine, newsroom):
    reader = newsroom[Role.SITE_ADMINISTRATOR]
    UserProfile.objects.create(user=reader, preferred_language="de")
    page = {"id": 216, "title": "Une usine"}
    facts = {"site": lorraine.site.pk, "target": ("wagtailcore.Page", 216), "title": "Une usine"}
    record("wagtail.convert_alias", **facts, data={"page": page, "revision": 7})
    record("wagtail.publish", **facts, data={"title": {"old": "Un four", "new": "Une usine"}, "revision": 8})

    published, converted = rows(lorraine, reader)[:2]

    assert converted["object"] == "Une usine"
    assert converted["data"] == "Der Alias „Une usine“ ist eine gewöhnliche Seite geworden"
    assert published["data"] == "Titel: Un four → Une usine"


def test_handover_names_the_person_who_takes_over(lorraine, newsroom, network_administrator):
    holder = newsroom[Role.EDITOR]
    facts = {"before": {"roles": ["Editor"], "drafts": 2}, "after": {"account": "closed", "holder": holder.pk}}
    record("portal.account.left", target=newsroom[Role.APPROVER], **facts)

    row = rows(lorraine, network_administrator)[0]

    assert row["before"] == "Drafts: 2 · Roles: Editor"
    assert row["after"] == f"Account: closed · Taken over by: {holder}"


def test_filters_of_an_export_are_logged_in_words(lorraine, network_administrator):
    record(
        "portal.audit.export",
        data={"export": "csv", "action": "portal.session.begin", "at_from": "2026-11-01", "site_key": lorraine.site.pk},
    )

    words = rows(lorraine, network_administrator)[0]["data"]

    assert words == f"Action: Signed in · First day: 01/11/2026 · Format: csv · Site: {lorraine.site.site_name}"


def test_time_of_a_scheduled_publication_stays(lorraine, newsroom):
    page = make_article(lorraine.section)
    revision = page.save_revision()
    revision_facts = {"id": revision.pk, "created": "2026-11-24T12:00:00Z", "go_live_at": "2026-12-01T07:00:00Z"}
    data = {"revision": {**revision_facts, "has_live_version": True}}
    log(page, "wagtail.publish.schedule", user=newsroom[Role.APPROVER], revision=revision, data=data)

    assert words(last("wagtail.publish.schedule"))["data"]["revision"]["go_live_at"] == "2026-12-01T07:00:00Z"


def test_names_of_many_accounts_need_as_many_queries_as_one(
    lorraine, network_administrator, django_assert_max_num_queries
):
    client = newsroom_client(lorraine, network_administrator)
    record("portal.account.created", target=make_member("person"))
    chain_pending()
    client.get(reverse("audit_log"))
    with django_assert_max_num_queries(30) as few:
        client.get(reverse("audit_log"))
    for number in range(20):
        record("portal.account.created", target=make_member(f"person-{number}"))
    chain_pending()

    with django_assert_max_num_queries(len(few)):
        client.get(reverse("audit_log"))
