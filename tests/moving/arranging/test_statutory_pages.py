"""An imported legal notice replaces the draft of a new site and gets its address and footer link, with no redirect."""

from typing import Any

import pytest
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from home.models import LegalNoticePage
from portal.content.records.settings import SiteSettings
from portal.moving.models import ImportRun, ImportSource
from portal.moving.undoing import undo
from tests.builders import SampleSite, make_settings, work_off
from tests.moving.conftest import act, page_of, shown, upload
from tests.moving.exports import OLD, item

pytestmark = pytest.mark.usefixtures("newsroom")
NOTICE = item("Impressum", "Texte", "page", wp_id=9, slug="mentions-legales", link=f"{OLD}/mentions-legales/")


@pytest.fixture
def draft(lorraine, saar) -> Page:
    """The drafts of the legal notice that `create_site` makes; the one of the other site is a decoy."""
    drafts = []
    for ground in (lorraine, saar):
        page = LegalNoticePage(title="Mentions légales", slug="mentions-legales", locale=ground.home.locale, live=False)
        Page.objects.get(pk=ground.home.pk).add_child(instance=page)
        page.save_revision(clean=False)
        drafts.append(page)
    return drafts[0]


def footer(ground: SampleSite) -> str:
    return ground.reader().get("/fr/").content.decode().partition("<footer")[2]


def test_no_redirect_leads_from_the_address_to_the_draft(bring, draft, lorraine, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        bring(NOTICE, live=True)

    assert lorraine.reader().get("/fr/mentions-legales/").status_code == 200
    assert not Redirect.objects.filter(redirect_page=draft)


def test_footer_leads_to_the_imported_page(bring, draft, lorraine, saar):
    bring(NOTICE, live=True)

    assert 'href="/fr/mentions-legales/"' in footer(lorraine)
    assert "mentions-legales" not in footer(saar)


def test_footer_has_no_link_while_the_page_is_a_draft(bring, draft, lorraine):
    bring(NOTICE)

    assert "mentions-legales" not in footer(lorraine)


def test_footer_keeps_the_published_notice_of_the_site(bring, draft, lorraine):
    LegalNoticePage.objects.filter(pk=draft.pk).update(live=True, publisher="Nous", slug="notice", url_path="/x/")

    bring(NOTICE, live=True)

    assert not SiteSettings.for_site(lorraine.site).wording


def test_link_that_was_removed_here_is_not_restored(bring, draft, lorraine):
    bring(NOTICE, live=True)
    make_settings(lorraine, wording=[])

    bring(NOTICE, live=True)

    assert "mentions-legales" not in footer(lorraine)


def test_report_names_both_pages_with_links_to_edit_them(administrator, draft, lorraine, media, english):
    upload(administrator, lorraine, NOTICE)
    work_off()
    run = ImportRun.objects.get()
    act(administrator, run, "import")

    page = shown(administrator, "moving_run", run.pk)

    assert "“Impressum” came from the old site" in page
    for key in (page_of(9).pk, draft.pk):
        assert f'href="{reverse("wagtailadmin_pages:edit", args=[key])}"' in page


def _slug(page: Any) -> str:
    return str(Page.objects.get(pk=page.pk).slug)


def test_undo_restores_the_address_of_the_draft_and_removes_the_link(bring, draft, lorraine):
    bring(NOTICE, live=True)
    assert _slug(draft) == "mentions-legales-2"

    undo(ImportSource.objects.get())

    assert _slug(draft) == "mentions-legales"
    assert Page.objects.get(pk=draft.pk).get_latest_revision_as_object().slug == "mentions-legales"
    assert not SiteSettings.for_site(lorraine.site).wording
    assert not ImportSource.objects.exists()


def test_undo_leaves_a_draft_that_somebody_has_edited(bring, draft, django_user_model):
    bring(NOTICE, live=True)
    LegalNoticePage.objects.get(pk=draft.pk).save_revision(
        user=django_user_model.objects.create_user("lea"), clean=False
    )

    undo(ImportSource.objects.get())

    assert _slug(draft) == "mentions-legales-2"
