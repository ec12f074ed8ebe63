"""On every screen of the newsroom, found by links and routes, axe finds no violation. None is wider than a phone.

It takes minutes, so the suite only covers the main screens (`tests/journeys/editing/test_every_newsroom_page.py`). Run
it by name: `pytest tests/journeys/every_newsroom_screen.py`. It prints the routes that have no screen, with the
reasons.
"""

import json
import secrets
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import PASSWORD, TIMEOUT, resume_session
from tests.journeys.screens import (
    SKIPPED,
    Screen,
    Screens,
    faults,
    faults_of,
    faults_of_dialogs,
    is_elsewhere,
    known_screens,
    violations,
)
from tests.moving.exports import category, export, item

REDIRECTS = "ancienne;nouvelle\n/vieux/;/fr/\n/boucle/;/boucle/\n"
READERS = "Courriel;Date;Ville\nclaire@reader.example;2024-03-01;Metz\nleon@reader.example;;Nancy\nOdd;;\n"
POSTS = export(category("eco", "Économie"), *(item(f"Nouvelle {n}", f"Le texte {n}", wp_id=n) for n in range(1, 4)))
# Routes that show no screen of their own, with the reason.
LEFT_OUT = {
    "admin/^.*/$": "answers what no other address does, with 404",
    "admin/^api/main/(?:(?:images|documents)/|pages/\\d+/action/)": "closed",
    "admin/settings/<slug:app_name>/<slug:model_name>/": "redirects to the settings of a site",
    "edit_shown_page": "redirects to the form of the page that a reader has open",
    "find_topics": "data for the field of topics",
    "newsletter_confirm": "opened after an approval only, in tests/journeys/readers/test_newsletter.py",
    "openid_connect_callback": "redirects, with what a provider has answered",
    "openid_connect_login": "redirects to a provider",
    "saml_acs": "redirects, with what a provider has signed",
    "saml_finish_acs": "redirects, with what a provider has signed",
    "saml_metadata": "a file for a provider",
    "saml_sls": "redirects, with what a provider has signed",
    "sign_in_again": "redirects to a provider",
    "signed_out_there": "redirects, with what a provider has signed",
    "wagtailforms:list_submissions_results": "no list of messages has filters",
    "wagtailimages:url_generator": "closed: pictures have no further addresses",
    "wagtailimages:url_generator_output": "closed: pictures have no further addresses",
    "wagtaillocales:add": "closed: languages are a setting of the installation",
    "wagtailadmin_pages:revisions_index": "redirects to the history",
    "wagtailredirects:process_import": "redirects to our own import",
    "wagtailredirects:start_import": "redirects to our own import",
    "wagtailsites:add": "redirects to our own form",
    "wagtailsnippetchoosers_core_topic:create": "closed: topics are made in their list",
    "wagtailsnippets:index": "closed: topics and people have lists of their own",
    "wagtailusers_users:add": "redirects to our own form",
    **dict.fromkeys(
        (
            *(f"wagtailadmin_api:documents:{view}" for view in ("detail", "find", "listing")),
            *(f"wagtailadmin_api:images:{view}" for view in ("detail", "find", "listing")),
            *("wagtailadmin_api:pages:action", "wagtailadmin_api:pages:find"),
        ),
        "closed, or data",
    ),
    **dict.fromkeys(
        (
            *("mfa_authenticate", "mfa_deactivate_totp", "mfa_edit_webauthn", "mfa_reauthenticate"),
            *("mfa_remove_webauthn", "mfa_trust", "mfa_view_recovery_codes"),
        ),
        "opened in test_screens_of_an_account_with_second_factors",
    ),
    "mfa_list_webauthn": "redirects to the list of all factors",
    "mfa_login_webauthn": "data for a passkey",
    "mfa_reauthenticate_webauthn": "data for a passkey",
}
PLANT = """
import json
from tests.journeys.planted import addresses_of_routes
print(json.dumps(addresses_of_routes()))
"""
# Creates an account with a passkey, an app and recovery codes; prints the key of the passkey and two of the codes.
FACTORED = """
import json
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from tests.editorial.sign_in.acts import SECRET
from tests.editorial.sign_in.security_key import SecurityKey
user = get_user_model().objects.create_user("{name}", "{name}@portal.example", "{password}", is_superuser=True)
SecurityKey(user, "localhost")
passkey = Authenticator.objects.get(user=user)
TOTP.activate(user, SECRET)
print(json.dumps([passkey.pk, RecoveryCodes.activate(user).get_unused_codes()[0]]))
"""


@pytest.fixture
def administrator(server, visit) -> Page:
    page = visit(reduced_motion="reduce")
    resume_session(page, server, "admin")
    return page


@pytest.fixture
def known(server, run_on_server) -> tuple[Screens, dict[str, tuple[int, int]]]:
    return known_screens(server, run_on_server)


def walk(page: Page, screens: Screens, with_links: bool = False) -> str:
    """Open each screen, and those to which it links."""
    found = []
    for screen in screens.rest():
        # Some screens ask for the password again some minutes after the sign-in.
        resume_session(page, screens.server, "admin")
        faults = faults_of(page, screen)
        if is_elsewhere(page, screen):
            screens.leads_elsewhere(screen, page.url)
            continue
        found += [f"{screen.name} {screen.address}: {fault}" for fault in faults]
        if with_links:
            screens.add_links(page)
    return "\n".join(found)


