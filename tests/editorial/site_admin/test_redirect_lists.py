"""An administrator uploads a list of old and new addresses; each line is checked, and rejected lines are named."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import ModelLogEntry

from portal.editorial.roles import Role
from portal.editorial.site_admin import redirect_lists
from portal.editorial.site_admin.redirect_lists import read_redirects
from portal.platform.spreadsheets.reading import SheetError
from tests.builders import make_article, make_draft, make_member, newsroom_client
from tests.checkers.refusals import is_refused

pytestmark = pytest.mark.django_db
PLUGIN = {
    "plugin": {"version": "5.5"},
    "redirects": [
        {"url": "/old/", "action_data": {"url": "/fr/"}, "action_code": 301, "action_type": "url", "match_type": "url", "regex": False, "enabled": True},
        {"url": "/soon/", "action_data": {"url": "/fr/"}, "action_code": 302, "action_type": "url", "match_type": "url", "regex": False, "enabled": True},
        {"url": "^/a/(.*)", "action_data": {"url": "/fr/$1"}, "action_code": 301, "action_type": "url", "match_type": "url", "regex": True, "enabled": True},
        {"url": "/agent/", "action_data": {"url_from": "/x/"}, "action_code": 301, "action_type": "url", "match_type": "agent", "regex": False, "enabled": True},
        {"url": "/off/", "action_data": {"url": "/fr/"}, "action_code": 301, "action_type": "url", "match_type": "url", "regex": False, "enabled": False},
        {"url": "/gone/", "action_data": "", "action_code": 410, "action_type": "error", "match_type": "url", "regex": False, "enabled": True},
    ],
}  # fmt: skip
PLUGIN_CSV = b"""source,target,regex,code,type,hits,title,status
/old/,/fr/,0,301,url,3,,enabled
^/a/(.*),/fr/$1,1,301,url,3,,enabled
"""


def taken(content: bytes) -> list[tuple[str, str, bool]]:
    return [(each.old, each.new, each.is_permanent) for each in read_redirects(content) if not each.problem]


@pytest.mark.parametrize(
    "head",
    [
        "old address;new address",
        "Ancienne adresse;Nouvelle adresse",
        "ancienne;nouvelle",
        "Alte Adresse;Neue Adresse",
        "source;target",
    ],
)
def test_columns_are_known_by_name_in_three_languages(head):
    assert taken(f"{head}\n/old/;/fr/\n".encode()) == [("/old/", "/fr/", True)]


def test_columns_without_names_are_old_and_new():
    assert taken(b"/old/,/fr/\n/older/,/fr/\n") == [("/old/", "/fr/", True), ("/older/", "/fr/", True)]


def test_export_of_the_plugin_has_permanent_and_temporary_rules():
    assert taken(json.dumps(PLUGIN).encode()) == [("/old/", "/fr/", True), ("/soon/", "/fr/", False)]
    assert taken(PLUGIN_CSV) == [("/old/", "/fr/", True)]


def test_rule_with_a_regular_expression_is_named():
    (found,) = [each for each in read_redirects(PLUGIN_CSV) if each.problem]

    assert (found.line, found.old) == (3, "^/a/(.*)")
    assert found.problem


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"redirects": 1}',
        b'{"a": []}',
        b"PK\x03\x04",
        b'{"redirects": [1]}',
        b'{"redirects":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"redirects": [{"url": "/\\ud800", "action_data": {"url": "/fr/"}}]}',
    ],
    ids=["empty", "number", "other key", "zip", "number in the list", "nested deeply", "half of a character"],
)
def test_file_that_is_not_a_list_is_refused(content):
    with pytest.raises(SheetError):
        read_redirects(content)


@pytest.mark.parametrize(
    "content",
    [
        b"old;new\n" + b"/old/;/fr/\n" * 4 + b'/old/;"',
        b"/old/;/fr/\n" * 5 + b'/old/;"',
        json.dumps({"redirects": [{"url": "/old/"}] * 4 + [0]}).encode(),
    ],
    ids=["columns with names", "columns without names", "export of the plugin"],
)
def test_list_that_is_too_long_is_not_read_to_its_end(monkeypatch, content):
    monkeypatch.setattr(redirect_lists, "MOST_LINES", 3)

    # The broken line at the end would be another error.
    with override("en"), pytest.raises(SheetError, match="more than 3 lines"):
        read_redirects(content)


@pytest.mark.parametrize("head", ["", "old;new\n"])
def test_longest_list_is_accepted(monkeypatch, head):
    monkeypatch.setattr(redirect_lists, "MOST_LINES", 3)

    assert len(read_redirects(f"{head}/a;/b\n/c;/d\n/e;/f\n".encode())) == 3


def check(client, ground, content: bytes):
    """The page with the checked lines."""
    file = SimpleUploadedFile("list.csv", content)
    return client.post(reverse("site_redirects_import"), {"site": ground.site.pk, "file": file})


def outcome(client, ground, *lines: str) -> tuple[list[str], list[str]]:
    """The accepted old addresses, and those left out."""
    context = check(client, ground, "\n".join(["old;new", *lines]).encode()).context
    return [each.path for each in context["taken"]], [each.listed.old for each in context["refused"]]


def create(client, ground, *lines: str):
    page = check(client, ground, "\n".join(["old;new", *lines]).encode())
    return client.post(reverse("site_redirects_import"), {"lines": page.context["signed"]})


def test_check_creates_nothing(lorraine, administrator):
    assert outcome(administrator, lorraine, "/ancien;https://example.org/") == (["/ancien"], [])
    assert not Redirect.objects.exists()


def test_redirect_to_a_page_follows_the_page(lorraine, administrator):
    page = make_article(lorraine.section, "Le four rallumé")

    create(administrator, lorraine, f"/ancien.html;{page.full_url}")

    assert Redirect.objects.get().redirect_page_id == page.pk


def test_each_redirect_is_logged(lorraine, administrator):
    create(administrator, lorraine, "/un;https://example.org/1", "/deux;https://example.org/2")

    assert ModelLogEntry.objects.filter(action="wagtail.create").count() == 2


def test_loop_is_left_out(lorraine, administrator):
    lines = ("/a;/b", "/b;/c", "/c;/a", "/d;https://example.org/")

    assert outcome(administrator, lorraine, *lines) == (["/d"], ["/a", "/b", "/c"])


def test_loop_with_a_redirect_that_exists_is_left_out(lorraine, administrator):
    Redirect.objects.create(site=lorraine.site, old_path="/b", redirect_link="/a")

    assert outcome(administrator, lorraine, "/a;/b") == ([], ["/a"])


def test_chain_leads_to_its_end_at_once(lorraine, administrator):
    page = make_article(lorraine.section, "Le four rallumé")

    shown = check(administrator, lorraine, f"old;new\n/a;/b\n/b;{page.full_url}".encode())
    create(administrator, lorraine, "/a;/b", f"/b;{page.full_url}")

    assert [bool(each.note) for each in shown.context["taken"]] == [True, False]
    assert {row.redirect_page_id for row in Redirect.objects.all()} == {page.pk}


def test_redirect_at_the_address_of_a_live_page_is_not_followed(lorraine, administrator):
    page, draft = make_article(lorraine.section, "Le four rallumé"), make_draft(make_article(lorraine.section, "Deux"))
    path = lorraine.address(page)
    Redirect.add_redirect(path, draft, site=lorraine.site)

    create(administrator, lorraine, f"/a;{path}")

    assert Redirect.objects.get(old_path="/a").redirect_page_id == page.pk


def test_refused_line_is_not_followed_by_other_lines(lorraine, administrator):
    page = make_article(lorraine.section, "Le four rallumé")
    lines = (f"{page.full_url};https://evil.example/", f"/a;{page.full_url}", "/b;/a")

    shown = check(administrator, lorraine, "\n".join(["old;new", *lines]).encode())

    assert [(each.path, each.page and each.page.pk) for each in shown.context["taken"]] == [
        ("/a", page.pk),
        ("/b", page.pk),
    ]


def test_line_that_leads_to_a_refused_one_is_left_out(lorraine, administrator):
    lines = ("/robots.txt;https://example.org/", "/b;/robots.txt", "/a;/c", "/c;/nulle-part/")

    assert outcome(administrator, lorraine, *lines) == (["/b"], ["/robots.txt", "/a", "/c"])


@pytest.mark.parametrize(
    "old", ["/admin/", "/admin/pages/12", "/static/a.css", "/sitemap.xml", "/robots.txt?a=1", "/calendar.ics"]
)
def test_old_address_where_the_portal_responds_is_named(lorraine, administrator, old):
    page = check(administrator, lorraine, f"old;new\n{old};https://example.org/\n".encode())

    (found,) = page.context["refused"]
    assert found.problem
    assert not page.context["taken"]


@pytest.mark.parametrize("old", ["/administration", "/documents/5/plan.pdf", "/fr/ancien/feed.rss", "/a.php?p=1"])
def test_unused_old_address_is_accepted(lorraine, administrator, old):
    assert outcome(administrator, lorraine, f"{old};https://example.org/") == ([old], [])


@pytest.mark.parametrize("new", ["\\\\evil.example", "/\\evil.example", "\\evil.example"])
def test_new_address_that_begins_with_a_backslash_is_left_out(lorraine, administrator, new):
    assert outcome(administrator, lorraine, f"/a;{new}") == ([], ["/a"])


def test_old_address_at_another_host_is_left_out(lorraine, administrator):
    assert outcome(administrator, lorraine, "https://autre.example/a;/fr/", "/b;/fr/") == (
        ["/b"],
        ["https://autre.example/a"],
    )


def test_new_address_at_another_host_is_named(lorraine, administrator):
    page = check(administrator, lorraine, b"old;new\n/a;https://autre.example/neu\n")

    assert "autre.example" in page.context["taken"][0].note


def test_second_line_with_the_same_address_is_left_out(lorraine, administrator):
    lines = ("/a;https://example.org/1", "/a/;https://example.org/2")

    assert outcome(administrator, lorraine, *lines) == (["/a"], ["/a/"])


@pytest.mark.parametrize("new", ["/fr/nulle-part/", "/nulle-part/", "/fr/themes/nulle-part/"])
def test_new_address_without_a_page_is_left_out(lorraine, administrator, new):
    assert outcome(administrator, lorraine, f"/a;{new}") == ([], ["/a"])


def test_draft_cannot_be_a_target(lorraine, administrator):
    draft = make_article(lorraine.section, "Brouillon")
    draft.unpublish()

    assert outcome(administrator, lorraine, f"/a;{draft.full_url}") == ([], ["/a"])


def test_page_at_the_old_address_is_named(lorraine, administrator):
    page = make_article(lorraine.section, "Le four rallumé")

    assert outcome(administrator, lorraine, f"{page.full_url};https://example.org/") == ([], [page.full_url])


def test_existing_redirect_is_unchanged(lorraine, administrator):
    Redirect.objects.create(site=lorraine.site, old_path="/a", redirect_link="https://example.org/1")

    page = check(administrator, lorraine, b"old;new\n/a;https://example.org/1\n/a/x;https://example.org/1\n")
    assert page.context["known"] == 1
    assert outcome(administrator, lorraine, "/a;https://example.org/2") == ([], ["/a"])


def test_redirect_of_another_site_does_not_conflict_and_stays(lorraine, saar, administrator):
    foreign = Redirect.objects.create(site=saar.site, old_path="/a", redirect_link="https://example.org/fremd")

    create(administrator, lorraine, "/a;https://example.org/1")

    assert Redirect.objects.get(site=lorraine.site).redirect_link == "https://example.org/1"
    assert Redirect.objects.get(site=saar.site) == foreign


def test_list_of_another_site_is_refused(lorraine, saar, administrator):
    page = check(administrator, saar, b"old;new\n/a;https://example.org/1\n")

    assert "site" in page.context["form"].errors


def test_confirmation_works_for_nobody_else(lorraine, saar, newsrooms, administrator):
    content = b"old;new\n/a;https://example.org/1\n"
    signed = check(administrator, lorraine, content).context["signed"]
    other = newsroom_client(saar, newsrooms.saar[Role.SITE_ADMINISTRATOR])

    other.post(reverse("site_redirects_import"), {"lines": signed})
    administrator.post(reverse("site_redirects_import"), {"lines": signed + "x"})

    assert not Redirect.objects.exists()


def test_editor_imports_no_redirects(lorraine, newsroom):
    assert is_refused(newsroom_client(lorraine, newsroom[Role.EDITOR]).get(reverse("site_redirects_import")))


def test_wagtails_own_import_leads_to_this_one(lorraine):
    client = newsroom_client(lorraine, make_member("chief", is_superuser=True))
    for name in ("start_import", "process_import"):
        response = client.get(reverse(f"wagtailredirects:{name}"))
        assert response["Location"] == reverse("site_redirects_import")


def test_page_of_refused_lines_does_not_show_endless_addresses():
    (line,) = read_redirects(b"/old/" + b"a" * 100_000 + b";/fr/\n")

    assert len(line.old) <= 1000
