"""The API serves the public pages of one site, and nothing that readers may not see."""

import json
from typing import Any

import jsonschema
import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from openapi_spec_validator import OpenAPIV31SpecValidator
from wagtail.models import Collection, CollectionViewRestriction, Page

from tests.builders import (
    SampleSite,
    change,
    content_of,
    make_article,
    make_document,
    make_draft,
    make_event,
    make_gated_document,
    make_image,
    make_member,
    make_person,
    make_portrait,
    make_private,
    make_section,
    make_standard_page,
    make_topic,
    sheet_block,
)
from tests.essentials import lead_image


def read(ground: SampleSite, path: str) -> Any:
    response = ground.reader().get(f"/api/v2/{path}")
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/json"
    assert response.cookies == {}
    return json.loads(response.content)


def titles(ground: SampleSite, path: str) -> set[str]:
    items = read(ground, path)["items"]
    assert len(items) < 20
    return {item["title"] for item in items}


def figure(image) -> dict[str, Any]:
    return {"type": "figure", "value": {"image": image.pk, "alt": "Vue", "caption": "", "credit": "", "wide": False}}


def test_pages_are_the_public_ones_of_the_site(lorraine, saar):
    make_article(lorraine.section, "Visible")
    german = make_article(lorraine.sections["de"], "Sichtbar")
    make_draft(make_article(lorraine.section, "Brouillon"))
    members = make_section(lorraine.home, "Membres")
    make_private(members)
    make_article(members, "Aux membres")
    change(make_article(lorraine.section, "Passé"), expire_at=timezone.now())
    decoy = make_article(saar.section, "Leurre")

    found = titles(lorraine, "pages/?type=articles.ArticlePage")

    assert {"Visible", german.title} <= found
    assert not {"Brouillon", "Aux membres", "Passé", "Leurre"} & found
    assert titles(lorraine, "pages/?type=articles.ArticlePage&locale=de") <= found - {"Visible"}
    for query, status in (
        (f"pages/{decoy.pk}/", 404),
        (f"pages/?site={saar.host}", 400),
        (f"pages/?descendant_of={saar.section.pk}", 400),
    ):
        response = lorraine.reader().get(f"/api/v2/{query}")
        assert response.status_code == status
        assert b"Leurre" not in response.content


@pytest.mark.parametrize("hide", ["draft", "private", "expired", "other site"])
def test_hidden_page_cannot_be_read_by_any_parameter(lorraine, saar, hide):
    page = make_article((saar if hide == "other site" else lorraine).section, "Caché")
    if hide == "draft":
        make_draft(page)
    elif hide == "private":
        make_private(page)
    elif hide == "expired":
        change(page, expire_at=timezone.now())

    for query in (f"pages/{page.pk}/", f"pages/find/?id={page.pk}", "pages/find/?html_path=" + lorraine_path(page)):
        assert lorraine.reader().get(f"/api/v2/{query}").status_code == 404


@pytest.mark.parametrize("hide", ["draft", "private", "other site"])
def test_hidden_page_cannot_be_used_to_find_others(lorraine, saar, hide):
    """A tree filter with the key of a hidden page gets the same response as one with an unknown key."""
    ground = saar if hide == "other site" else lorraine
    hidden = make_section(ground.home, "Caché", slug="cache")
    below = make_article(hidden, "Dessous")
    other_language = ground.homes["de" if ground is lorraine else "fr"].locale
    translation = change(hidden.copy_for_translation(other_language), title="Verdeckt")
    if hide == "draft":
        make_draft(below)
        make_draft(translation)
        make_draft(hidden)
    elif hide == "private":
        make_private(hidden)
        make_private(translation)

    for name in ("child_of", "descendant_of", "ancestor_of", "translation_of"):
        hidden_response, unknown = (
            lorraine.reader().get(f"/api/v2/pages/?{name}={key}") for key in (hidden.pk, 999_999)
        )
        assert (hidden_response.status_code, hidden_response.content) == (unknown.status_code, unknown.content), name
        assert hidden_response.status_code == 400
    for query in (f"ancestor_of={below.pk}", "slug=cache", f"id={hidden.pk}", f"title={hidden.title}"):
        found = lorraine.reader().get(f"/api/v2/pages/?{query}").content.decode()
        for title in ("Caché", "Dessous", "Verdeckt"):
            assert title not in found, query
    assert b"Dessous" not in lorraine.reader().get("/api/v2/pages/?limit=20&order=-id&fields=*").content


@pytest.mark.parametrize(
    "name", ["search", "live", "expire_at", "owner", "alias_of", "has_unpublished_changes", "path"]
)
def test_private_field_cannot_be_shown_or_used_to_filter_or_sort(lorraine, name):
    """A filter or an order by the field would reveal it as well."""
    for query in (f"{name}=1", f"order={name}", f"fields={name}"):
        assert lorraine.reader().get(f"/api/v2/pages/?{query}").status_code == 400, query


