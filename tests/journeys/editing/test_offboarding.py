"""If somebody leaves, an administrator reads the consequences, chooses a successor, and confirms."""

from playwright.sync_api import expect

from tests.journeys.newsroom import resume_session
from tests.journeys.pages import accessibility_violations

PERSON = """
from articles.models import ArticlePage
from django.contrib.auth import get_user_model
from portal.editorial.models import RoleGroup
model = ArticlePage.objects.live().get(slug="thionville-fonderie-four-electrique")
role = RoleGroup.objects.get(site=model.get_site(), role="editor", section=None)
person = get_user_model().objects.create_user("leaver", "leaver@portal.example", "portal-demo", first_name="Lucie",
    last_name="Départ")
person.groups.add(role.group)
texts = {"title": "Le brouillon de Lucie", "slug": "brouillon-de-lucie", "owner": person}
model.copy(update_attrs=texts, keep_live=False, copy_revisions=False)
print(person.pk)
"""
HEIR = (
    "from articles.models import ArticlePage; print(ArticlePage.objects.get(slug='brouillon-de-lucie').owner.username)"
)


def test_person_leaves_and_their_draft_goes_to_a_colleague(visit, server, run_on_server):
    key = run_on_server(PERSON).strip()
    window = visit()
    resume_session(window, server, "siteadmin-lorraine")

    window.goto(f"{server}/admin/office/people/{key}/")
    window.get_by_role("link", name="Leaves the newsroom…").click()
    expect(window.get_by_text("The account of Lucie Départ is closed.")).to_be_visible()
    expect(window.get_by_role("listitem").filter(has_text="1 draft")).to_be_visible()
    assert accessibility_violations(window) == []

    # Nobody is chosen yet.
    window.get_by_role("button", name="Lucie Départ leaves the newsroom").click()
    expect(window.get_by_text("Choose who takes over at")).to_be_visible()

    label = run_on_server(
        "from django.contrib.auth import get_user_model; "
        "print(get_user_model().objects.get(username='editor-lorraine'))"
    ).strip()
    window.get_by_label("Who takes over at").select_option(label=label)
    window.get_by_role("button", name="Lucie Départ leaves the newsroom").click()
    expect(window.get_by_text("Lucie Départ has left the newsroom.")).to_be_visible()

    assert run_on_server(HEIR).strip() == "editor-lorraine"
    other = visit()
    other.goto(f"{server}/admin/login/")
    other.fill("#id_username", "leaver")
    other.fill("#id_password", "portal-demo")
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other).not_to_have_url(f"{server}/admin/")
