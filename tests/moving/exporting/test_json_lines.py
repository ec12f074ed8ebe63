"""All content of a site as JSON lines with a schema, without data that readers sent."""

import json
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator
from wagtail.contrib.redirects.models import Redirect

from portal.editorial.roles import media_collection
from portal.moving.exporting import pages
from portal.moving.exporting.json_lines import SCHEMA
from tests.builders import make_article, make_draft, make_image, make_settings
from tests.moving.exporting.conftest import START, ExportOfSite, exported
from tests.newsletter.makers import make_subscriber

KINDS = {
    "pages": "page", "topics": "topic", "people": "person", "venues": "venue", "redirects": "redirect",
    "pictures": "picture", "documents": "document",
}  # fmt: skip


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def found(module_site, tmp_path_factory) -> ExportOfSite:
    Redirect.objects.create(site=module_site.ground.site, old_path="/ancien", redirect_page=module_site.article)
    make_settings(
        module_site.ground, navigation=[{"type": "page", "value": {"page": module_site.page.pk, "label": ""}}]
    )
    return exported(module_site, tmp_path_factory.mktemp("json") / "content", "json")


@pytest.fixture(scope="module")
def drafts(module_site, tmp_path_factory) -> ExportOfSite:
    return exported(module_site, tmp_path_factory.mktemp("drafts") / "content", "json", "--drafts")


def page_of(found: ExportOfSite, page: Any) -> dict[str, Any]:
    return next(each for each in lines(found.to, "pages") if each["id"] == page.pk)


@pytest.mark.parametrize("name", KINDS)
def test_each_line_is_valid_by_the_schema(found, drafts, name):
    schema = json.loads(SCHEMA.read_text())
    validator = Draft202012Validator({**schema, "$ref": f"#/$defs/{KINDS[name]}"})

    rows = [*lines(found.to, name), *lines(drafts.to, name)]

    assert [(row, error.message) for row in rows for error in islice(validator.iter_errors(row), 3)] == []
    assert rows or name == "venues"


def test_site_is_valid_by_the_schema(found):
    site = json.loads((found.to / "site.json").read_text())

    assert [error.message for error in Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(site)] == []
    assert site["settings"]["core.SiteSettings"]["navigation"][0]["value"]["page"] == {"page": found.site.page.pk}


def test_schema_refuses_a_page_without_a_title(found):
    schema = json.loads(SCHEMA.read_text())
    row = page_of(found, found.site.article)
    del row["title"]

    assert not Draft202012Validator({**schema, "$ref": "#/$defs/page"}).is_valid(row)


def test_article_has_its_fields_and_what_it_refers_to(found):
    site = found.site

    row = page_of(found, site.article)

    assert (row["kind"], row["language"], row["title"]) == ("article", "fr", "L’atelier rouvre")
    assert row["parent"] == site.ground.section.pk
    assert row["fields"]["lead_image"] == {"picture": site.image.pk}
    people = {person["id"]: person["name"] for person in lines(found.to, "people")}
    assert [people[each["person"]["person"]] for each in row["fields"]["bylines"]] == ["Anna Weiß", "Béa Roy"]
    topics = {topic["id"]: topic["name"] for topic in lines(found.to, "topics")}
    assert [topics[each["topic"]["topic"]] for each in row["fields"]["page_topics"]] == ["Bois"]
    body = {block["type"]: block["value"] for block in row["fields"]["body"]}
    assert body["heading"]["text"] == "Un atelier ]]> rouvre"
    assert f'<a href="portal:page/{site.second.pk}">un lien</a>' in body["paragraph"]
    assert body["figure"]["image"] == {"picture": site.image.pk}
    assert body["table"]["table"] == {"columns": ["Zone", "Hectares"], "rows": [["Les Sables", "12"]]}


def test_translations_have_one_key(found):
    assert (
        page_of(found, found.site.article)["translation_key"]
        == page_of(found, found.site.translation)["translation_key"]
    )


