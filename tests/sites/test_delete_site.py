"""A site is deleted only after a complete export, and leaves nothing behind; other sites are unchanged."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from wagtail.models import Page, Site, TaskState, Workflow, WorkflowState

from portal.editorial.roles import groups_of, media_collection
from portal.media.models import Image
from portal.sites.data.rules import Fate, rule_of
from portal.sites.deletion import delete_site
from portal.sites.transfer.archive import open_archive
from tests.builders import make_article, make_image, make_member, make_newsroom, make_settings

# Tables that serve all sites, and are not deleted with one.
SHARED = {
    "taggit.Tag",
    "wagtail_localize.String",
    "wagtail_localize.Template",
    "search.IndexWord",
    "search.FacetBucket",
}
SHARED |= {
    "search.TopicSet",
    "search.Misspelling",
    "wagtailcore.Locale",
    "core.ContentChange",
    "accounts.User",
}
SHARED |= {"contenttypes.ContentType", "auth.Permission"}
# Renditions, sessions and tasks belong to no site.
NOT_OF_SITES = {"django_tasks_database.DBTaskResult", "wagtailsearch.SQLiteFTSIndexEntry"}


@pytest.fixture
def vosges(lorraine):
    make_newsroom(lorraine)
    make_image("Scierie", media_collection(lorraine.site))
    make_article(lorraine.section, "Une scierie se modernise")
    return lorraine


def delete(file: Path | None, **facts: Any) -> str:
    out = StringIO()
    call_command("delete_site", host="lorraine.localhost", export=file, stdout=out, **facts)
    return out.getvalue()


def test_nothing_is_deleted_without_confirmation(vosges, tmp_path):
    with pytest.raises(CommandError, match="Nothing was deleted"):
        delete(tmp_path / "vosges.zip")
    with pytest.raises(CommandError, match="Nothing was deleted"):
        delete(tmp_path / "vosges.zip", confirm="saar.localhost")

    assert not list(tmp_path.glob("*.zip"))
    assert vosges.reader().get("/fr/rubrique/").status_code == 200


def test_everything_is_exported_and_then_deleted(vosges, saar, tmp_path):
    other = make_image("Sarre", media_collection(saar.site))
    groups = list(groups_of(vosges.site))
    # Another site's review in a workflow of this one, which stays.
    workflow = Workflow.objects.get(workflow_pages__page=vosges.home)
    review = workflow.start(make_article(saar.section, "Säge"), make_member("author", is_superuser=True))
    step = review.current_task_state

    delete(tmp_path / "vosges.zip", confirm="lorraine.localhost")

    with open_archive(tmp_path / "vosges.zip", "") as archive:
        assert "Une scierie se modernise" in [row["title"] for row in archive.rows("wagtailcore.Page")]
        assert "Scierie" in [row["title"] for row in archive.rows("media.Image")]
    assert not Site.objects.filter(hostname="lorraine.localhost").exists()
    assert not Page.objects.filter(title="Une scierie se modernise").exists()
    assert not Image.objects.filter(title="Scierie").exists()
    assert not type(groups[0]).objects.filter(pk__in=[group.pk for group in groups]).exists()
    assert Image.objects.filter(pk=other.pk).exists()
    assert saar.reader().get("/de/rubrique/").status_code == 200
    assert WorkflowState.objects.filter(pk=review.pk).exists()
    assert TaskState.objects.filter(pk=step.pk).exists()


def test_site_without_a_name_is_called_by_its_host_and_deleted_without_an_export(lorraine):
    out = StringIO()
    call_command("delete_site", host="localhost", without_export=True, confirm="localhost", stdout=out)

    assert out.getvalue() == "localhost was deleted.\n"
    assert not Site.objects.filter(hostname="localhost").exists()


def test_existing_file_is_not_overwritten(vosges, tmp_path):
    file = tmp_path / "vosges.zip"
    file.write_text("precious")

    with pytest.raises(CommandError, match="already"):
        delete(file, confirm="lorraine.localhost")

    assert file.read_text() == "precious"
    assert Site.objects.filter(hostname="lorraine.localhost").exists()


def test_export_is_skipped_only_on_request(vosges):
    with pytest.raises(CommandError, match="--without-export"):
        delete(None, confirm="lorraine.localhost")

    assert Site.objects.filter(hostname="lorraine.localhost").exists()


@pytest.mark.parametrize(
    ("typed", "message"), [("", "^Nothing was deleted"), ("saar.localhost", "^saar.localhost is not")]
)
def test_summary_is_shown_before_the_confirmation(vosges, typed, message):
    with pytest.raises(CommandError, match=rf"{message}.* pages, add --confirm lorraine\.localhost"):
        delete(None, confirm=typed)

    assert Site.objects.filter(hostname="lorraine.localhost").exists()


def test_unknown_host_is_an_error_that_lists_the_known_ones(lorraine, tmp_path):
    with pytest.raises(CommandError, match=r"lorraine\.localhost"):
        call_command("delete_site", host="nobody.localhost", export=tmp_path / "x.zip")


@pytest.mark.parametrize("use", ["lead", "text", "logo"])
def test_site_whose_picture_another_shows_is_not_deleted(vosges, saar, tmp_path, use):
    picture = make_image("Scierie prêtée", media_collection(vosges.site))
    if use == "lead":
        make_article(saar.section, "Säge", lead_image=picture)
    elif use == "text":
        make_article(saar.section, "Säge", body=[{"type": "figure", "value": {"image": picture.pk, "alt": "Säge"}}])
    else:
        make_settings(saar, logo=picture)
    named = "Saar" if use == "logo" else "Säge"

    with pytest.raises(CommandError, match=f"^Nothing was deleted. Files from .*“Scierie prêtée” in “{named}.*Saar"):
        delete(tmp_path / "vosges.zip", confirm="lorraine.localhost")

    assert Page.objects.filter(title="Une scierie se modernise").exists()


def counts() -> dict[str, int]:
    models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    ruled = [model for model in models if (rule := rule_of(model)) and rule.fate is not Fate.LEFT_OUT]
    return {
        model._meta.label: model._base_manager.count()
        for model in ruled
        if model._meta.managed and model._meta.label not in SHARED | NOT_OF_SITES
    }


def test_no_row_of_a_deleted_site_is_left(exported, db, media):
    exported.bring("first.localhost")
    before = counts()
    site = exported.bring("second.localhost", and_mail=True).site

    delete_site(site)

    after = counts()
    assert {label: (before[label], after[label]) for label in before if before[label] != after[label]} == {}