def lorraine_path(page: Page) -> str:
    return f"/fr/{page.url_path.split('/', 2)[2]}"


def test_signed_in_member_sees_the_same(lorraine):
    page = make_article(lorraine.section, "Aux membres")
    make_private(page)
    client = lorraine.reader()
    client.force_login(make_member("chef", is_superuser=True))

    response = client.get(f"/api/v2/pages/{page.pk}/")

    assert response.status_code == 404
    assert "Cookie" not in response.get("Vary", "")


def test_page_is_found_by_its_address(lorraine):
    article = make_article(lorraine.section, "Trouvé")

    response = lorraine.reader().get(f"/api/v2/pages/find/?html_path={lorraine.address(article)}")

    assert response.status_code == 302
    assert response["Location"].startswith(f"http://lorraine.localhost/api/v2/pages/{article.pk}/")


def test_story_comes_with_its_text_in_blocks_and_as_html(lorraine):
    image, linked = make_image("Vue", credit="© A. Petit"), make_article(lorraine.section, "Lié")
    hidden = make_draft(make_article(lorraine.section, "Brouillon"))
    links = [{"label": "", "page": page.pk, "url": ""} for page in (linked, hidden)]
    article = make_article(
        lorraine.section,
        "Le bois",
        standfirst="En bref.",
        lead_image=image,
        lead_image_alt="Une scierie",
        topics=[make_topic("Bois")],
        authors=[make_person("Claire Humbert", role="Journaliste")],
        body=[
            {"type": "heading", "value": {"text": "Titre", "level": "h2"}},
            {"type": "paragraph", "value": f'<p>Un <a linktype="page" id="{linked.pk}">lien</a>.</p>'},
            figure(image),
            {"type": "related_links", "value": {"title": "", "links": links}},
            {"type": "download", "value": {"document": make_document("Guide").pk, "title": ""}},
        ],
    )

    found = read(lorraine, f"pages/{article.pk}/")

    assert [block["type"] for block in found["blocks"]] == [
        "heading",
        "paragraph",
        "figure",
        "related_links",
        "download",
    ]
    assert found["blocks"][0]["value"] == {"text": "Titre", "level": "h2"}
    assert f'href="http://lorraine.localhost{lorraine.address(linked)}"' in found["blocks"][1]["value"]
    picture = found["blocks"][2]["value"]["image"]
    assert picture["credit"] == "© A. Petit"
    assert content_of(lorraine.reader().get(picture["url"].removeprefix("http://lorraine.localhost")))
    pages = [link["page"] for link in found["blocks"][3]["value"]["links"]]
    assert [page and page["title"] for page in pages] == ["Lié", None]
    assert found["blocks"][4]["value"]["document"]["url"].startswith("http://lorraine.localhost/documents/")
    assert "<h2>Titre</h2>" in found["html"]
    assert "Brouillon" not in json.dumps(found)
    base = "http://lorraine.localhost/fr"
    author = {"name": "Claire Humbert", "role": "Journaliste", "url": f"{base}/auteurs/claire-humbert/"}
    assert found["authors"] == [author]
    assert found["topics"] == [{"slug": "bois", "name": "Bois", "url": f"{base}/themes/bois/"}]
    assert found["section"] == {"title": "Rubrique fr", "url": "http://lorraine.localhost/fr/rubrique/"}
    assert found["picture"]["alt"] == "Une scierie"
    assert "alias_of" not in found["meta"]


def test_files_are_those_that_public_pages_of_the_site_use(lorraine, saar):
    kinds = ("lead", "text", "draft", "private", "saar", "unused", "planned", "secret")
    collection = Collection.get_first_root_node().add_child(name="Interne")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    images = {kind: make_image(f"Image {kind}", collection if kind == "secret" else None) for kind in kinds}
    documents = {kind: make_document(f"Document {kind}") for kind in kinds}

    def page(ground: SampleSite, kind: str, **facts: Any):
        body = [figure(images[kind]), {"type": "download", "value": {"document": documents[kind].pk, "title": ""}}]
        return make_article(ground.section, body=body, **facts)

    make_article(lorraine.section, lead_image=images["lead"])
    later = page(lorraine, "text")
    page(lorraine, "secret")
    make_draft(page(lorraine, "draft"))
    make_private(page(lorraine, "private"))
    page(saar, "saar")
    later.lead_image = images["planned"]
    later.save_revision()

    of_the_site = lead_image(lorraine.section).title
    assert titles(lorraine, "images/") == {"Image lead", "Image text", of_the_site}
    assert titles(lorraine, "documents/") >= {"Document text"}
    assert not titles(lorraine, "documents/") & {f"Document {kind}" for kind in ("draft", "private", "saar", "unused")}
    for kind in ("draft", "private", "saar", "unused", "planned", "secret"):
        assert lorraine.reader().get(f"/api/v2/images/{images[kind].pk}/").status_code == 404
    for kind in ("draft", "private", "saar", "unused"):
        assert lorraine.reader().get(f"/api/v2/documents/{documents[kind].pk}/").status_code == 404
    assert "original_images" not in json.dumps(read(lorraine, f"images/{images['lead'].pk}/"))


