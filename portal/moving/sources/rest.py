"""Converts responses of WordPress's REST API to the records of an export."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from html import escape, unescape
from typing import Any

from django.utils.translation import gettext as _

from portal.moving.wordpress.records import Author, Channel, Item, Record, Term
from portal.moving.wordpress.values import number_of, stable_number, unquoted

# The ending that WordPress generates for a text without its own excerpt.
AUTOMATIC = re.compile(r"\[(?:&hellip;|&#8230;|…|\.\.\.)\]\s*(?:</p>)?\s*$")
EVENTS = "tribe/events/v1"
# Widgets that WordPress fills by itself.
GENERATED_WIDGETS = {
    *("archives", "calendar", "categories", "meta", "nav_menu", "pages", "recent-comments", "recent-posts", "rss"),
    *("search", "tag_cloud"),
}
# The term fields that are read here.
TERM_FIELDS = ("id", "slug", "name", "parent")


def channel_of(root: dict[str, Any], address: str) -> Channel:
    """The site, from the root of its API."""
    home = str(root.get("home") or root.get("url") or address).rstrip("/")
    files, posts = str(root.get("url") or home).rstrip("/"), root.get("page_for_posts")
    # The number stays there after the front page has become the list of posts again.
    posts_page = posts if isinstance(posts, int) and root.get("show_on_front") == "page" else 0
    return Channel(_text(root.get("name")), home, "", "rest", files, posts_page)


def has_events(root: dict[str, Any]) -> bool:
    return EVENTS in (root.get("namespaces") or [])


class RestReader:
    """Remembers users, terms and menus, to which items refer by number."""

    def __init__(self) -> None:
        self._logins: dict[int, str] = {}
        self._terms: dict[int, tuple[str, str]] = {}
        self._menus: dict[int, str] = {}
        self._seen: set[int] = set()

    def users(self, rows: Iterable[dict[str, Any]]) -> Iterator[Record]:
        for row in rows:
            login = str(row.get("slug") or row["id"])
            self._logins[int(row["id"])] = login
            yield Author(login, _text(row.get("name")) or login, wp_id=int(row["id"]))

    def terms(self, rows: Iterable[dict[str, Any]], taxonomy: str) -> Iterator[Record]:
        rows = list(rows)
        for row in rows:
            self._terms[int(row["id"])] = (taxonomy, unquoted(str(row["slug"])))
        for row in rows:
            _taxonomy, slug = self._terms[int(row["id"])]
            parent = self._terms.get(row.get("parent") or 0, ("", ""))[1]
            yield Term(taxonomy, slug, _text(row.get("name")) or slug, parent, int(row["id"]))

    def menus(self, rows: Iterable[dict[str, Any]]) -> None:
        self._menus.update({row["id"]: str(row["slug"]) for row in rows})

    def posts(self, rows: Iterable[dict[str, Any]]) -> Iterator[Record]:
        """Posts, pages and reusable blocks."""
        for row in rows:
            is_closed = bool((row.get("content") or {}).get("protected")) and not row.get("password")
            keys = [*(row.get("categories") or []), *(row.get("tags") or [])]
            yield Item(
                wp_id=int(row["id"]),
                kind=str(row.get("type") or "post"),
                title=_text(row.get("title")),
                link=str(row.get("link") or ""),
                slug=unquoted(str(row.get("slug") or "")),
                # The API does not return its password, so the post becomes private.
                status="private" if is_closed else str(row.get("status") or "publish"),
                parent=_number(row.get("parent")),
                order=_number(row.get("menu_order")),
                content=_html(row.get("content")),
                excerpt=_excerpt(row.get("excerpt"), row.get("content")),
                author=self._logins.get(row.get("author") or 0, ""),
                date=_time(row.get("date")),
                date_gmt=_time(row.get("date_gmt"), in_utc=True),
                password=str(row.get("password") or ""),
                is_sticky=bool(row.get("sticky")),
                terms=[self._terms[key] for key in keys if key in self._terms],
                meta=_meta(row),
            )

    def revisions(self, rows: Iterable[dict[str, Any]]) -> Iterator[Record]:
        """Earlier versions of posts and pages; their parents are the current texts."""
        for row in rows:
            yield from self.posts([{**row, "type": "revision", "status": "inherit"}])

    def media(self, rows: Iterable[dict[str, Any]]) -> Iterator[Record]:
        for row in rows:
            sizes = ((row.get("media_details") or {}).get("sizes") or {}).values()
            names = [str(size["file"]) for size in sizes if isinstance(size, dict) and size.get("file")]
            meta = {"_wp_attachment_image_alt": [str(row.get("alt_text") or "")], "_sizes": names}
            caption = row.get("caption")
            yield Item(
                wp_id=int(row["id"]),
                kind="attachment",
                title=_text(row.get("title")),
                link=str(row.get("link") or ""),
                status="inherit",
                parent=_number(row.get("post")),
                excerpt=_html(caption),
                file_address=str(row.get("source_url") or ""),
                meta=meta,
            )

    def menu_entries(self, rows: Iterable[dict[str, Any]]) -> Iterator[Record]:
        for row in rows:
            slug = self._menus.get(row.get("menus") or 0, "")
            values = {
                "_menu_item_type": row.get("type"),
                "_menu_item_object_id": row.get("object_id"),
                "_menu_item_url": row.get("url"),
                "_menu_item_menu_item_parent": row.get("parent"),
            }
            yield Item(
                wp_id=int(row["id"]),
                kind="nav_menu_item",
                title=_text(row.get("title")),
                status=str(row.get("status") or "publish"),
                order=_number(row.get("menu_order")),
                terms=[("nav_menu", slug)] if slug else [],
                meta={key: [str(value or "")] for key, value in values.items()},
            )

    def widgets(self, sidebars: Iterable[dict[str, Any]], rows: Iterable[dict[str, Any]]) -> Iterator[Record]:
        """One draft of a page with the texts of all widgets that readers see; nothing without such texts."""
        texts: dict[str, list[str]] = {}
        for row in rows:
            texts.setdefault(str(row.get("sidebar") or ""), []).append(_widget(row))
        parts = []
        for sidebar in sidebars:
            found = [text for text in texts.get(str(sidebar.get("id")), []) if text]
            if found and sidebar.get("status") == "active":
                parts += [_heading(_text(sidebar.get("name")), 2), *found]
        if parts:
            yield Item(
                wp_id=stable_number("widgets"),
                kind="page",
                title=_("Texts of the old site's sidebars and footer"),
                slug="widgets",
                status="draft",
                content="\n\n".join(parts),
            )

    def events(self, rows: Iterable[dict[str, Any]]) -> Iterator[Record]:
        """Events of The Events Calendar, each after its new venue, organisers and picture."""
        for row in rows:
            venue = row.get("venue") if isinstance(row.get("venue"), dict) else {}
            organisers = [each for each in row.get("organizer") or [] if isinstance(each, dict)]
            if venue:
                yield from self._new(_venue(venue))
            for organiser in organisers:
                yield from self._new(_organiser(organiser))
            yield _event(row, venue or {}, organisers)
            categories = [(str(term["slug"]), _text(term.get("name"))) for term in row.get("categories") or []]
            yield from (Term("tribe_events_cat", slug, name) for slug, name in categories)

    def _new(self, item: Item) -> Iterator[Item]:
        if item.wp_id not in self._seen:
            self._seen.add(item.wp_id)
            yield item


def _widget(row: dict[str, Any]) -> str:
    """Its title and HTML; empty if WordPress generates it."""
    if row.get("id_base") in GENERATED_WIDGETS:
        return ""
    raw = (row.get("instance") or {}).get("raw")
    values = raw if isinstance(raw, dict) else {}
    html = str(values.get("content") or values.get("text") or row.get("rendered") or "").strip()
    title = _text(values.get("title")) if "content" in values or "text" in values else ""
    return f"{_heading(title, 3)}\n\n{html}" if title and html else html


def _heading(text: str, level: int) -> str:
    return f"<!-- wp:heading --><h{level}>{escape(text)}</h{level}><!-- /wp:heading -->"


def _event(row: dict[str, Any], venue: dict[str, Any], organisers: list[dict[str, Any]]) -> Item:
    cost = row.get("cost_details") or {}
    image = row.get("image") if isinstance(row.get("image"), dict) else {}
    values = {
        "_EventStartDate": row.get("start_date"),
        "_EventEndDate": row.get("end_date"),
        "_EventAllDay": "yes" if row.get("all_day") else "",
        "_EventTimezone": row.get("timezone"),
        "_EventVenueID": venue.get("id"),
        "_EventURL": row.get("website"),
        "_EventCost": unescape(str(row.get("cost") or "")),
        "_EventCurrencySymbol": cost.get("currency_symbol"),
        "_EventCurrencyCode": cost.get("currency_code"),
        "_thumbnail_id": (image or {}).get("id"),
    }
    terms = [("tribe_events_cat", str(term["slug"])) for term in row.get("categories") or []]
    return Item(
        wp_id=int(row["id"]),
        kind="tribe_events",
        title=_text(row.get("title")),
        link=str(row.get("url") or ""),
        slug=unquoted(str(row.get("slug") or "")),
        status=str(row.get("status") or "publish"),
        content=str(row.get("description") or ""),
        excerpt=_excerpt({"rendered": row.get("excerpt")}),
        date=_time(row.get("date")),
        date_gmt=_time(row.get("date_utc"), in_utc=True),
        terms=[*terms, *(("post_tag", str(term["slug"])) for term in row.get("tags") or [])],
        meta={
            **{key: [str(value)] for key, value in values.items() if value not in (None, "", False)},
            "_EventOrganizerID": [str(each.get("id")) for each in organisers],
        },
    )


def _venue(row: dict[str, Any]) -> Item:
    values = {
        "_VenueAddress": row.get("address"),
        "_VenueCity": row.get("city"),
        "_VenueZip": row.get("zip"),
        "_VenueCountry": row.get("country"),
        "_VenueURL": row.get("website"),
        "_VenueLat": row.get("geo_lat"),
        "_VenueLng": row.get("geo_lng"),
    }
    return _place(row, "tribe_venue", "venue", values)


def _organiser(row: dict[str, Any]) -> Item:
    values = {
        "_OrganizerEmail": row.get("email"),
        "_OrganizerPhone": row.get("phone"),
        "_OrganizerWebsite": row.get("website"),
    }
    return _place(row, "tribe_organizer", "organizer", values)


def _place(row: dict[str, Any], kind: str, name: str, values: dict[str, Any]) -> Item:
    return Item(
        wp_id=_number(row.get("id")),
        kind=kind,
        title=_text(row.get(name)),
        status="publish",
        meta={key: [str(value)] for key, value in values.items() if value},
    )


def _meta(row: dict[str, Any]) -> dict[str, list[str]]:
    """The values of registered keys, the picture, and Yoast's data for search engines."""
    given = row.get("meta") if isinstance(row.get("meta"), dict) else {}
    found = {key: [str(value)] for key, value in (given or {}).items() if isinstance(value, str | int) and value}
    if row.get("featured_media"):
        found["_thumbnail_id"] = [str(row["featured_media"])]
    head = row.get("yoast_head_json")
    if isinstance(head, dict):
        robots = head.get("robots")
        is_hidden = isinstance(robots, dict) and robots.get("index") == "noindex"
        values = {
            "_yoast_wpseo_metadesc": head.get("description"),
            "_yoast_wpseo_canonical": head.get("canonical"),
            "_yoast_wpseo_meta-robots-noindex": "1" if is_hidden else "",
        }
        found |= {key: [str(value)] for key, value in values.items() if value and key not in found}
    return found


def _number(value: Any) -> int:
    return value if isinstance(value, int) else number_of(str(value)) or 0


def _html(value: Any) -> str:
    """The raw HTML, if the user may read it, or the rendered HTML."""
    if isinstance(value, dict):
        raw = value.get("raw")
        return str(raw if raw is not None else value.get("rendered") or "")
    return str(value or "")


def _text(value: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^<>]*>", "", _html(value))).split())


def _excerpt(value: Any, content: Any = None) -> str:
    """The post's own excerpt. WordPress's generated one ends with an ellipsis, or is the whole of a short text."""
    text = _html(value)
    is_whole = _text(value).split() == _text(content).split()
    return "" if AUTOMATIC.search(text) or is_whole else text.strip()


def _time(value: Any, *, in_utc: bool = False) -> datetime | None:
    with suppress(ValueError, TypeError):
        found = datetime.fromisoformat(value).replace(tzinfo=UTC if in_utc else None)
        return found if found.year > 1 else None
    return None
