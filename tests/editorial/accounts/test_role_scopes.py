"""Members of one site's newsroom neither see nor change pages, media and settings of another site."""

import pytest
from django.urls import reverse
from wagtail import VERSION
from wagtail.models import Page
from wagtail_localize.models import TranslationSource

from portal.content.records.settings import SiteSettings
from portal.editorial.roles import ROLE_PERMISSIONS, Role, media_collection, set_up_newsroom
from portal.media.models import Document, Image
from tests.builders import (
    make_article,
    make_document,
    make_draft,
    make_event,
    make_image,
    make_section,
    make_section_member,
    make_topic,
    newsroom_client,
)
from tests.checkers.refusals import is_refused

ROLES = list(Role)
# From Wagtail 8.1 on the admin API opens one page and names what is below it.
ADMIN_API = ["wagtailadmin_api:pages:listing"] if VERSION < (8, 1) else []
SECRET = "Titre sarrois"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def enter(lorraine, newsrooms):
    """Returns a function that signs in a member of Lorraine's newsroom by role."""

    def enter(role):
        if role not in newsrooms.lorraine:
            newsrooms.lorraine[role] = make_section_member(lorraine, role)
        return newsroom_client(lorraine, newsrooms.lorraine[role])

    yield enter
    newsrooms.lorraine.pop(Role.REVIEWER, None)


@pytest.fixture
def foreign(saar, newsrooms):
    return make_article(saar.section, SECRET)


@pytest.mark.parametrize("role", ROLES)
def test_explorer_hides_pages_of_other_sites(lorraine, saar, enter, foreign, role):
    client = enter(role)
    for page in (Page.get_first_root_node(), saar.home, saar.section, lorraine.home):
        response = client.get(reverse("wagtailadmin_explore", args=[page.pk]), follow=True)
        assert SECRET not in response.content.decode()
        assert "Article sarrois" not in response.content.decode()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.SITE_ADMINISTRATOR])
def test_explorer_shows_pages_of_the_own_site(lorraine, enter, role):
    response = enter(role).get(reverse("wagtailadmin_explore", args=[lorraine.section.pk]))

    assert response.status_code == 200
    assert "Article lorrain fr" in response.content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_page_of_another_site_cannot_be_touched(enter, foreign, role):
    client = enter(role)

    for view in ("edit", "copy", "history", "workflow_history", "usage"):
        assert is_refused(client.get(reverse(f"wagtailadmin_pages:{view}", args=[foreign.pk]))), view
    for view in ("edit", "delete", "unpublish", "copy", "move", "set_privacy", "lock"):
        path = reverse(f"wagtailadmin_pages:{view}", args=[foreign.pk])
        response = client.post(path, {"title": "Repris", "action-publish": "1"})
        assert is_refused(response), view

    foreign.refresh_from_db()
    assert (foreign.title, foreign.live, foreign.locked) == (SECRET, True, False)
    assert foreign.latest_revision.user_id is None
    assert not foreign.get_view_restrictions().exists()


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_added_to_another_site(saar, enter, newsrooms, role):
    for parent, model in [
        (saar.home, "home/sectionpage"),
        (saar.section, "articles/articlepage"),
        (saar.calendar, "events/eventpage"),
    ]:
        path = reverse("wagtailadmin_pages:add", args=[*model.split("/"), parent.pk])
        assert is_refused(enter(role).get(path))
        assert is_refused(enter(role).post(path, {"title": "Intrus", "slug": "intrus"}))
    assert not Page.objects.filter(title="Intrus").exists()


@pytest.mark.parametrize("role", ROLES)
def test_page_is_not_moved_or_copied_to_another_site(lorraine, saar, enter, newsrooms, role):
    article = make_article(lorraine.section, "Reste ici")
    client = enter(role)

    client.post(reverse("wagtailadmin_pages:move_confirm", args=[article.pk, saar.section.pk]))
    client.post(
        reverse("wagtailadmin_pages:copy", args=[article.pk]),
        {"new_title": "Copie", "new_slug": "copie", "new_parent_page": saar.section.pk, "publish_copies": "on"},
    )

    assert not saar.section.get_children().filter(title__in=["Reste ici", "Copie"]).exists()