def report(screens: Screens) -> str:
    """The opened screens, and the response of each route that has no screen."""
    opened = len({route for route, *_words in screens.seen})
    lines = [f"{len(screens.seen)} screens of {opened} routes, {len(screens.dialogs)} dialogs. Without a screen:"]
    lines += [
        f"  {name}: {answer} ({LEFT_OUT.get(name, 'data')})" for name, answer in sorted(screens.answers().items())
    ]
    lines += [f"  {name}: not requested ({reason})" for name, reason in SKIPPED.items()]
    return "\n".join(lines)


def test_every_screen(administrator, known, visit, run_on_server, capsys):
    screens, pages = known
    screens.add("/admin/")
    for label, (key, parent) in pages.items():
        screens.add(f"/admin/pages/{key}/edit/", label)
        screens.add(f"/admin/pages/add/{label.replace('.', '/')}/{parent}/")
    screens.add_bulk_actions()

    found = walk(administrator, screens, with_links=True)
    planted = json.loads(run_on_server(PLANT).splitlines()[-1])
    resume_session(administrator, screens.server, "admin")
    screens.add_routes(administrator.request, planted=planted)
    found += walk(administrator, screens)
    anybody = visit(reduced_motion="reduce")
    screens.add_routes(anybody.request, planted=planted)
    found += faults(anybody, screens.rest())
    administrator.goto(f"{screens.server}/admin/pages/{pages['articles.articlepage'][0]}/edit/")
    # Only choosers are opened, because the privacy form opens within another dialog.
    choosers = {name: address for name, address in screens.dialogs.items() if "choose" in name}
    found += faults_of_dialogs(administrator, choosers)
    with capsys.disabled():
        sys.stdout.write(f"\n{report(screens)}\n")

    assert found == ""
    assert screens.left_out().keys() == LEFT_OUT.keys()


def test_screens_of_an_account_with_second_factors(server, visit, run_on_server):
    facts = {"name": f"factored-{secrets.token_hex(4)}", "password": PASSWORD}
    passkey, code = json.loads(run_on_server(FACTORED.format(**facts)).splitlines()[-1])
    page = visit(reduced_motion="reduce")
    page.goto(f"{server}/admin/login/")
    page.fill("#id_username", facts["name"])
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/login/code/")
    found = faults_of(page, Screen("second step", page.url))
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/login/trust/**")
    found += faults_of(page, Screen("trust", page.url))
    page.get_by_role("button", name="No, ask me each time").click()
    page.wait_for_url("**/admin/")
    own = ("", "app/remove/", "codes/", "codes/new/", f"passkeys/{passkey}/", f"passkeys/{passkey}/remove/")
    screens = Screens(server)
    for path in (*(f"factors/{name}" for name in own), "proof/code/"):
        screens.add(f"/admin/account/{path}")

    assert [*found, faults(page, screens.rest())] == [""]


def test_screens_of_a_site_administrator(server, visit):
    page = visit(reduced_motion="reduce")
    resume_session(page, server, "siteadmin-lorraine")
    screens = Screens(server)
    own = ("office/checklist/", "office/webhooks/", "office/webhooks/new/", "reports/broken-links/", "reports/sites/")
    for path in ("", "office/redirects/", "newsletter/", "shares/", "office/people/", "translations/", *own):
        screens.add(f"/admin/{path}")

    assert faults(page, screens.rest()) == ""


def upload(page: Page, address: str, name: str, content: str) -> None:
    page.goto(address)
    page.locator("main input[type=file]").set_input_files(
        {"name": name, "mimeType": f"text/{Path(name).suffix[1:]}", "buffer": content.encode()}
    )
    for choice in page.locator("main select").all():
        choice.select_option(index=choice.locator("option").count() - 1)
    page.locator("main form").filter(has=page.locator("input[type=file]")).locator("button[type=submit]").click()


def test_list_of_redirects_that_was_checked(administrator, server):
    upload(administrator, f"{server}/admin/office/redirects/import/", "list.csv", REDIRECTS)
    expect(administrator.get_by_role("button", name="Create the redirects")).to_be_visible(timeout=TIMEOUT)

    assert violations(administrator) == []


def test_columns_of_a_list_of_readers(administrator, server):
    upload(administrator, f"{server}/admin/newsletter/subscribers/import/", "list.csv", READERS)
    administrator.wait_for_url("**/subscribers/import/*/")

    assert faults_of(administrator, Screen("columns", administrator.url)) == []


def test_import_from_another_site(administrator, server):
    upload(administrator, f"{server}/admin/office/moving/begin/", "export.xml", POSTS)
    administrator.wait_for_url("**/office/moving/*/", timeout=TIMEOUT)
    expect(administrator.locator("button[value=try]")).to_be_visible(timeout=TIMEOUT)
    assert faults_of(administrator, Screen("proposal", administrator.url)) == []
    administrator.locator("button[value=try]").click()
    expect(administrator.locator("progress")).to_have_count(0, timeout=3 * TIMEOUT)

    assert faults_of(administrator, Screen("dry run", administrator.url)) == []
