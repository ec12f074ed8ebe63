"""Reports → Accounts: permissions by site, unused accounts, and accounts without a second factor."""

import csv
import io
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import LogContext

from portal.editorial.models import RoleProposal
from portal.editorial.roles import Role, group_of
from tests.audit.acts import last
from tests.builders import make_member, newsroom_client
from tests.checkers.refusals import is_refused
from tests.editorial.sign_in.acts import SECRET

REPORT = "/admin/reports/accounts/"


@pytest.fixture
def both(lorraine, saar):
    return make_member("both", group_of(lorraine.site, Role.EDITOR), group_of(saar.site, Role.APPROVER))


@pytest.fixture
def root(lorraine):
    return make_member("root", is_superuser=True)


@pytest.fixture
def everything(lorraine, root):
    """As a network administrator."""
    return newsroom_client(lorraine, root)


def rows(client, **query):
    """Pairs of username and role."""
    return [(row.username, row.role, row.site_name) for row in client.get(REPORT, query).context["object_list"]]


def names(client, **query):
    return {name for name, _role, _site in rows(client, **query)}


def test_administrator_of_a_site_sees_its_people_and_their_roles_there(lorraine, both, root, newsrooms, administrator):
    found = rows(administrator)

    assert {name for name, _role, _site in found} == {
        "both",
        *(person.username for person in newsrooms.lorraine.values()),
    }
    assert [row for row in found if row[0] == "both"] == [("both", "Editor", lorraine.site.site_name)]
    assert {site for _name, _role, site in found} == {lorraine.site.site_name}


def test_filters_reveal_no_other_site(lorraine, saar, both, administrator):
    assert "both" not in names(administrator, role=Role.APPROVER.value)
    assert {site for _name, _role, site in rows(administrator, site=saar.site.pk)} <= {lorraine.site.site_name}


def test_network_administrator_sees_every_role_and_accounts_without_one(lorraine, saar, both, everything):
    make_member("nobody")

    found = rows(everything)

    assert [row for row in found if row[0] == "both"] == [
        ("both", "Editor", lorraine.site.site_name),
        ("both", "Approver", saar.site.site_name),
    ]
    assert ("root", "Administrator of the network", "") in found
    assert ("nobody", "no role", "") in found


def test_report_is_filtered_by_site_and_role(saar, both, newsrooms, everything):
    assert names(everything, site=saar.site.pk, role=Role.APPROVER.value) == {
        "both",
        newsrooms.saar[Role.APPROVER].username,
    }


def test_accounts_out_of_use_for_ninety_days(newsroom, administrator):
    now, model = timezone.now(), get_user_model()
    model.objects.update(last_login=now - timedelta(days=89))
    unused, never = newsroom[Role.EDITOR], newsroom[Role.APPROVER]
    model.objects.filter(pk=unused.pk).update(last_login=now - timedelta(days=91))
    model.objects.filter(pk=never.pk).update(last_login=None, date_joined=now - timedelta(days=91))
    new = newsroom[Role.ORGANISER]
    model.objects.filter(pk=new.pk).update(last_login=None)

    assert names(administrator, used="not") == {unused.username, never.username}


def test_accounts_without_a_second_factor(newsroom, administrator):
    editor = newsroom[Role.EDITOR]
    TOTP.activate(editor, SECRET)

    assert editor.username not in names(administrator, factor="none")
    assert names(administrator, factor="some") == {editor.username}


def test_closed_accounts_may_do_nothing_and_are_left_out(newsroom, administrator):
    get_user_model().objects.filter(pk=newsroom[Role.EDITOR].pk).update(is_active=False)

    assert newsroom[Role.EDITOR].username not in names(administrator)


def test_report_says_since_when_and_by_whom_a_role_is_held(lorraine, newsroom, administrator):
    giver = newsroom[Role.SITE_ADMINISTRATOR]
    nina = make_member("nina")
    with LogContext(user=giver):
        nina.groups.add(group_of(lorraine.site, Role.EDITOR))

    [row] = [row for row in administrator.get(REPORT).context["object_list"] if row.username == "nina"]

    assert (row.given_by, row.given_at.date()) == (str(giver), timezone.now().date())


def test_spreadsheet_has_the_same_rows_and_its_export_is_logged(lorraine, saar, both, newsroom, administrator):
    TOTP.activate(newsroom[Role.EDITOR], SECRET)
    response = administrator.get(REPORT, {"export": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))

    assert table[0][:2] == ["Name", "User name"]
    assert [row[3:5] for row in table if row[1] == "both"] == [[lorraine.site.site_name, "Editor"]]
    assert [row[-1] for row in table if row[1] == newsroom[Role.EDITOR].username] == ["app with codes"]
    assert saar.site.site_name not in text
    assert last("portal.account.export").site_key == lorraine.site.pk


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_other_roles_see_no_report(lorraine, newsroom, role):
    client = newsroom_client(lorraine, newsroom[role])

    assert is_refused(client.get(REPORT))
    assert REPORT not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_report_needs_as_many_queries_for_many_people_as_for_few(
    lorraine, administrator, django_assert_max_num_queries
):
    administrator.get(REPORT)
    with django_assert_max_num_queries(60) as few:
        administrator.get(REPORT)
    for number in range(10):
        TOTP.activate(make_member(f"person-{number}", group_of(lorraine.site, Role.EDITOR)), SECRET)

    with django_assert_max_num_queries(len(few)):
        administrator.get(REPORT)


@pytest.fixture
def proposer(newsroom):
    return newsroom[Role.SITE_ADMINISTRATOR]


@pytest.mark.parametrize("is_new", [True, False])
def test_proposed_role_is_listed_with_whom_it_waits_for(lorraine, saar, newsrooms, proposer, administrator, is_new):
    make_member("collegue", group_of(lorraine.site, Role.SITE_ADMINISTRATOR))
    nina = make_member("nina", *([] if is_new else [group_of(lorraine.site, Role.EDITOR)]))
    there = newsroom_client(saar, newsrooms.saar[Role.SITE_ADMINISTRATOR])
    RoleProposal.objects.create(account=nina, group=group_of(lorraine.site, Role.APPROVER), proposed_by=proposer)

    [role] = [role for name, role, _site in rows(administrator) if name == "nina"]

    words = f"proposed: Approver of {lorraine.site.site_name}. It can be confirmed by: collegue."
    assert role == (words if is_new else f"Editor, {words}")
    assert "nina" not in names(there)


def test_printed_report_names_user_date_and_network(proposer, administrator, settings):
    page = BeautifulSoup(administrator.get(REPORT).content, "html.parser")

    printed = page.select_one(".printed").get_text()
    assert settings.WAGTAIL_SITE_NAME in printed
    assert proposer.username in printed
    assert str(timezone.localdate().year) in printed