@pytest.mark.parametrize("role", ROLES)
def test_images_and_documents_of_another_site_cannot_be_touched(saar, enter, newsrooms, role):
    image, document = make_image(SECRET, media_collection(saar.site)), make_document(SECRET)
    document.collection = media_collection(saar.site)
    document.save()
    client = enter(role)

    for view, thing in [
        ("wagtailimages:edit", image),
        ("wagtailimages:delete", image),
        ("wagtaildocs:edit", document),
        ("wagtaildocs:delete", document),
    ]:
        path = reverse(view, args=[thing.pk])
        assert is_refused(client.get(path))
        assert is_refused(client.post(path, {"title": "Repris"}))
    assert Image.objects.get(pk=image.pk).title == SECRET
    assert Document.objects.get(pk=document.pk).title == SECRET


@pytest.mark.parametrize("role", ROLES)
def test_images_and_documents_of_another_site_are_not_offered(lorraine, saar, enter, newsrooms, role):
    make_image(SECRET, media_collection(saar.site))
    make_image("Vue lorraine", media_collection(lorraine.site))
    document = make_document(SECRET)
    document.collection = media_collection(saar.site)
    document.save()
    client = enter(role)

    for view in (
        "wagtailimages_chooser:choose",
        "wagtaildocs_chooser:choose",
        "wagtailimages:index",
        "wagtaildocs:index",
    ):
        response = client.get(reverse(view), follow=True)
        assert SECRET not in response.content.decode()
    assert "Vue lorraine" in client.get(reverse("wagtailimages_chooser:choose")).content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_reports_and_lists_show_nothing_of_another_site(lorraine, saar, enter, newsrooms, foreign, role):
    writer = newsrooms.saar[Role.EDITOR]
    foreign.title = SECRET
    foreign.save_revision(user=writer, log_action=True)
    foreign.get_workflow().start(foreign, writer)
    Page.objects.filter(pk=foreign.pk).update(locked=True, locked_by=writer)
    TranslationSource.get_or_create_from_instance(foreign)[0].translations.create(
        target_locale=saar.sections["fr"].locale
    )
    client = enter(role)

    for view in (
        "wagtailadmin_home",
        "wagtailadmin_reports:locked_pages",
        "wagtailadmin_reports:workflow",
        "wagtailadmin_reports:workflow_tasks",
        "wagtailadmin_reports:site_history",
        "wagtailadmin_reports:aging_pages",
        "wagtailadmin_pages:search",
        *ADMIN_API,
    ):
        response = client.get(reverse(view), {"q": "Titre"} if view.endswith("search") else {}, follow=True)
        assert response.status_code == 200, view
        shown = response.content.decode()
        assert SECRET not in shown, view


def test_site_administrator_changes_the_settings_of_the_own_site_only(lorraine, saar, enter, newsrooms):
    client = enter(Role.SITE_ADMINISTRATOR)
    own = reverse("wagtailsettings:edit", args=["core", "sitesettings", lorraine.site.pk])
    other = reverse("wagtailsettings:edit", args=["core", "sitesettings", saar.site.pk])

    assert client.get(own).status_code == 200
    assert is_refused(client.get(other))
    assert is_refused(client.post(other, {"contact_email": "repris@example.org"}))
    assert SiteSettings.for_site(saar.site).contact_email == ""


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_other_roles_change_no_settings(lorraine, enter, role):
    assert is_refused(enter(role).get(reverse("wagtailsettings:edit", args=["core", "sitesettings", lorraine.site.pk])))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "view",
    [
        "wagtailusers_users:index",
        "wagtailusers_groups:index",
        "wagtailsites:index",
        "wagtaillocales:index",
        "wagtailredirects:index",
        "wagtailadmin_workflows:index",
    ],
)
def test_network_wide_settings_are_closed_to_sites(enter, newsrooms, role, view):
    assert is_refused(enter(role).get(reverse(view)))