def test_event_has_its_dates(found):
    (date,) = page_of(found, found.site.event)["dates"]

    assert (date["start"], date["status"]) == (f"{START.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "scheduled")


def test_files_are_exported_with_their_metadata(found):
    picture = next(each for each in lines(found.to, "pictures") if each["id"] == found.site.image.pk)
    document = next(each for each in lines(found.to, "documents") if each["id"] == found.site.document.pk)

    assert (picture["description"], picture["credit"]) == ("Un hall vide", "Jean Weber")
    assert (found.to / picture["file"]).read_bytes()[:4] == b"\x89PNG"
    assert (found.to / document["file"]).read_bytes() == b"%PDF-1.4 guide"


def test_redirects_name_their_page(found):
    (redirect,) = lines(found.to, "redirects")

    assert (redirect["from"], redirect["page"]) == ("/ancien", {"page": found.site.article.pk})
    assert redirect["to"].endswith("/fr/rubrique/atelier/")


def test_redirect_to_a_draft_is_exported_with_the_drafts(module_site, tmp_path, db):
    site, draft = module_site.ground.site, make_draft(make_article(module_site.ground.section, "Encore secret"))
    Redirect.objects.create(site=site, old_path="/avant", redirect_page=draft)
    Redirect.objects.create(site=site, old_path="/dehors", redirect_link="https://example.org/")

    live = exported(module_site, tmp_path / "live", "json")
    newest = exported(module_site, tmp_path / "newest", "json", "--drafts")

    assert {"/dehors"} == {each["from"] for each in lines(live.to, "redirects")} - {"/ancien"}
    assert {"/avant", "/dehors"} == {each["from"] for each in lines(newest.to, "redirects")} - {"/ancien"}
    assert "encore-secret" not in (live.to / "redirects.jsonl").read_text()


def test_published_version_is_exported_without_drafts_and_the_newest_with_them(module_site, tmp_path, db):
    article = module_site.second.specific
    article.title = "Un titre nouveau"
    article.save_revision()

    live = exported(module_site, tmp_path / "live", "json")
    newest = exported(module_site, tmp_path / "newest", "json", "--drafts")

    assert page_of(live, article)["title"] == "Un second article"
    assert page_of(newest, article)["title"] == "Un titre nouveau"


def test_drafts_are_only_exported_on_request(found, drafts):
    titles = [{row["title"]: row["is_live"] for row in lines(each.to, "pages")} for each in (found, drafts)]

    assert "Brouillon caché" not in titles[0]
    assert titles[1]["Brouillon caché"] is False


def test_private_page_says_who_may_read_it(found):
    access = {row["title"]: row["access"] for row in lines(found.to, "pages")}

    assert (access["Réservé caché"], access["Secret caché"], access["L’atelier rouvre"]) == (
        "login",
        "password",
        "public",
    )


def test_other_site_is_in_no_file(found, drafts):
    for folder in (found.to, drafts.to):
        text = "".join(path.read_text() for path in folder.glob("*.json*"))
        assert "Voisin caché" not in text
        assert "sarrois" not in text


def test_readers_and_accounts_are_in_no_file(module_site, tmp_path, db):
    make_subscriber(module_site.ground, "rosa@reader.example")

    found = exported(module_site, tmp_path / "content", "json", "--drafts")

    text = "".join(path.read_text() for path in found.to.glob("*.jsonl"))
    assert "rosa@reader.example" not in text
    assert "@portal.example" not in text


def test_pages_are_read_a_few_at_a_time(module_site, db, monkeypatch):
    monkeypatch.setattr(pages, "AT_ONCE", 2)
    site = module_site.ground.site
    with CaptureQueriesContext(connection) as whole:
        count = len(list(pages.exported_pages(site, drafts=False)))

    with CaptureQueriesContext(connection) as first:
        next(pages.exported_pages(site, drafts=False))

    assert count > 20
    assert len(first) < len(whole) / 2


def test_missing_file_is_named_and_the_export_continues(module_site, tmp_path, db):
    image = make_image("Perdue", media_collection(module_site.ground.site))
    image.file.storage.delete(image.file.name)

    found = exported(module_site, tmp_path / "content", "json")

    assert f"since the file is missing: {image.file.name}" in found.output
    assert next(each for each in lines(found.to, "pictures") if each["id"] == image.pk)["file"] is None