def test_gated_files_appear_nowhere(lorraine):
    gated, shown = make_gated_document(lorraine, "Fiche"), make_document("Guide")
    body = [sheet_block(gated), {"type": "download", "value": {"document": shown.pk, "title": ""}}]
    article = make_article(lorraine.section, body=body)

    assert titles(lorraine, "documents/") == {"Guide"}
    assert lorraine.reader().get(f"/api/v2/documents/{gated.pk}/").status_code == 404
    found = [block["value"]["document"] for block in read(lorraine, f"pages/{article.pk}/")["blocks"]]
    assert [document and document["title"] for document in found] == [None, "Guide"]


def test_body_cached_by_the_api_is_complete_on_the_page(lorraine):
    article = make_article(lorraine.section, body=[sheet_block(make_gated_document(lorraine))])

    html = read(lorraine, f"pages/{article.pk}/")["html"]
    page = lorraine.reader().get(lorraine.address(article)).content.decode()

    assert f"/_sheets/{article.pk}/" in page
    assert f"http://lorraine.localhost/fr/_sheets/{article.pk}/" in html
    assert "/documents/" not in html


def test_api_description_and_responses_are_valid(lorraine):
    image, document = make_image(), make_document()
    pages = [
        make_article(lorraine.section, lead_image=image, body=[figure(image)], topics=[make_topic()]),
        make_portrait(lorraine.section, body=[{"type": "download", "value": {"document": document.pk, "title": ""}}]),
        make_event(lorraine.calendar),
        make_standard_page(lorraine.home),
        lorraine.section,
        lorraine.home,
    ]
    described = read(lorraine, "openapi.json")
    OpenAPIV31SpecValidator(described).validate()
    assert described["servers"] == [{"url": "http://lorraine.localhost/api/v2"}]

    def check(path: str, name: str) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
        validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        validator.validate(read(lorraine, path))

    for word, name in (("pages", "Pages"), ("images", "Images"), ("documents", "Documents")):
        check(f"{word}/", name)
        check(f"{word}/?fields=*", name)
    for page in pages:
        check(f"pages/{page.pk}/", "PageDetail")
    check(f"images/{image.pk}/", "Image")
    check(f"documents/{document.pk}/", "Document")


def test_responses_can_be_cached_and_revalidated(lorraine):
    first = lorraine.reader().get("/api/v2/pages/")

    again = lorraine.reader().get("/api/v2/pages/", headers={"if-none-match": first["ETag"]})

    assert "public" in first["Cache-Control"]
    assert first["Access-Control-Allow-Origin"] == "*"
    assert (again.status_code, again.content) == (304, b"")


def test_client_beyond_the_rate_limit_gets_429(lorraine, settings):
    settings.API_REQUESTS_A_MINUTE = 3
    reader = lorraine.reader()
    for number in range(3):
        forged = {"x-forwarded-for": f"203.0.113.{number}"}
        assert reader.get("/api/v2/pages/", headers=forged).status_code == 200

    response = reader.get("/api/v2/images/", headers={"x-forwarded-for": "203.0.113.99"})

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert response["Cache-Control"] == "no-store"
    assert reader.get("/api/v2/pages/", REMOTE_ADDR="198.51.100.7").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["pages/", "pages/1/", "images/", "openapi.json"])
def test_nothing_can_be_written(lorraine, method, path):
    response = getattr(lorraine.reader(), method)(f"/api/v2/{path}", data={}, content_type="application/json")

    assert response.status_code == 405


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "limit=21",
        "limit=x",
        "offset=-1",
        "offset=99999999999999999999999",
        "type=a",
        "type=media.Image",
        "fields=(((",
        "fields=poem",
        "order=poem",
        "order=;",
        "slug=%00",
        "title=%00",
        "first_published_at=x",
        "show_in_menus=perhaps",
        "child_of=999999999999999999999",
        "descendant_of=x",
        "translation_of=x",
        "locale=%00",
        "search=x",
        "seo_title[]=x",
        "body=x",
    ],
)
def test_bad_parameter_is_a_clear_error(lorraine, query):
    response = lorraine.reader().get(f"/api/v2/pages/?{query}")

    assert response.status_code == 400


def test_writing_api_version_is_not_mounted(lorraine):
    with pytest.raises(NoReverseMatch):
        reverse("wagtailapi_v3:openapi-json")
    assert lorraine.reader().get("/api/v3/pages/").status_code == 404
