"""Reads exports of Ghost, Gravity Forms and Ninja Forms (JSON)."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from portal.moving.converting.form_definitions import forms_in
from portal.moving.sources.articles import Article, ArticleRecords, channel
from portal.moving.sources.feeds import parsed_time, read_json
from portal.moving.wordpress.records import ExportError, Item, Record
from portal.moving.wordpress.values import stable_number, whole_number

# A placeholder for the site's URL, which the export lacks.
PLACE = "__GHOST_URL__"
STATUSES = {"published": "publish", "draft": "draft", "scheduled": "future", "sent": "publish"}
Row = dict[str, Any]


def read_json_export(path: Path, address: str = "") -> Iterator[Record]:
    facts = read_json(path)
    databases = facts.get("db")
    data = databases[0].get("data") if isinstance(databases, list) and databases else None
    if forms := list(forms_in(facts)):
        yield channel("", address, "forms", path.stem)
        for kind, title, form in forms:
            key = stable_number(f"{kind} {title}")
            yield Item(wp_id=key, kind=kind, title=title, status="draft", content=json.dumps(form))
        return
    if not isinstance(data, dict) or not isinstance(data.get("posts"), list):
        raise ExportError(_("it is no export of Ghost, no feed, and no form"), part=path.name)
    address = address.rstrip("/")
    settings = {row.get("key"): row.get("value") for row in _rows(data, "settings")}
    yield channel(str(settings.get("title") or ""), address, "ghost", path.stem)
    tags, users = _names(data, "tags"), _names(data, "users")
    of_post = {
        "tags": _joined(data, "posts_tags", "tag_id", tags),
        "authors": _joined(data, "posts_authors", "author_id", users),
    }
    more = {_key(row, "post_id"): row for row in _rows(data, "posts_meta")}
    records = ArticleRecords()
    for row in data["posts"]:
        if isinstance(row, dict):
            yield from records.of(_article(row, address, of_post, more.get(_key(row, "id"), {})))


def _article(row: Row, address: str, of_post: dict[str, dict[Any, list[str]]], more: Row) -> Article:
    def text(name: str, facts: Row = row) -> str:
        return str(facts.get(name) or "").replace(PLACE, address)

    status = STATUSES.get(text("status"), "draft")
    if status == "publish" and text("visibility") not in ("", "public"):
        # The text was only for members of the old site.
        status = "private"
    meta = {"_yoast_wpseo_title": text("meta_title", more), "_yoast_wpseo_metadesc": text("meta_description", more)}
    meta["_yoast_wpseo_canonical"] = text("canonical_url")
    return Article(
        key=text("uuid") or text("id") or text("slug"),
        title=text("title"),
        body=text("html"),
        link=f"{address}/{text('slug')}/" if address else "",
        slug=text("slug"),
        kind="page" if text("type") == "page" or row.get("page") == 1 else "post",
        status=status,
        standfirst=text("custom_excerpt"),
        date=parsed_time(text("published_at") or text("created_at")),
        authors=of_post["authors"].get(_key(row, "id"), []),
        tags=of_post["tags"].get(_key(row, "id"), []),
        picture=text("feature_image"),
        alt=text("feature_image_alt", more),
        caption=text("feature_image_caption", more),
        is_lead=bool(row.get("featured")),
        meta={key: [value] for key, value in meta.items() if value},
    )


def _rows(data: Row, name: str) -> list[Row]:
    found = data.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _key(row: Row, column: str) -> str:
    """A key as text: exports have numbers or letters, and a forged one may have an object."""
    return str(row.get(column))


def _names(data: Row, name: str) -> dict[Any, str]:
    """Names by key. Names with # are only for templates."""
    found = {_key(row, "id"): str(row.get("name") or "") for row in _rows(data, name)}
    return {key: value for key, value in found.items() if value and not value.startswith("#")}


def _joined(data: Row, name: str, column: str, names: dict[Any, str]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = defaultdict(list)
    for row in sorted(_rows(data, name), key=lambda row: whole_number(str(row.get("sort_order"))) or 0):
        if (key := _key(row, column)) in names:
            found[_key(row, "post_id")].append(names[key])
    return found
