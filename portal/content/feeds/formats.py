"""The three feed formats, generated from the same values.

In addition to Django's keys, an item has `summary` (plain text), `content` (HTML), `authors` (names), `picture`,
`subject` (title and URL of the page that the story is about), and `outside` (the URL on another site to which the
story leads, or empty). A feed may have `browser_html`: well-formed XHTML. Browsers show it with the feed's style sheet;
feed readers ignore it.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.xmlutils import SimplerXMLGenerator

MEDIA = "http://search.yahoo.com/mrss/"
# Characters that XML 1.0 cannot represent (section 2.2).
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_safe(text: str) -> str:
    """Remove characters that XML documents may not contain."""
    return UNWRITABLE.sub("", text)


@dataclass(frozen=True)
class FeedImage:
    url: str
    width: int
    height: int
    credit: str = ""
    mime_type: str = "image/jpeg"

    @property
    def enclosure(self) -> Enclosure:
        # The rendition may not exist yet; RSS prescribes 0 for an unknown size.
        return Enclosure(self.url, "0", self.mime_type)


def changed_at(feed: SyndicationFeed) -> datetime:
    """The feed's last change. Django would use the current time for an empty feed."""
    changed: datetime = feed.feed["changed_at"]
    return changed


class RssFeed(Rss201rev2Feed):
    latest_post_date = changed_at

    def rss_attributes(self) -> dict[str, str]:
        return {
            **super().rss_attributes(),
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:media": MEDIA,
        }

    def add_root_elements(self, handler: Any) -> None:
        write_browser_html(self, handler)
        super().add_root_elements(handler)
        if logo := self.feed.get("logo"):
            handler.startElement("image", {})
            for name, value in (("url", logo), ("title", self.feed["title"]), ("link", self.feed["link"])):
                handler.addQuickElement(name, value)
            handler.endElement("image")

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        # RSS allows one; the picture is in an element of its own as well.
        super().add_item_elements(handler, {**item, "enclosures": item["enclosures"][:1]})
        for author in item["authors"]:
            handler.addQuickElement("dc:creator", author)
        if item["content"]:
            handler.addQuickElement("content:encoded", item["content"])
        write_subject("atom:link", handler, item)
        write_media(handler, item)


class AtomFeed(Atom1Feed):
    latest_post_date = changed_at

    def write(self, outfile: Any, encoding: str) -> None:
        # Django's method with style sheets added; Django only supports these for RSS.
        handler = SimplerXMLGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        for stylesheet in self.feed["stylesheets"] or []:
            handler.processingInstruction("xml-stylesheet", str(stylesheet))
        handler.startElement("feed", self.root_attributes())  # type: ignore[arg-type]
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:media": MEDIA}

    def add_root_elements(self, handler: Any) -> None:
        write_browser_html(self, handler)
        super().add_root_elements(handler)
        if logo := self.feed.get("logo"):
            handler.addQuickElement("logo", logo)

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, {**item, "enclosures": ()})
        for author in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", author)
            handler.endElement("author")
        if item["content"]:
            handler.addQuickElement("content", item["content"], {"type": "html"})
        write_subject("link", handler, item)
        for enclosure in item["enclosures"]:
            handler.addQuickElement(
                "link", "", {"rel": "enclosure", "href": enclosure.url, "type": enclosure.mime_type}
            )
        write_media(handler, item)


def write_browser_html(feed: SyndicationFeed, handler: Any) -> None:
    if html := feed.feed.get("browser_html"):
        # The only SAX writer method that does not escape.
        handler.ignorableWhitespace(html)


def write_subject(element: str, handler: Any, item: dict[str, Any]) -> None:
    """Write a link to the page that a story is about (RFC 4287, section 4.2.7.2: `related`)."""
    if item["subject"]:
        title, url = item["subject"]
        handler.addQuickElement(element, "", {"rel": "related", "href": url, "title": title})


def write_media(handler: Any, item: dict[str, Any]) -> None:
    picture: FeedImage | None = item["picture"]
    if picture is None:
        return
    attrs = {"url": picture.url, "type": picture.mime_type, "medium": "image"}
    handler.startElement("media:content", {**attrs, "width": str(picture.width), "height": str(picture.height)})
    if picture.credit:
        handler.addQuickElement("media:credit", picture.credit)
    handler.endElement("media:content")


def attachment(enclosure: Enclosure) -> dict[str, Any]:
    size = {"size_in_bytes": int(enclosure.length)} if int(enclosure.length) else {}
    return {"url": enclosure.url, "mime_type": enclosure.mime_type, **size}


class JsonFeed(SyndicationFeed):
    """JSON Feed, version 1.1 (jsonfeed.org)."""

    content_type = "application/feed+json; charset=utf-8"
    version: ClassVar[str] = "https://jsonfeed.org/version/1.1"

    def write(self, outfile: Any, encoding: str) -> None:
        feed = self.feed
        document = {
            "version": self.version,
            "title": feed["title"],
            "home_page_url": feed["link"],
            "feed_url": feed["feed_url"],
            "description": feed["description"],
            "icon": feed.get("logo"),
            "language": feed["language"],
            "authors": [{"name": feed["author_name"], "url": feed["author_link"]}],
            "items": [self.entry(item) for item in self.items],
        }
        text = json.dumps({name: value for name, value in document.items() if value is not None}, ensure_ascii=False)
        outfile.write(text)

    def entry(self, item: dict[str, Any]) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "summary": item["summary"] or None,
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "tags": list(item["categories"]) or None,
            "authors": [{"name": author} for author in item["authors"]] or None,
        }
        if item["content"]:
            entry["content_html"] = item["content"]
        else:
            entry["content_text"] = item["summary"] or item["title"]
        if picture := item["picture"]:
            entry["image"] = picture.url
        if item["enclosures"]:
            entry["attachments"] = [attachment(each) for each in item["enclosures"]]
        if item["outside"]:
            entry["external_url"] = item["outside"]
        elif item["subject"]:
            # A JSON Feed extension: its name begins with an underscore.
            entry["_about"] = dict(zip(("title", "url"), item["subject"], strict=True))
        return {name: value for name, value in entry.items() if value is not None}


FORMATS: dict[str, type[RssFeed | AtomFeed | JsonFeed]] = {"rss": RssFeed, "atom": AtomFeed, "json": JsonFeed}
NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}


def media_type(name: str) -> str:
    return FORMATS[name].content_type.split(";")[0]