@pytest.mark.parametrize("role", ROLES)
def test_topics_of_the_network_are_seen_and_not_changed(enter, newsrooms, role):
    topic = make_topic("Mobilier")
    client = enter(role)

    assert is_refused(client.get(reverse("wagtailsnippets_core_topic:edit", args=[topic.pk])))
    assert is_refused(client.post(reverse("wagtailsnippets_core_topic:delete", args=[topic.pk])))
    assert is_refused(client.get(reverse("wagtailsnippets_core_topic:add"))) == (role != Role.SITE_ADMINISTRATOR)
    assert "Mobilier" in client.get(reverse("wagtailsnippetchoosers_core_topic:choose")).content.decode()
    topic.refresh_from_db()


@pytest.mark.parametrize("role", ROLES)
def test_translations_of_another_sites_pages_are_not_made(enter, foreign, role):
    """wagtail-localize checks only a global permission, and publishes the translations."""
    path = reverse("wagtail_localize:submit_page_translation", args=[foreign.pk])

    assert is_refused(enter(role).get(path))
    assert is_refused(enter(role).post(path, {"locales": [], "include_subtree": "on"}))


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.ORGANISER])
def test_published_pages_are_not_unpublished_deleted_or_moved(lorraine, enter, role):
    article = make_article(lorraine.section, "En ligne")
    wood = make_section(lorraine.home, "Bois")
    client = enter(role)

    client.post(reverse("wagtailadmin_pages:unpublish", args=[article.pk]))
    client.post(reverse("wagtailadmin_pages:delete", args=[article.pk]))
    client.post(reverse("wagtailadmin_pages:move_confirm", args=[article.pk, wood.pk]))

    article.refresh_from_db()
    assert article.live
    assert article.get_parent().pk == lorraine.section.pk


@pytest.mark.parametrize("role", [Role.APPROVER, Role.SITE_ADMINISTRATOR])
def test_publisher_unpublishes_and_moves_pages(lorraine, enter, role):
    article, other = make_article(lorraine.section, "À retirer"), make_article(lorraine.section, "À déplacer")
    wood = make_section(lorraine.home, "Bois")
    client = enter(role)

    client.post(reverse("wagtailadmin_pages:unpublish", args=[article.pk]))
    client.post(reverse("wagtailadmin_pages:move_confirm", args=[other.pk, wood.pk]))

    article.refresh_from_db()
    other.refresh_from_db()
    assert not article.live
    assert other.get_parent().pk == wood.pk


def test_editor_deletes_a_draft(lorraine, enter):
    draft = make_draft(make_article(lorraine.section, "Brouillon"))

    enter(Role.EDITOR).post(reverse("wagtailadmin_pages:delete", args=[draft.pk]))

    assert not Page.objects.filter(pk=draft.pk).exists()


def test_newsroom_of_a_site_can_be_set_up_again(lorraine):
    groups = set_up_newsroom(lorraine.site)
    before = {role: group.page_permissions.count() for role, group in groups.items()}

    again = set_up_newsroom(lorraine.site)

    assert {role: group.pk for role, group in again.items()} == {role: group.pk for role, group in groups.items()}
    assert {role: group.page_permissions.count() for role, group in again.items()} == before
    assert set(groups) == {role for role, rights in ROLE_PERMISSIONS.items() if rights.holds_for_site}


def test_newsroom_covers_every_language_of_the_site(lorraine, enter):
    for home in lorraine.homes.values():
        path = reverse("wagtailadmin_pages:add", args=["home", "sectionpage", home.pk])
        assert enter(Role.EDITOR).get(path).status_code == 200


def test_anonymous_user_is_redirected_to_sign_in(lorraine):
    response = lorraine.reader().get(reverse("wagtailadmin_explore", args=[lorraine.home.pk]))

    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]


def test_reader_without_a_role_has_no_newsroom(lorraine):
    from tests.builders import make_member

    client = newsroom_client(lorraine, make_member("reader"))

    assert "/admin/login/" in client.get("/admin/")["Location"]


def test_events_of_the_calendar_belong_to_the_editors_too(lorraine, enter):
    event = make_event(lorraine.calendar)

    assert enter(Role.EDITOR).get(reverse("wagtailadmin_pages:edit", args=[event.pk])).status_code == 200
