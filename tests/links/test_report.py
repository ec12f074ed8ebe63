"""Administrators see the broken links of their own sites, editors those of their page."""

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.editorial.approval.completeness import checklist_of
from portal.editorial.models import SiteChecklist
from portal.editorial.roles import Role
from portal.editorial.trash.deleting import put_into_trash
from portal.links.models import CheckedLink
from tests.builders import make_article, newsroom_client
from tests.links.test_checking import read_pages, text


@pytest.fixture
def broken(lorraine, saar):
    here, there = (
        make_article(ground.section, f"Lien {name}", body=text(f"https://{name}.example/"))
        for ground, name in ((lorraine, "lorrain"), (saar, "sarrois"))
    )
    read_pages()
    CheckedLink.objects.update(broken_since=timezone.now(), status=404)
    return here, there


def test_report_has_the_links_of_the_users_sites_only(administrator, broken):
    content = administrator.get(reverse("broken_links")).content.decode()

    assert "https://lorrain.example/" in content
    assert "Lien lorrain" in content
    assert "sarrois" not in content


def test_page_that_shares_a_broken_link_with_another_site_is_not_named_there(administrator, saar, broken):
    make_article(saar.section, "Geheim", body=text("https://lorrain.example/"))
    read_pages()

    content = administrator.get(reverse("broken_links")).content.decode()

    assert "Geheim" not in content


def test_editor_gets_the_address_to_mark_in_the_text(lorraine, newsroom, broken):
    here, _there = broken
    editor = newsroom_client(lorraine, newsroom[Role.EDITOR])

    content = editor.get(reverse("wagtailadmin_pages:edit", args=[here.pk])).content.decode()

    assert 'data-checklist-address="https://lorrain.example/"' in content
    assert "sarrois" not in content


def test_report_names_links_to_own_pages_that_are_not_published(administrator, lorraine, saar):
    target = make_article(lorraine.section, "But retiré")
    source = [{"type": "paragraph", "value": f'<p><a linktype="page" id="{target.pk}">là</a></p>', "id": "p"}]
    make_article(lorraine.section, "Page qui renvoie", body=source)
    target.unpublish()

    content = administrator.get(reverse("broken_links")).content.decode()

    assert "Page qui renvoie" in content
    assert "But retiré" in content


@pytest.fixture
def linked_from_here(lorraine):
    """Take a page down to which a page of Lorraine links."""

    def link(target):
        source = [{"type": "paragraph", "value": f'<p><a linktype="page" id="{target.pk}">là</a></p>', "id": "p"}]
        make_article(lorraine.section, "Page qui renvoie", body=source)
        target.unpublish()

    return link


def test_page_of_another_site_that_is_not_published_is_not_named(administrator, saar, linked_from_here):
    linked_from_here(make_article(saar.section, "Geheim"))

    content = administrator.get(reverse("broken_links")).content.decode()

    assert "Page qui renvoie</a> → in another site" in content
    assert "Geheim" not in content


def test_page_in_the_trash_is_not_named(administrator, lorraine, linked_from_here, newsroom):
    target = make_article(lorraine.section, "Jeté")
    linked_from_here(target)
    put_into_trash(target, newsroom[Role.SITE_ADMINISTRATOR])

    content = administrator.get(reverse("broken_links")).content.decode()

    assert "Page qui renvoie</a> → page in the trash" in content
    assert "Jeté" not in content


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_other_roles_cannot_open_the_report(lorraine, newsroom, role):
    client = newsroom_client(lorraine, newsroom[role])

    assert client.get(reverse("broken_links")).status_code in (302, 403)


def test_editor_sees_the_link_in_the_checklist(newsroom, broken):
    here, _there = broken

    (finding,) = [each for each in checklist_of(here, newsroom[Role.EDITOR]).recommendations if "link" in each.code]
    assert "https://lorrain.example/" in finding.message
    assert finding.field == "body.p"


def test_site_can_switch_off_the_checklist_line(lorraine, newsroom, broken):
    SiteChecklist.objects.create(site=lorraine.site, levels={"broken_link": {"article": "off"}})

    codes = [each.code for each in checklist_of(broken[0], newsroom[Role.EDITOR]).recommendations]
    assert "broken_link" not in codes
