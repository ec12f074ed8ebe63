"""404 responses below /admin/ have the newsroom's look, and never lead to a public page."""

import pytest
import wagtail
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect

from portal.editorial.roles import Role
from tests.builders import make_article, newsroom_client

MISSING = [
    "/admin/pages/999999/edit/",
    "/admin/images/999999/",
    "/admin/documents/chooser/999999/",
    "/admin/bulk/none/none/none/",
    "/admin/nonsense/",
    "/admin/nonsense/even/deeper/",
]
BEYOND_PAGES = [
    "/api/v2/nonsense/",
    "/api/",
    "/documents/999999/guide.pdf",
    "/documents/",
    "/media/images/none.jpg",
    "/media/",
    "/pictures/none/1/width-10/",
    "/share/1/0123456789abcdef.png",
    "/_util/nonsense/",
    "/administration/",
]


@pytest.fixture
def editor(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


@pytest.mark.parametrize("path", MISSING)
def test_member_gets_a_404_page_of_the_newsroom(editor, path):
    response = editor.get(path)

    assert response.status_code == 404
    assert "wagtailadmin/404.html" in [template.name for template in response.templates]
    assert f'href="{reverse("wagtailadmin_home")}"' in response.content.decode()


@pytest.mark.parametrize("report", ["site-history/?timestamp_from", "audit-log/?at_from"])
def test_report_since_an_unrepresentable_date_is_not_found(lorraine, newsroom, report):
    response = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR]).get(f"/admin/reports/{report}=0001-01-01")

    assert response.status_code == 404
    assert "wagtailadmin/404.html" in [template.name for template in response.templates]


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_language_of_the_browser_causes_no_redirect(editor, language):
    response = editor.get("/admin/nonsense/", headers={"accept-language": language})

    assert response.status_code == 404
    assert "Accept-Language" in response["Vary"]
    assert response["Content-Language"] == language


def test_edit_view_of_a_deleted_page_is_not_found(lorraine, editor):
    article = make_article(lorraine.section)
    address = reverse("wagtailadmin_pages:edit", args=[article.pk])
    assert editor.get(address).status_code == 200

    article.delete()

    assert editor.get(address).status_code == 404


def test_script_gets_the_404_as_json(editor):
    path = "main/pages" if wagtail.VERSION < (8, 1) else "explorer"
    response = editor.get(f"/admin/api/{path}/999999/", headers={"accept": "application/json"})

    assert response.status_code == 404
    assert response["Content-Type"].partition(";")[0] in ("application/json", "application/problem+json")
    assert "No Page matches the given query." in response.json().values()


@pytest.mark.parametrize("path", [*MISSING, "/admin/api/main/pages/999999/"])
def test_anonymous_user_is_sent_to_the_sign_in_page(reader, path):
    response = reader.get(path)

    assert (response.status_code, response["Location"]) == (302, f"{reverse('wagtailadmin_login')}?next={path}")


def test_redirect_of_a_site_does_not_apply_to_the_newsroom(lorraine, editor):
    Redirect.objects.create(old_path="/admin/nonsense", redirect_link="/fr/", site=lorraine.site)

    assert editor.get("/admin/nonsense/").status_code == 404


@pytest.mark.parametrize("path", BEYOND_PAGES)
def test_missing_file_is_not_redirected_to_a_language_prefix(lorraine, editor, path):
    for client in (editor, lorraine.reader(accept_language="de")):
        response = client.get(path)

        assert response.status_code == 404
        assert "Location" not in response
