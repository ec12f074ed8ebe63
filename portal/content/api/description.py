"""The description of the API in OpenAPI 3.1."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from rest_framework.fields import DateTimeField
from wagtail.api import APIField
from wagtail.models import Page, get_page_models

from portal.content.kinds import story_choices
from portal.content.serving.editions import edition_of

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
ADDRESS: Schema = {"type": "string", "format": "uri"}
DATE_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
KEY: Schema = {"type": "integer", "minimum": 1}
SCHEMA_OF_COLUMN: Schema = {
    "BooleanField": {"type": "boolean"},
    "DateField": {"type": ["string", "null"], "format": "date"},
    "DateTimeField": DATE_TIME,
    "DecimalField": {"type": ["string", "null"]},
    "PositiveIntegerField": {"type": ["integer", "null"]},
}


def object_schema(required: str, **properties: Schema) -> Schema:
    return {"type": "object", "required": required.split(), "properties": properties}


def schema_reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def list_schema(item: Schema) -> Schema:
    count = object_schema("total_count", total_count={"type": "integer", "minimum": 0})
    return object_schema("meta items", meta=count, items={"type": "array", "items": item})


SCHEMAS: dict[str, Schema] = {
    "Fault": object_schema("message", message=TEXT),
    "PageMeta": object_schema(
        "type detail_url html_url slug first_published_at",
        type={**TEXT, "description": "The kind of page, such as articles.ArticlePage."},
        detail_url=ADDRESS,
        html_url=ADDRESS,
        slug=TEXT,
        show_in_menus={"type": "boolean"},
        seo_title=TEXT,
        search_description=TEXT,
        first_published_at=DATE_TIME,
        parent=nullable(schema_reference("Page")),
        locale=TEXT,
    ),
    "Page": {
        **object_schema("id meta title", id=KEY, meta={"type": "object"}, title=TEXT),
        "description": "A page in a list; its `detail_url` has the other fields.",
    },
    "PageDetail": {
        **object_schema(
            "id meta title",
            id=KEY,
            meta=schema_reference("PageMeta"),
            title=TEXT,
        ),
        "description": "A page with all fields of its kind; clients must accept new fields.",
    },
    "Block": {
        **object_schema("type value", type=TEXT, id={"type": ["string", "null"]}, value={}),
        "description": "A block of the text; the structure of the value depends on the type.",
    },
    "Picture": object_schema(
        "id url srcset width height credit",
        id=KEY,
        url=ADDRESS,
        srcset=TEXT,
        width={"type": "integer"},
        height={"type": "integer"},
        credit=TEXT,
        alt=TEXT,
        caption=TEXT,
    ),
    "Image": object_schema(
        "id meta title", id=KEY, meta={"type": "object"}, title=TEXT, picture=schema_reference("Picture")
    ),
    "Document": object_schema(
        "id meta title",
        id=KEY,
        meta={"type": "object"},
        title=TEXT,
        url=TEXT,
        file_extension=TEXT,
        file_size={"type": ["integer", "null"]},
    ),
}
SCHEMAS |= {f"{name}s": list_schema(schema_reference(name)) for name in ("Page", "Image", "Document")}


def parameter(name: str, schema: Schema, description: str) -> Schema:
    return {"name": name, "in": "query", "schema": schema, "description": description}


LIST_PARAMETERS = [
    parameter("limit", {"type": "integer", "minimum": 0, "maximum": 20, "default": 20}, "The number of results."),
    parameter("offset", {"type": "integer", "minimum": 0, "default": 0}, "The number of results to skip."),
    parameter("order", TEXT, "A field to sort by, after - in reverse order, or random."),
    parameter("fields", TEXT, "Further fields to show; * for all."),
]
PAGE_PARAMETERS = [
    *LIST_PARAMETERS,
    parameter("type", TEXT, "Kinds of page, such as articles.ArticlePage, separated by commas."),
    parameter("locale", TEXT, "A language of the site, such as fr."),
    parameter("child_of", TEXT, "The key of the page directly above, or root."),
    parameter("descendant_of", TEXT, "The key of a page anywhere above, or root."),
    parameter("ancestor_of", TEXT, "The key of a page anywhere below."),
    parameter("translation_of", TEXT, "The key of a page in another language, or root."),
    parameter("slug", TEXT, "The last segment of the page's URL path."),
]
PAGE_KEY = {"name": "id", "in": "path", "required": True, "schema": KEY}


def responses(schema: str, *faults: str) -> Schema:
    words = {
        "304": "Not modified.",
        "400": "A parameter is invalid.",
        "404": "Not found, or not public.",
        "429": "Too many requests in a minute; Retry-After says when to retry.",
    }
    found: Schema = {
        "200": {
            "description": "The response.",
            "content": {"application/json": {"schema": schema_reference(schema)}},
        }
    }
    for status in ("304", *faults, "429"):
        content = {} if status == "304" else {"content": {"application/json": {"schema": {"type": "object"}}}}
        found[status] = {"description": words[status], **content}
    return found


def paths() -> Schema:
    found: Schema = {}
    for word, name, parameters in (
        ("pages", "Page", PAGE_PARAMETERS),
        ("images", "Image", LIST_PARAMETERS),
        ("documents", "Document", LIST_PARAMETERS),
    ):
        detail = "PageDetail" if name == "Page" else name
        found[f"/{word}/"] = {
            "get": {
                "operationId": f"list{name}s",
                "summary": f"The {word} of this site that anybody may see.",
                "parameters": parameters,
                "responses": responses(f"{name}s", "400"),
            }
        }
        found[f"/{word}/{{id}}/"] = {
            "get": {
                "operationId": f"read{name}",
                "summary": f"One of the {word}.",
                "parameters": [PAGE_KEY, LIST_PARAMETERS[3]],
                "responses": responses(detail, "400", "404"),
            }
        }
    found["/pages/find/"] = {
        "get": {
            "operationId": "findPage",
            "summary": "Redirects to the page at a URL path of the site.",
            "parameters": [
                {**parameter("html_path", TEXT, "The path with its language, such as /fr/."), "required": True}
            ],
            "responses": {"302": {"description": "To the page."}, **responses("PageDetail", "404")},
        }
    }
    return found


def page_properties() -> Schema:
    """The properties that `api_fields` adds to particular page types."""
    found: Schema = {}
    for model in get_page_models():
        for field in getattr(model, "api_fields", ()):
            found.setdefault(field.name, _property(model, field))
    found["kind"] = {"type": "string", "enum": [name for name, _label in story_choices()]}
    return found


def _property(model: type[Page], field: APIField) -> Schema:
    if schema := getattr(field.serializer, "schema", None):
        return dict(schema)
    columns = {column.name: column.get_internal_type() for column in model._meta.concrete_fields}
    if isinstance(field.serializer, DateTimeField):
        return DATE_TIME
    return SCHEMA_OF_COLUMN.get(columns.get(field.name, ""), TEXT)


def document(name: str, address: str) -> Schema:
    """Build the OpenAPI document of one site; `address` is the base URL of its API."""
    page = SCHEMAS["PageDetail"]
    page = {**page, "properties": {**page["properties"], **page_properties()}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": name,
            "version": "2",
            "description": "Read-only access to the public pages of this site and the files that they use.",
        },
        "servers": [{"url": address}],
        "paths": paths(),
        "components": {"schemas": {**SCHEMAS, "PageDetail": page}},
    }


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    edition = edition_of(request)
    address = edition.full(request.path.removesuffix("openapi.json").removesuffix("/"))
    return JsonResponse(document(edition.name, address))
